// What clients did and saw: every record a producer was asked to send with its outcome, every record a consumer was
// handed. Online and compact; the checkers read it at the end.

import { assert, type TraceBus } from '../../sim/index.ts'
import { DEADLY_VERBS, type DeliveredRecord, type KafkaEvent, type ProduceCompleted } from '../trace/kafka-event.ts'
import { SOUGHT } from '../client/position-requests.ts'
import { Deliveries } from './deliveries.ts'
import { OffsetRegressions } from './offset-regressions.ts'
import { type WriteGap, WriteGaps } from './write-gaps.ts'

/** Outcome of a record: pending until completed; unknown when it may or may not be in the log. */
export const OUTCOMES = ['pending', 'ok', 'fail', 'unknown'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** All records of one producing client, by their counter. */
export class ClientRecords {
  readonly client: string
  /** The topic it sends to. */
  readonly topic: string
  count = 0
  /** What its records were given up with, and how often. */
  readonly errors = new Map<string, number>()
  /** What attempts to send its batches came to that were tried again, and how often. */
  readonly retriedFor = new Map<string, number>()
  private sentUs = new Float64Array(1024)
  private completedUs = new Float64Array(1024)
  private outcomes = new Uint8Array(1024)
  private partitions = new Int32Array(1024)
  private offsets = new Float64Array(1024)
  private acknowledged = new Uint8Array(1024)
  /** Of keys, doubled, and one more for a tombstone; −1 without a key. */
  private keys = new Int32Array(1024)

  constructor(client: string, topic: string) {
    this.client = client
    this.topic = topic
  }

  invoke(n: number, atUs: number, key = -1, tombstone = false): void {
    if (n !== this.count) assert(false, `${this.client} sends record ${n} after ${this.count - 1}`)
    if (n === this.outcomes.length) this.grow()
    this.keys[n] = key < 0 ? -1 : key * 2 + (tombstone ? 1 : 0)
    this.sentUs[n] = atUs
    this.count += 1
  }

  complete(n: number, atUs: number, outcome: Outcome, partition: number, offset: number, acked: boolean): void {
    if (n >= this.count || this.outcomes[n] !== 0)
      assert(false, `${this.client}: record ${n} is completed twice, or never sent`)
    this.outcomes[n] = OUTCOMES.indexOf(outcome)
    this.completedUs[n] = atUs
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

  /** Number of its key; −1: it has none. */
  key(n: number): number {
    const key = this.keys[n] ?? -1
    return key < 0 ? -1 : key >> 1
  }

  /** It has a key and no value. */
  isTombstone(n: number): boolean {
    const key = this.keys[n] ?? -1
    return key >= 0 && (key & 1) === 1
  }

  sentAtUs(n: number): number {
    return this.sentUs[n] ?? 0
  }

  /** When its outcome was known; 0 until then. */
  completedAtUs(n: number): number {
    return this.completedUs[n] ?? 0
  }

  /** When the oldest record without an outcome was sent; undefined if all have one. */
  waitingSinceUs(): number | undefined {
    const oldest = this.outcomes.subarray(0, this.count).indexOf(0)
    return oldest < 0 ? undefined : this.sentUs[oldest]
  }

  private grow(): void {
    const size = this.outcomes.length * 2
    this.outcomes = resized(this.outcomes, new Uint8Array(size))
    this.partitions = resized(this.partitions, new Int32Array(size))
    this.offsets = resized(this.offsets, new Float64Array(size))
    this.acknowledged = resized(this.acknowledged, new Uint8Array(size))
    this.keys = resized(this.keys, new Int32Array(size))
    this.sentUs = resized(this.sentUs, new Float64Array(size))
    this.completedUs = resized(this.completedUs, new Float64Array(size))
  }
}

function resized<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

const CONSUMER_PROCESS = 'consumer-'
const HEARD = [
  'produce-invoked',
  'produce-completed',
  'produce-retried',
  'records-delivered',
  'position-moved',
  'partitions-assigned',
  'end-offset-listed',
  'process-changed',
  'fault-applied',
] as const

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
  readonly offsetRegressions = new OffsetRegressions()
  /** By consumer, its incarnation, and partition. */
  readonly deliveries: Deliveries[] = []
  /** Records come in runs of one client. */
  private lastClient: ClientRecords | undefined = undefined
  private readonly partitionNumbers = new Map<string, number>()
  private readonly gaps = new WriteGaps()
  private readonly clientNumbers = new Map<string, number>()
  private readonly clientNames: string[] = []
  /** Those that go on, by consumer and partition. */
  private readonly current = new Map<string, Map<string, Deliveries>>()
  private readonly deliveredTo = new Map<string, number>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(HEARD, (event, { atUs }) => {
      switch (event.type) {
        case 'produce-invoked':
          this.counts.produced += 1
          this.gaps.sent(event.topic, atUs)
          return this.client(event.client, event.topic).invoke(event.n, atUs, event.key, event.tombstone)
        case 'produce-completed':
          return this.completed(event, atUs)
        case 'produce-retried': {
          const retriedFor = this.clients.get(event.client)?.retriedFor
          retriedFor?.set(event.error, (retriedFor.get(event.error) ?? 0) + 1)
          return
        }
        case 'records-delivered':
          return this.handedOver(event.client, event.partition, event.records, atUs)
        case 'position-moved': {
          const { client, partition, from, to, why } = event
          if (why === SOUGHT) this.current.get(client)?.delete(partition)
          const deliveries = to > from ? this.deliveriesTo(client, partition) : this.current.get(client)?.get(partition)
          deliveries?.moved(from, to)
          return
        }
        case 'partitions-assigned':
          // What a member is given anew it reads from where the group left off: others may have read it meanwhile.
          for (const partition of event.added) this.current.get(event.client)?.delete(partition)
          return
        case 'end-offset-listed':
          return this.offsetRegressions.told(event.client, event.partition, event.offset, atUs)
        case 'process-changed':
          if (event.state !== 'paused' && event.state !== 'resumed') this.processGone(event.process)
          return
        case 'fault-applied':
          if (DEADLY_VERBS.has(event.verb)) for (const process of event.targets) this.processGone(process)
          return
        default:
          return
      }
    })
  }

  /** The longest time writers of a topic waited on one of its partitions; undefined if there are no partitions. */
  longestWriteGap(topic: string, partitions: readonly string[]): WriteGap | undefined {
    let waitingSinceUs: number | undefined
    for (const client of this.clients.values()) {
      const sinceUs = client.topic === topic ? client.waitingSinceUs() : undefined
      if (sinceUs !== undefined) waitingSinceUs = Math.min(waitingSinceUs ?? sinceUs, sinceUs)
    }
    return this.gaps.longest(topic, partitions, waitingSinceUs)
  }

  /** Records handed to this consumer. */
  deliveredCount(client: string): number {
    return this.deliveredTo.get(client) ?? 0
  }

  /** Records handed to these consumers from one time on until before another. */
  deliveredBetween(isMeant: (client: string) => boolean, fromUs: number, untilUs: number): number {
    const meant = this.deliveries.filter(({ consumer }) => isMeant(consumer))
    return meant.reduce((sum, deliveries) => sum + deliveries.countBetween(fromUs, untilUs), 0)
  }

  /** A number for this producing client, the same for the whole run. */
  clientNumber(name: string): number {
    let number = this.clientNumbers.get(name)
    if (number === undefined) {
      number = this.clientNames.length
      this.clientNames.push(name)
      this.clientNumbers.set(name, number)
    }
    return number
  }

  clientName(number: number): string {
    return this.clientNames[number] ?? ''
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
    } else if (event.outcome === 'fail') this.counts.failed += 1
    else this.counts.unknown += 1
    if (event.error !== null) this.errors.set(event.error, (this.errors.get(event.error) ?? 0) + 1)
    const partition = event.partition === '' ? -1 : this.numberOf(event.partition)
    const client = event.client === this.lastClient?.client ? this.lastClient : this.clients.get(event.client)
    assert(client !== undefined, `${event.client} completes a record and never sent one`)
    if (event.error !== null) client.errors.set(event.error, (client.errors.get(event.error) ?? 0) + 1)
    if (acked) this.gaps.acknowledged(event.partition, client.sentAtUs(event.n), atUs)
    client.complete(
      event.n,
      atUs,
      acked ? 'ok' : event.outcome === 'ok' ? 'unknown' : event.outcome,
      partition,
      event.offset,
      acked,
    )
  }

  /** A restarted consumer starts where its policy says, and owes nothing to the one before it. */
  private processGone(process: string): void {
    if (process.startsWith(CONSUMER_PROCESS)) this.current.delete(process.slice(CONSUMER_PROCESS.length))
  }

  private handedOver(client: string, partition: string, records: readonly DeliveredRecord[], atUs: number): void {
    this.counts.delivered += records.length
    this.deliveredTo.set(client, this.deliveredCount(client) + records.length)
    const deliveries = this.deliveriesTo(client, partition)
    for (const { offset, producer, n } of records) {
      deliveries.add(offset, producer === '' ? -1 : this.clientNumber(producer), n, atUs)
    }
  }

  private deliveriesTo(client: string, partition: string): Deliveries {
    let ofClient = this.current.get(client)
    if (ofClient === undefined) {
      ofClient = new Map()
      this.current.set(client, ofClient)
    }
    let deliveries = ofClient.get(partition)
    if (deliveries === undefined) {
      deliveries = new Deliveries(client, partition)
      ofClient.set(partition, deliveries)
      this.deliveries.push(deliveries)
    }
    return deliveries
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

  private client(name: string, topic: string): ClientRecords {
    if (name === this.lastClient?.client) return this.lastClient
    let records = this.clients.get(name)
    if (records === undefined) {
      records = new ClientRecords(name, topic)
      this.clients.set(name, records)
    }
    this.lastClient = records
    return records
  }
}
