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
  'rebalances',
  'failed-commits',
] as const
export type Count = (typeof COUNTS)[number]

export const OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const
export type Operator = (typeof OPERATORS)[number]

export type Metric =
  /**
   * `of`: a topic or a partition; with `fenced` `brokers`, `broker:2` or a group, for its members that were thrown out;
   * with `acked` a topic; with `delivered` and
   * `jumped-over` a consumer or group; with `rebalances` and `failed-commits` a group.
   */
  | { readonly kind: 'count'; readonly what: Count; readonly of: string }
  /** Of records sent in the window, from the send to the acknowledgement; `min` is 0, `max` 100. */
  | { readonly kind: 'latency'; readonly statistic: 'mean' | { readonly percentile: number } }
  /** Of a group, looked at again and again; `last`: at the end. */
  | { readonly kind: 'lag'; readonly of: string; readonly statistic: 'last' | 'mean' | { readonly percentile: number } }
  /** Of records of a topic: the most often any was handed to one group. */
  | { readonly kind: 'deliveries-per-record'; readonly of: string }
  /** Of a group: how long partitions had no owner, in all or the longest. */
  | { readonly kind: 'stopped-time'; readonly of: string; readonly statistic: 'sum' | 'max' }

export interface MetricClaim {
  readonly kind: 'metric'
  readonly metric: Metric
  readonly fromUs: number
  /** Infinity: to the end. */
  readonly untilUs: number
  readonly operator: Operator
  /** In µs for latencies and times. */
  readonly value: number
}

const FORM =
  /^([a-z-]+|p\d+(?:\.\d+)?)\(\s*([^()\s]+)(?:\(\s*([^()\s]+)\s*\))?\s*\)(?:\s+between\s+(\S+)\s+and\s+(\S+))?\s*(<=|>=|==|!=|<|>)\s*(\S+)$/

/** Undefined: no metric that is built. Null: one with something wrong in it. */
export function parseMetric(text: string): MetricClaim | undefined | null {
  const [, name = '', of = '', inner, from, until, operator, written = ''] = FORM.exec(text) ?? []
  const metric = inner === undefined ? metricOf(name, of) : nestedMetric(name, of, inner)
  if (metric === undefined) return undefined
  const known = OPERATORS.find((each) => each === operator)
  const fromUs = from === undefined ? 0 : parseDuration(from)
  const untilUs = until === undefined ? Infinity : parseDuration(until)
  const isTime = metric.kind === 'latency' || metric.kind === 'stopped-time'
  const value = isTime ? parseDuration(written) : numberOf(written)
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
  if (name === 'lag') return { kind: 'lag', of, statistic: 'last' }
  const statistic = of === 'produce.latency' ? statisticOf(name) : undefined
  return statistic === undefined ? undefined : { kind: 'latency', statistic }
}

/** `max(lag(billing))`. */
function nestedMetric(name: string, what: string, of: string): Metric | undefined {
  if (what === 'deliveries-per-record') return name === 'max' ? { kind: what, of } : undefined
  if (what === 'stopped-time') return name === 'sum' || name === 'max' ? { kind: what, of, statistic: name } : undefined
  const statistic = what === 'lag' ? statisticOf(name) : undefined
  return statistic === undefined ? undefined : { kind: 'lag', of, statistic }
}

function statisticOf(name: string): 'mean' | { readonly percentile: number } | undefined {
  if (name === 'mean') return name
  const percentile = name === 'min' ? 0 : name === 'max' ? 100 : /^p\d/.test(name) ? Number(name.slice(1)) : NaN
  return percentile >= 0 && percentile <= 100 ? { percentile } : undefined
}

/** `1000`, `100k`, `2M`. */
function numberOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})([kM]?)$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * (unit === 'k' ? 1000 : unit === 'M' ? 1_000_000 : 1)
}
