// Expectations about numbers: `isr-changes(orders-0) between 0s and 50s == 0`, `p99(produce.latency) < 500ms`. Counts
// things that happened, or takes a statistic of the latencies of what was acknowledged; in all of the run, or between two
// times from its start (the second not included).

import { parseDuration } from '../text/units.ts'

export const COUNTS = [
  'isr-changes',
  'elections',
  'truncations',
  'fenced',
  'acked',
  'delivered',
  'jumped-over',
] as const
export type Count = (typeof COUNTS)[number]

export const OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const
export type Operator = (typeof OPERATORS)[number]

export type Metric =
  /**
   * `of`: a topic or a partition; with `fenced` `brokers` or `broker:2`; with `acked` a topic; with `delivered` and
   * `jumped-over` a consumer.
   */
  | { readonly kind: 'count'; readonly what: Count; readonly of: string }
  /** Of records sent in the window, from the send to the acknowledgement; `min` is 0, `max` 100. */
  | { readonly kind: 'latency'; readonly statistic: 'mean' | { readonly percentile: number } }

export interface MetricClaim {
  readonly kind: 'metric'
  readonly metric: Metric
  readonly fromUs: number
  /** Infinity: to the end. */
  readonly untilUs: number
  readonly operator: Operator
  /** In µs for latencies. */
  readonly value: number
}

const FORM =
  /^([a-z-]+|p\d+(?:\.\d+)?)\(\s*([^()\s]+)\s*\)(?:\s+between\s+(\S+)\s+and\s+(\S+))?\s*(<=|>=|==|!=|<|>)\s*(\S+)$/

/** Undefined: no metric that is built. Null: one with something wrong in it. */
export function parseMetric(text: string): MetricClaim | undefined | null {
  const [, name = '', of = '', from, until, operator, written = ''] = FORM.exec(text) ?? []
  const metric = metricOf(name, of)
  if (metric === undefined) return undefined
  const known = OPERATORS.find((each) => each === operator)
  const fromUs = from === undefined ? 0 : parseDuration(from)
  const untilUs = until === undefined ? Infinity : parseDuration(until)
  const value =
    metric.kind === 'latency' ? parseDuration(written) : /^\d{1,15}$/.test(written) ? Number(written) : undefined
  if (known === undefined || fromUs === undefined || untilUs === undefined || value === undefined) return null
  return fromUs < untilUs ? { kind: 'metric', metric, fromUs, untilUs, operator: known, value } : null
}

export function holds(measured: number, operator: Operator, value: number): boolean {
  switch (operator) {
    case '<=':
      return measured <= value
    case '>=':
      return measured >= value
    case '==':
      return measured === value
    case '!=':
      return measured !== value
    case '<':
      return measured < value
    default:
      return measured > value
  }
}

function metricOf(name: string, of: string): Metric | undefined {
  const what = COUNTS.find((count) => count === name)
  if (what !== undefined) return { kind: 'count', what, of }
  if (of !== 'produce.latency') return undefined
  if (name === 'mean') return { kind: 'latency', statistic: 'mean' }
  const percentile = name === 'min' ? 0 : name === 'max' ? 100 : /^p\d/.test(name) ? Number(name.slice(1)) : NaN
  return percentile >= 0 && percentile <= 100 ? { kind: 'latency', statistic: { percentile } } : undefined
}
