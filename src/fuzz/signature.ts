// What a run found, and by what it is recognised: findings of one signature are one finding. Only the first thing that
// went wrong counts; what follows from it is named beside it.

import { waitsForUpstream } from '../scenario/cluster/liveness.ts'
import { ROT_RULES } from '../scenario/judge/causes/disk-rules.ts'
import type { RunResult } from '../scenario/run-result.ts'

export type FindingKind = 'invariant' | 'expectation' | 'stuck' | 'defect' | 'crashed' | 'hung'

/** Data only: it crosses threads. */
export interface CaseFinding {
  /** `isr-holds-committed: broker # lacks …`. */
  readonly signature: string
  readonly kind: FindingKind
  /** Of the invariant or expectation; else the kind. */
  readonly id: string
  readonly message: string
  readonly subject: string
  readonly atMs: number
  /** Everything of this run that `finds:` can name, the finding itself first. */
  readonly broken: readonly string[]
}

/** `demanded`: what the user's file expects, which nothing excuses. */
export function findingOf(result: RunResult, demanded: ReadonlySet<string>): CaseFinding | undefined {
  const { verdict, stuckOn, judged } = result
  const violations = verdict.violations.filter(({ excused }) => excused === null)
  const excuses = verdict.violations.flatMap(({ excused }) => excused ?? [])
  // What was lost with permission explains much, but not that a reader misses what there is (R-132).
  const explains = (text: string): boolean =>
    text === 'no-poll-skip' ? excuses.some((excuse) => !/^C[12]:/.test(excuse)) : excuses.length > 0
  const waitsForGood = waitsForUpstream(stuckOn)
  // What was not checked in a run that checked nothing is no finding, nor what an excuse explains.
  const unmet = judged.filter(({ text, met, vacuous, unknown, liveness, upstream }) => {
    if (met || vacuous || unknown) return false
    if (demanded.has(text)) return true
    return !(upstream !== null || explains(text) || (liveness && waitsForGood) || isOfDisks(result, text))
  })
  const broken = [...new Set([...violations.map(({ invariant }) => invariant), ...unmet.map(({ text }) => text)])]
  const [first] = violations.toSorted((a, b) => a.atMs - b.atMs)
  if (first !== undefined) {
    const { invariant, subject, message, atMs } = first
    const own = [invariant, ...broken.filter((id) => id !== invariant)]
    return {
      signature: `${invariant}: ${shapeOf(message, subject)}`,
      kind: 'invariant',
      id: invariant,
      message,
      subject,
      atMs,
      broken: own,
    }
  }
  const atMs = verdict.simulatedMs
  const failed = unmet.find(({ liveness }) => !liveness)
  if (failed !== undefined) {
    const { text, message } = failed
    const own = [text, ...broken.filter((id) => id !== text)]
    return {
      signature: `expected ${shapeOf(text, '')}`,
      kind: 'expectation',
      id: text,
      message,
      subject: '',
      atMs,
      broken: own,
    }
  }
  if (verdict.outcome === 'stuck' && !waitsForGood && !isOfDisks(result, 'stuck')) {
    const message = stuckOn[0] ?? 'nothing says what it waits for'
    const signature = `stuck: ${shapeOf(message.split(';')[0] ?? message, '')}`
    return { signature, kind: 'stuck', id: 'stuck', message, subject: '', atMs, broken: [] }
  }
  const [late] = unmet
  if (late === undefined) return undefined
  const { text, message } = late
  return {
    signature: `expected ${shapeOf(text, '')}`,
    kind: 'expectation',
    id: text,
    message,
    subject: '',
    atMs,
    broken,
  }
}

/** All that shows it has a cause, and each is what a disk did that no setting of Kafka guards against. */
function isOfDisks({ paragraphs }: RunResult, name: string): boolean {
  const told = paragraphs.filter(({ shownBy }) => shownBy.includes(name))
  return told.length > 0 && told.every(({ cause }) => cause !== undefined && ROT_RULES.has(cause.rule))
}

export function defectFinding(error: unknown): CaseFinding {
  const text = error instanceof Error ? error.message : String(error)
  const at = error instanceof Error ? (/at (\S+)/.exec(error.stack ?? '')?.[1] ?? '') : ''
  const signature = `defect: ${shapeOf(text, '')}${at === '' ? '' : ` (${at})`}`
  return { signature, kind: 'defect', id: 'defect', message: text, subject: '', atMs: 0, broken: [] }
}

/** A message without what differs from run to run: names, numbers, how many there are. */
export function shapeOf(message: string, subject: string): string {
  return (subject === '' ? message : message.replaceAll(subject, '<it>'))
    .replaceAll(/[\w.[\]-]+-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '<member>')
    .replaceAll(/\b[\w.]+-\d+(?=@|\b)/g, '<name>')
    .replaceAll(/[\w.]+\[\d+\]/g, '<name>')
    .replaceAll(/\d+(?:\.\d+)?/g, '#')
    .replaceAll(/\[[#, ]*\]/g, '[#]')
    .replaceAll(/#(?:, #)+/g, '#')
    .slice(0, 160)
}
