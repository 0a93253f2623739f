// What clients did and saw: every record a producer was asked to send with its outcome, every record a consumer was
// handed. Online and compact; the checkers read it at the end.

import { assert, type TraceBus } from '../../sim/index.ts'
import type { DeliveredRecord, KafkaEvent, ProduceCompleted } from '../trace/kafka-event.ts'

/** Outcome of a record: pending until completed; unknown when it may or may not be in the log. */
export const OUTCOMES = ['pending', 'ok', 'fail', 'unknown'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** All records of one producing client, by their counter. */
export class ClientRecords {
  readonly client: string
  count = 0
  private outcomes = new Uint8Array(1024)
  private partitions = new Int32Array(1024)
  private offsets = new Float64Array(1024)
  private acknowledged = new Uint8Array(1024)

  constructor(client: string) {
    this.client = client
  }

  invoke(n: number): void {
    assert(n === this.count, `${this.client} sends record ${n} after ${this.count - 1}`)
    if (n === this.outcomes.length) this.grow()
    this.count += 1
  }

  complete(n: number, outcome: Outcome, partition: number, offset: number, acked: boolean): void {
    assert(n < this.count && this.outcomes[n] === 0, `${this.client}: record ${n} is completed twice, or never sent`)
    this.outcomes[n] = OUTCOMES.indexOf(outcome)
    this.partitions[n] = partition
    this.offsets[n] = offset
    this.acknowledged[n] = acked ? 1 : 0
  }

  outcome(n: number): Outcome {
    return OUTCOMES[this.outcomes[n] ?? 0] ?? 'pending'
  }

  /** Number of the partition in `History.partitionNames`; −1 if it never got one. */
  partition(n: number): number {
    return this.partitions[n] ?? -1
  }

  /** −1 unless acknowledged with an offset. */
  offset(n: number): number {
    return this.offsets[n] ?? -1
  }

  isAcked(n: number): boolean {
    return this.acknowledged[n] === 1
  }

  private grow(): void {
    const size = this.outcomes.length * 2
    this.outcomes = resized(this.outcomes, new Uint8Array(size))
    this.partitions = resized(this.partitions, new Int32Array(size))
    this.offsets = resized(this.offsets, new Float64Array(size))
    this.acknowledged = resized(this.acknowledged, new Uint8Array(size))
  }
}

function resized<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Longest time without an acknowledgement on a partition. */
export interface WriteGap {
  readonly partition: string
  readonly gapUs: number
  readonly endedUs: number
}

export interface HistoryCounts {
  produced: number
  acked: number
  failed: number
  unknown: number
  delivered: number
}

export class History {
  readonly clients = new Map<string, ClientRecords>()
  readonly partitionNames: string[] = []
  readonly counts: HistoryCounts = { produced: 0, acked: 0, failed: 0, unknown: 0, delivered: 0 }
  /** Errors records were given up with, and how often. */
  readonly errors = new Map<string, number>()
  private readonly partitionNumbers = new Map<string, number>()
  private readonly ackTimes = new Map<string, AckClock>()
  private readonly delivered = new Map<string, number>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(['produce-invoked', 'produce-completed', 'records-delivered'], (event, { atUs }) => {
      switch (event.type) {
        case 'produce-invoked':
          this.counts.produced += 1
          return this.client(event.client).invoke(event.n)
        case 'produce-completed':
          return this.completed(event, atUs)
        case 'records-delivered':
          return this.handedOver(event.client, event.partition, event.records)
        default:
          return
      }
    })
  }

  /**
   * The longest stretch without an acknowledgement on one of these partitions, from `fromUs`, when producers began, to
   * `endUs`. Undefined if there are no partitions.
   */
  longestWriteGap(partitions: readonly string[], fromUs: number, endUs: number): WriteGap | undefined {
    let longest: WriteGap | undefined
    for (const partition of partitions) {
      const gap = this.ackTimes.get(partition)?.longest(partition, fromUs, endUs) ?? {
        partition,
        gapUs: endUs - fromUs,
        endedUs: endUs,
      }
      if (longest === undefined || gap.gapUs > longest.gapUs) longest = gap
    }
    return longest
  }

  /** Offset after the last record this consumer was handed of this partition; 0 before the first. */
  nextDelivered(client: string, partition: string): number {
    return this.delivered.get(`${client} ${partition}`) ?? 0
  }

  pending(): number {
    const { produced, acked, failed, unknown } = this.counts
    return produced - acked - failed - unknown
  }

  private completed(event: ProduceCompleted, atUs: number): void {
    // A send that was never acknowledged by anybody is not acked, however well it went (P-9).
    const acked = event.outcome === 'ok' && event.acks !== 0
    if (acked) {
      this.counts.acked += 1
      const clock = this.ackTimes.get(event.partition)
      if (clock === undefined) this.ackTimes.set(event.partition, new AckClock(atUs))
      else clock.tick(atUs)
    } else if (event.outcome === 'fail') this.counts.failed += 1
    else this.counts.unknown += 1
    if (event.error !== null) this.errors.set(event.error, (this.errors.get(event.error) ?? 0) + 1)
    const partition = event.partition === '' ? -1 : this.numberOf(event.partition)
    this.client(event.client).complete(
      event.n,
      acked ? 'ok' : event.outcome === 'ok' ? 'unknown' : event.outcome,
      partition,
      event.offset,
      acked,
    )
  }

  private handedOver(client: string, partition: string, records: readonly DeliveredRecord[]): void {
    this.counts.delivered += records.length
    const last = records[records.length - 1]
    if (last !== undefined) this.delivered.set(`${client} ${partition}`, last.offset + 1)
  }

  private numberOf(partition: string): number {
    let number = this.partitionNumbers.get(partition)
    if (number === undefined) {
      number = this.partitionNames.length
      this.partitionNames.push(partition)
      this.partitionNumbers.set(partition, number)
    }
    return number
  }

  private client(name: string): ClientRecords {
    let records = this.clients.get(name)
    if (records === undefined) {
      records = new ClientRecords(name)
      this.clients.set(name, records)
    }
    return records
  }
}

/** The gaps between acknowledgements of one partition. */
class AckClock {
  private readonly firstUs: number
  private lastUs: number
  private gapUs = 0
  private endedUs: number

  constructor(firstUs: number) {
    this.firstUs = firstUs
    this.lastUs = firstUs
    this.endedUs = firstUs
  }

  tick(atUs: number): void {
    if (atUs - this.lastUs > this.gapUs) {
      this.gapUs = atUs - this.lastUs
      this.endedUs = atUs
    }
    this.lastUs = atUs
  }

  longest(partition: string, fromUs: number, endUs: number): WriteGap {
    let longest: WriteGap = { partition, gapUs: this.firstUs - fromUs, endedUs: this.firstUs }
    if (this.gapUs > longest.gapUs) longest = { partition, gapUs: this.gapUs, endedUs: this.endedUs }
    const openUs = endUs - this.lastUs
    return openUs > longest.gapUs ? { partition, gapUs: openUs, endedUs: endUs } : longest
  }
}
