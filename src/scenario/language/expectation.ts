// The expectation language: what must hold in a run, or (`finds:`) must be broken in it. Parsed into data; what each
// means is judged by the runner. What comes later is refused by name.

import { COUNTS, type MetricClaim, parseMetric } from './metric.ts'
import { DURATION_FORM, parseDuration } from '../text/units.ts'

export const SAFETY_EXPECTATIONS = [
  'no-acked-loss',
  'no-duplicates-in-log',
  'order-per-partition',
  'logs-agree-below-hw',
  'no-unclean-election',
  'no-offset-regression',
  'no-poll-skip',
  'no-nonmonotonic-poll',
  'no-inconsistent-offsets',
  'no-resurrected-keys',
  'no-duplicate-delivery',
  'no-ownership-overlap',
  'commits-cover-processed',
  'no-rebalance-loop',
  'no-unseen',
  'no-aborted-reads',
  'no-commit-regression',
  'order-per-key',
] as const
export type SafetyId = (typeof SAFETY_EXPECTATIONS)[number]

export type Claim =
  | { readonly kind: 'safety'; readonly id: SafetyId }
  /** An engine invariant: only ever found, for they are always on. */
  | { readonly kind: 'invariant'; readonly id: string }
  /** Every ISR is its replica set; from the last heal on, undefined: when settled. */
  | { readonly kind: 'isr-full'; readonly withinUs: number | undefined }
  /** Longest stretch without an acknowledgement on any partition of the topic. */
  | { readonly kind: 'writable'; readonly topic: string; readonly gapUs: number }
  | { readonly kind: 'caught-up'; readonly consumer: string; readonly withinUs: number | undefined }
  /** Every live member of the group has its assignment, and every partition an owner. */
  | { readonly kind: 'stable'; readonly group: string; readonly withinUs: number | undefined }
  | MetricClaim

/** Rows of the matrix, by what they set: names and the values that will do. */
export interface Where {
  readonly [name: string]: readonly unknown[]
}

export interface Expectation {
  /** As written, normalised: `finds: no-acked-loss`, `writable(orders) gap <= 15s`. */
  readonly text: string
  /** It must be broken, not hold. */
  readonly finds: boolean
  readonly claim: Claim
}

export type ParsedClaim =
  | { readonly ok: true; readonly claim: Claim }
  /** `not-built` is a known word of a later release; `malformed` a known word with something wrong around it. */
  | { readonly ok: false; readonly problem: 'unknown' | 'not-built' | 'malformed'; readonly word: string }

export const EXPECTATION_WORDS: readonly string[] = [
  ...SAFETY_EXPECTATIONS,
  'isr-full',
  'writable',
  'caught-up',
  'stable',
  ...COUNTS,
  'lag',
]

export const EXPECTATION_FORMS: readonly string[] = [
  ...SAFETY_EXPECTATIONS,
  'isr-full within 90s',
  'writable(orders) gap <= 15s',
  'caught-up(audit) within 30s',
  'stable(billing) within 30s',
  'rebalances(billing) <= 2',
  'failed-commits(billing) == 0',
  'fenced(billing) == 0',
  'lag(billing) == 0',
  'max(lag(billing)) < 1000',
  'max(deliveries-per-record(orders)) <= 1',
  'sum(stopped-time(billing)) < 60s',
  'isr-changes(orders-0) between 10s and 20s == 0',
  'elections(orders) <= 2',
  'truncations(orders) == 0',
  'fenced(brokers) between 10s and 20s >= 1',
  'acked(orders) >= 1000',
  'delivered(audit) between 10s and 20s >= 1',
  'p99(produce.latency) < 500ms',
  'max(produce.latency) between 10s and 20s >= 4s',
]

const NOT_BUILT: readonly string[] = ['no-torn-transactions', 'exactly-once', 'no-hanging-transactions']
/** Metrics that are known and not built: `rate(fetch.bytes) < 100`. */
const METRIC = /^(?:p\d+(?:\.\d+)?|min|max|mean|sum|count|rate)\(.*\).*(?:<=|>=|==|!=|<|>)/

const ISR_FULL = /^isr-full(?:\s+within\s+(\S+))?$/
const WRITABLE = /^writable\(\s*([\w.-]+)\s*\)\s+gap\s*<=\s*(\S+)$/
const CAUGHT_UP = /^caught-up\(\s*([\w.-]+)\s*\)(?:\s+within\s+(\S+))?$/
const STABLE = /^stable\(\s*([\w.-]+)\s*\)(?:\s+within\s+(\S+))?$/
const WORD = /^[a-z0-9]+(?:[-.][a-z0-9]+)*/

/** What editors are told: words for completion, and the forms of the rest. Sought ones may also be invariants. */
export function expectationJson(invariants: readonly string[] = []): { readonly anyOf: readonly object[] } {
  const numbers = `(?:${COUNTS.join('|')}|lag|p\\d+(?:\\.\\d+)?|min|max|mean|sum)\\(\\s*[^()\\s]+(?:\\(\\s*[^()\\s]+\\s*\\))?\\s*\\).*(?:<=|>=|==|!=|<|>)\\s*\\S+`
  const forms = [
    `isr-full(?:\\s+within\\s+${DURATION_FORM})?`,
    `writable\\(\\s*[\\w.-]+\\s*\\)\\s+gap\\s*<=\\s*${DURATION_FORM}`,
    `caught-up\\(\\s*[\\w.-]+\\s*\\)(?:\\s+within\\s+${DURATION_FORM})?`,
    `stable\\(\\s*[\\w.-]+\\s*\\)(?:\\s+within\\s+${DURATION_FORM})?`,
    numbers,
  ]
  return {
    anyOf: [{ enum: [...SAFETY_EXPECTATIONS, ...invariants] }, { type: 'string', pattern: `^(?:${forms.join('|')})$` }],
  }
}

/** `invariants` are the ids of engine invariants; they can be found but not expected. */
export function parseClaim(raw: string, finds: boolean, invariants: readonly string[]): ParsedClaim {
  const text = raw.trim()
  const safety = SAFETY_EXPECTATIONS.find((id) => id === text)
  if (safety !== undefined) return { ok: true, claim: { kind: 'safety', id: safety } }
  if (finds && invariants.includes(text)) return { ok: true, claim: { kind: 'invariant', id: text } }
  const word = WORD.exec(text)?.[0] ?? text
  const isrFull = ISR_FULL.exec(text)
  if (isrFull !== null) {
    const withinUs = optionalDuration(isrFull[1])
    return withinUs === null ? malformed(word) : { ok: true, claim: { kind: 'isr-full', withinUs } }
  }
  const writable = WRITABLE.exec(text)
  if (writable !== null) {
    const gapUs = optionalDuration(writable[2])
    if (typeof gapUs !== 'number') return malformed(word)
    return { ok: true, claim: { kind: 'writable', topic: writable[1] ?? '', gapUs } }
  }
  const caughtUp = CAUGHT_UP.exec(text)
  if (caughtUp !== null) {
    const withinUs = optionalDuration(caughtUp[2])
    if (withinUs === null) return malformed(word)
    return { ok: true, claim: { kind: 'caught-up', consumer: caughtUp[1] ?? '', withinUs } }
  }
  const stable = STABLE.exec(text)
  if (stable !== null) {
    const withinUs = optionalDuration(stable[2])
    if (withinUs === null) return malformed(word)
    return { ok: true, claim: { kind: 'stable', group: stable[1] ?? '', withinUs } }
  }
  const metric = parseMetric(text)
  if (metric === null) return malformed(word)
  if (metric !== undefined) return { ok: true, claim: metric }
  if (EXPECTATION_WORDS.includes(word)) return malformed(word)
  if (NOT_BUILT.includes(word) || METRIC.test(text)) return { ok: false, problem: 'not-built', word }
  return { ok: false, problem: 'unknown', word }
}

function malformed(word: string): ParsedClaim {
  return { ok: false, problem: 'malformed', word }
}

/** Null if it is no duration. */
function optionalDuration(text: string | undefined): number | undefined | null {
  return text === undefined ? undefined : (parseDuration(text) ?? null)
}
