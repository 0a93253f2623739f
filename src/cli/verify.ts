// Finds where two runs that should be the same part: runs both again, remembering every event of the first.

import type { LoggedEvent } from '../../sim/index.ts'
import type { Verdict } from '../scenario/run-result.ts'
import { verdictJson } from '../../reports/json.ts'
import { virtualTime } from '../../reports/figures.ts'
import type { RunOptions } from '../scenario/runner.ts'

/** Whether two runs did and said the same. */
export function same(first: Verdict, second: Verdict): boolean {
  return first.traceHash === second.traceHash && verdictJson(first, 0) === verdictJson(second, 0)
}

/** Lines that say what differs, for people. */
export function difference(first: Verdict, second: Verdict, replay: (options: Partial<RunOptions>) => void): string[] {
  if (first.traceHash === second.traceHash) {
    return ['the same events, and different verdicts:', `  ${verdictJson(first, 0)}`, `  ${verdictJson(second, 0)}`]
  }
  const recorded = new Recording()
  replay({ onEvent: (event, hash) => recorded.add(event, hash) })
  const found = recorded.compare(replay)
  const hashes = `traces ${first.traceHash} and ${second.traceHash}`
  if (found === undefined) return [`${hashes}; run again, both did the same: it does not happen every time`]
  return [
    `${hashes}; the first event that differs:`,
    `  first run   ${eventText(found.first)}`,
    `  second run  ${eventText(found.second)}`,
    ...(found.first !== undefined && eventText(found.first) === eventText(found.second)
      ? ['  (the same event; what it is about differs)']
      : []),
  ]
}

interface Pair {
  readonly first: LoggedEvent | undefined
  readonly second: LoggedEvent | undefined
}

/** All events of a run, kept small: a million take some 40 MB. */
class Recording {
  private readonly times: number[] = []
  private readonly causes: number[] = []
  private readonly names: number[] = []
  private readonly kinds: number[] = []
  private readonly hashes: number[] = []
  private readonly words: string[] = []
  private readonly wordIds = new Map<string, number>()
  private firstOrdinal = 1

  add(event: LoggedEvent, hash: string): void {
    if (this.times.length === 0) this.firstOrdinal = event.ordinal
    this.times.push(event.atUs)
    this.causes.push(event.cause)
    this.names.push(this.idOf(event.node))
    this.kinds.push(this.idOf(event.kind))
    this.hashes.push(short(hash))
  }

  /** The first event in which the next run differs from this one. */
  compare(replay: (options: Partial<RunOptions>) => void): Pair | undefined {
    let found: Pair | undefined = undefined
    let seen = 0
    replay({
      onEvent: (event, hash) => {
        const index = seen++
        if (found === undefined && this.hashes[index] !== short(hash))
          found = { first: this.event(index), second: event }
      },
    })
    if (found === undefined && seen < this.times.length) found = { first: this.event(seen), second: undefined }
    return found
  }

  private event(index: number): LoggedEvent | undefined {
    const atUs = this.times[index]
    if (atUs === undefined) return undefined
    return {
      ordinal: this.firstOrdinal + index,
      atUs,
      node: this.words[this.names[index] ?? -1] ?? '',
      kind: this.words[this.kinds[index] ?? -1] ?? '',
      cause: this.causes[index] ?? 0,
    }
  }

  private idOf(word: string): number {
    const known = this.wordIds.get(word)
    if (known !== undefined) return known
    this.words.push(word)
    this.wordIds.set(word, this.words.length - 1)
    return this.words.length - 1
  }
}

/** 52 bits of the hash: a number, not a string, for each event. */
function short(hash: string): number {
  return Number.parseInt(hash.slice(0, 13), 16)
}

function eventText(event: LoggedEvent | undefined): string {
  if (event === undefined) return 'has ended'
  const { ordinal, atUs, node, kind, cause } = event
  return `event ${ordinal} at ${virtualTime(atUs / 1000)} (${atUs} µs): ${node} ${kind}, caused by event ${cause}`
}
