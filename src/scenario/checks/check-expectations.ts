// Expectations and allowances: words that exist, about things that exist, and not at odds with the producers.

import { editSuggestion } from '../../config/did-you-mean.ts'
import type { CheckContext } from './check-context.ts'
import { checkTopicReference } from './check-topic-reference.ts'
import {
  type Claim,
  type Expectation,
  EXPECTATION_FORMS,
  EXPECTATION_WORDS,
  parseClaim,
  SAFETY_EXPECTATIONS,
  type Where,
} from '../language/expectation.ts'
import { meantExpectation } from '../language/meant-expectation.ts'
import { isNamed, type MatrixRow, rowMatches, settingText } from '../language/matrix.ts'
import type { MetricClaim } from '../language/metric.ts'
import type { Allowance } from '../model.ts'
import type { SourcePath } from '../text/source-tree.ts'

/** All of them are too many to be read in one line. */
const SOME_FORMS =
  'there are no-acked-loss, writable(orders) gap <= 15s, isr-full within 90s and more: kafkasim list expectations'

interface Written {
  readonly text: string
  readonly finds: boolean
  readonly path: SourcePath
}

/** An expectation, and where it stands. */
export interface PlacedExpectation {
  readonly expectation: Expectation
  readonly path: SourcePath
}

/** Reports what is wrong and returns what is right. */
export function checkExpectations(context: CheckContext): PlacedExpectation[] {
  return writtenIn(context).flatMap((written) =>
    readOne(context, written).map((expectation) => ({ expectation, path: written.path })),
  )
}

export function checkAllowed(context: CheckContext): Allowance[] {
  const known = ['stuck', ...SAFETY_EXPECTATIONS]
  return (context.shape.allow ?? []).flatMap((item, i) => {
    const entries = typeof item === 'string' ? [[item, ''] as const] : Object.entries(item)
    const [entry] = entries
    const path = ['allow', i]
    if (entry === undefined || entries.length > 1) {
      const message = 'expected one anomaly with its reason, such as stuck: "no leader is possible"'
      context.report(path, { code: 'KS213', message })
      return []
    }
    const [what, because] = entry
    if (known.includes(what)) return [{ what, because }]
    const near = editSuggestion(what, known)
    const suggestion = near === undefined ? `these can: ${known.join(', ')}` : `did you mean "${near}"?`
    context.report(path, { code: 'KS213', message: `"${what}" cannot be allowed`, suggestion })
    return []
  })
}

/** In the file; of a matrix, for its row. */
function writtenIn(context: CheckContext): Written[] {
  return (context.shape.expect ?? []).flatMap((item, i): Written[] => {
    const path = ['expect', i]
    if (typeof item === 'string') {
      // `- "finds: x"` is the same as `- finds: x`.
      const found = /^finds:\s*(.*)$/s.exec(item.trim())
      return [{ text: found?.[1] ?? item, finds: found !== null, path }]
    }
    const { where, pass, finds } = item
    if (pass === undefined && finds === undefined) {
      context.report(path, { code: 'KS210', message: 'expected pass: or finds: here' })
    }
    if (where !== undefined && !appliesHere(context, where, [...path, 'where'])) return []
    return [...listed(pass, false, [...path, 'pass']), ...listed(finds, true, [...path, 'finds'])]
  })
}

function listed(texts: string | readonly string[] | undefined, finds: boolean, path: SourcePath): Written[] {
  if (texts === undefined) return []
  if (typeof texts === 'string') return [{ text: texts, finds, path }]
  return texts.map((text, i) => ({ text, finds, path: [...path, i] }))
}

/** Is the row one of those it is about? Reports if no row is. */
function appliesHere(context: CheckContext, where: Where, path: SourcePath): boolean {
  const { matrix } = context
  if (matrix === 'bad') return false
  if (matrix === 'none') {
    context.reportKey(path, { code: 'KS152', message: 'where: without a matrix' })
    return false
  }
  for (const [name, values] of Object.entries(where)) checkWhere(context, matrix.all, name, values, [...path, name])
  return rowMatches(matrix.row, where)
}

function checkWhere(
  context: CheckContext,
  rows: readonly MatrixRow[],
  name: string,
  values: readonly unknown[],
  path: SourcePath,
): void {
  const settings = rows.flatMap((row) => row.settings.filter(({ path: set }) => isNamed(set, name)))
  const labels = name === 'label' ? rows.map(({ label }) => label) : []
  if (settings.length === 0 && labels.length === 0) {
    const names = ['label', ...new Set(rows.flatMap((row) => row.settings.map((setting) => setting.name)))]
    const suggestion = didYouMean(name, names, 'rows are told apart by ')
    return context.reportKey(path, { code: 'KS152', message: `no row of the matrix sets "${name}"`, suggestion })
  }
  const known = [...labels, ...settings.map(({ value }) => settingText(value))]
  for (const value of values) {
    if (known.includes(settingText(value))) continue
    const message = `no row of the matrix sets ${name} to ${settingText(value)}`
    context.report(path, { code: 'KS152', message, suggestion: `rows have ${[...new Set(known)].join(', ')}` })
  }
}

function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const near = editSuggestion(word, known)
  return near === undefined ? `${otherwise}${known.join(', ')}` : `did you mean "${near}"?`
}

function readOne(context: CheckContext, { text, finds, path }: Written): Expectation[] {
  const parsed = parseClaim(text.slice(0, 500), finds, context.invariants)
  if (parsed.ok) {
    checkReferences(context, parsed.claim, path)
    return [{ text: `${finds ? 'finds: ' : ''}${text.trim()}`, finds, claim: parsed.claim }]
  }
  const { problem, word } = parsed
  const shown = `"${text.trim().slice(0, 80)}"`
  if (problem === 'not-built') {
    context.report(path, { code: 'KS130', message: `the expectation ${shown} is not built yet` })
  } else if (problem === 'malformed') {
    const form = EXPECTATION_FORMS.find((known) => known.startsWith(word))
    const suggestion = form === undefined ? undefined : `write ${form}`
    context.report(path, { code: 'KS210', message: `the expectation ${shown} cannot be read`, suggestion })
  } else if (context.invariants.includes(word)) {
    const suggestion = `write finds: ${word} if it is to be broken`
    context.report(path, { code: 'KS210', message: `${shown} is an engine invariant: it is always on`, suggestion })
  } else {
    const known = finds ? [...EXPECTATION_WORDS, ...context.invariants] : EXPECTATION_WORDS
    const near = meantExpectation(word, known)
    const suggestion = near === undefined ? SOME_FORMS : `did you mean "${near}"?`
    const what = finds ? 'expectation or invariant' : 'expectation'
    context.report(path, { code: 'KS211', message: `unknown ${what} ${shown}`, suggestion })
  }
  return []
}

function checkReferences(context: CheckContext, claim: Claim, path: SourcePath): void {
  if (claim.kind === 'writable') checkTopicReference(context, claim.topic, path, 'KS212')
  if (claim.kind === 'metric') return checkMetric(context, claim, path)
  if (claim.kind === 'caught-up') checkConsumer(context, claim.consumer, path)
  if (claim.kind === 'stable') checkGroup(context, claim.group, path)
}

function checkConsumer(context: CheckContext, consumer: string, path: SourcePath): void {
  const consumers = context.names('consumers')
  if (consumers.includes(consumer)) return
  const near = editSuggestion(consumer, consumers)
  const list = consumers.length === 0 ? 'there are no consumers' : `consumers: ${consumers.join(', ')}`
  const suggestion = near === undefined ? list : `did you mean "${near}"? (${list})`
  context.report(path, { code: 'KS212', message: `no consumer "${consumer}"`, suggestion })
}

function checkGroup(context: CheckContext, group: string, path: SourcePath): void {
  const { consumers = {} } = context.shape
  if (consumers[group]?.members !== undefined) return
  const groups = Object.keys(consumers).filter((name) => consumers[name]?.members !== undefined)
  const near = editSuggestion(group, groups)
  const list = groups.length === 0 ? 'a consumer with members: is a group' : `groups: ${groups.join(', ')}`
  const suggestion = near === undefined ? list : `did you mean "${near}"? (${list})`
  context.report(path, { code: 'KS212', message: `no group "${group}"`, suggestion })
}

function checkMetric(context: CheckContext, { metric }: MetricClaim, path: SourcePath): void {
  if (metric.kind === 'lag' || metric.kind === 'stopped-time') return checkGroup(context, metric.of, path)
  if (metric.kind === 'deliveries-per-record') {
    checkTopicReference(context, metric.of, path, 'KS212')
    return
  }
  if (metric.kind !== 'count') return
  const { what, of } = metric
  if (what === 'rebalances' || what === 'failed-commits') return checkGroup(context, of, path)
  if (what === 'fenced' && context.shape.consumers?.[of]?.members !== undefined) return
  if (what === 'delivered' || what === 'jumped-over') return checkConsumer(context, of, path)
  if (what === 'fenced') {
    const ids = context.brokerIds()?.map((id) => `broker:${id}`)
    if (of === 'brokers' || ids === undefined || ids.includes(of)) return
    const suggestion = `write brokers, or one of ${ids.slice(0, 10).join(', ')}`
    return context.report(path, { code: 'KS212', message: `no broker "${of}"`, suggestion })
  }
  if (context.names('topics').includes(of)) return
  const [, topic = of, index] = /^(.+)-(\d+)$/.exec(of) ?? []
  const isPartition = index !== undefined && what !== 'acked'
  if (!checkTopicReference(context, isPartition ? topic : of, path, 'KS212') || !isPartition) return
  const count = context.partitionsOf(topic)
  if (count === undefined || Number(index) < count) return
  context.report(path, {
    code: 'KS212',
    message: `${topic} has no partition ${index}: it has ${count}, counted from 0`,
  })
}
