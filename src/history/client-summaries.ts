// What each producer and each consumer of a scenario lived through, all its instances together: the fate of its records,
// how long it waited, what it was told. Read off the history at the end, in one pass.

import type { Findings } from './checkers.ts'
import type { ReadFindings } from './check-reads.ts'
import type { History } from './history.ts'
import { LatencyHistogram } from './latency-histogram.ts'

/** In µs. */
export interface LatencySummary {
  readonly count: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
}

export interface ErrorCount {
  readonly name: string
  readonly count: number
}

export interface ProducerSummary {
  readonly name: string
  readonly topic: string
  readonly produced: number
  readonly acked: number
  readonly failed: number
  /** May be in the log or not; what had no outcome in the end is among them. */
  readonly unknown: number
  readonly lost: number
  readonly duplicated: number
  readonly reordered: number
  /** From the send of a record to its acknowledgement; undefined if none was acknowledged. */
  readonly latency: LatencySummary | undefined
  /** What records were given up with, most often first. */
  readonly errors: readonly ErrorCount[]
  /** What attempts to send batches came to that were tried again. */
  readonly retriedFor: readonly ErrorCount[]
}

export interface ConsumerSummary {
  readonly name: string
  readonly delivered: number
  readonly skipped: number
  /** Times that it was handed what it had read before. */
  readonly wentBack: number
  readonly inconsistent: number
  /** From the send of a record to its delivery, of records that were handed over for the first time. */
  readonly latency: LatencySummary | undefined
}

export interface ClientSummaries {
  readonly producers: readonly ProducerSummary[]
  readonly consumers: readonly ConsumerSummary[]
}

export function summariseClients(history: History, findings: Findings, reads: ReadFindings): ClientSummaries {
  return { producers: producerSummaries(history, findings), consumers: consumerSummaries(history, reads) }
}

/** `web[0]` is an instance of `web`. */
export function nameOfGroup(client: string): string {
  return client.replace(/\[\d+\]$/, '')
}

function producerSummaries(history: History, findings: Findings): ProducerSummary[] {
  const groups = new Map<string, ProducerTally>()
  for (const [client, records] of history.clients) {
    const name = nameOfGroup(client)
    const tally = groups.get(name) ?? new ProducerTally(records.topic)
    groups.set(name, tally)
    tally.produced += records.count
    for (let n = 0; n < records.count; n++) {
      if (records.isAcked(n)) {
        tally.acked += 1
        tally.latency.add(Math.round(records.completedAtUs(n) - records.sentAtUs(n)))
      } else if (records.outcome(n) === 'fail') tally.failed += 1
    }
    addUp(records.errors, tally.errors)
    addUp(records.retriedFor, tally.retriedFor)
  }
  const lost = countByGroup(findings.lost)
  const duplicated = countByGroup(findings.duplicated)
  const reordered = countByGroup(findings.reordered)
  return [...groups].map(([name, { topic, produced, acked, failed, latency, errors, retriedFor }]) => ({
    name,
    topic,
    produced,
    acked,
    failed,
    unknown: produced - acked - failed,
    lost: lost.get(name) ?? 0,
    duplicated: duplicated.get(name) ?? 0,
    reordered: reordered.get(name) ?? 0,
    latency: summaryOf(latency),
    errors: sorted(errors),
    retriedFor: sorted(retriedFor),
  }))
}

function addUp(counts: ReadonlyMap<string, number>, total: Map<string, number>): void {
  for (const [name, count] of counts) total.set(name, (total.get(name) ?? 0) + count)
}

/** Most often first. */
function sorted(counts: ReadonlyMap<string, number>): ErrorCount[] {
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

class ProducerTally {
  produced = 0
  acked = 0
  failed = 0
  readonly latency = new LatencyHistogram()
  readonly errors = new Map<string, number>()
  readonly retriedFor = new Map<string, number>()
  readonly topic: string

  constructor(topic: string) {
    this.topic = topic
  }
}

function consumerSummaries(history: History, reads: ReadFindings): ConsumerSummary[] {
  const groups = new Map<string, { delivered: number; wentBack: number; latency: LatencyHistogram }>()
  for (const deliveries of history.deliveries) {
    const name = nameOfGroup(deliveries.consumer)
    const tally = groups.get(name) ?? { delivered: 0, wentBack: 0, latency: new LatencyHistogram() }
    groups.set(name, tally)
    tally.delivered += deliveries.count
    if (deliveries.backwards > 0) tally.wentBack += 1
    let highest = -1
    for (let i = 0; i < deliveries.count; i++) {
      const offset = deliveries.offsets.at(i)
      if (offset <= highest) continue
      highest = offset
      const producer = history.clients.get(history.clientName(deliveries.producers.at(i)))
      if (producer === undefined) continue
      tally.latency.add(Math.max(0, Math.round(deliveries.timesUs.at(i) - producer.sentAtUs(deliveries.ns.at(i)))))
    }
  }
  const skipped = countByGroup(reads.skipped.map(({ consumer }) => ({ client: consumer })))
  const inconsistent = countByGroup(reads.inconsistent.map(({ consumer }) => ({ client: consumer })))
  return [...groups].map(([name, { delivered, wentBack, latency }]) => ({
    name,
    delivered,
    skipped: skipped.get(name) ?? 0,
    wentBack,
    inconsistent: inconsistent.get(name) ?? 0,
    latency: summaryOf(latency),
  }))
}

function countByGroup(found: readonly { readonly client: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { client } of found) counts.set(nameOfGroup(client), (counts.get(nameOfGroup(client)) ?? 0) + 1)
  return counts
}

function summaryOf(latency: LatencyHistogram): LatencySummary | undefined {
  const { count, maxUs } = latency
  return count === 0 ? undefined : { count, p50Us: latency.percentileUs(50), p99Us: latency.percentileUs(99), maxUs }
}
