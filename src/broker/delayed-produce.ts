// An acks=all request that waits until every replica that counts has what it wrote. Each partition is decided for
// itself; the answer goes when all are, or at the timeout, with REQUEST_TIMED_OUT for the rest.

import { Errors, errorName } from '../protocol/error-codes.ts'
import type { BrokerContext } from './broker-context.ts'
import { notHostedError } from './hosted-partitions.ts'
import type { Partition } from './partition.ts'
import { DelayedOperation } from './purgatory.ts'

/** One partition of a Produce request: what to write, and then what became of it. */
export class ProduceEntry {
  readonly topic: string
  readonly index: number
  readonly records: Uint8Array
  /** In which the client believes; −1 if it does not say. */
  readonly leaderEpoch: number
  /** Set when the append was tried on a replica hosted here. */
  partition: Partition | undefined = undefined
  errorCode: number = Errors.NONE
  errorMessage: string | null = null
  /** −1 unless written, now or (duplicate) before. */
  firstOffset = -1
  lastOffset = -1
  duplicate = false
  logAppendTimeMs = -1
  logStartOffset = -1
  /** Written, and waiting for the high watermark to pass `lastOffset`. */
  isPending = false
  /** The append itself moved the high watermark: nobody else counts. */
  raisedHighWatermark = false

  constructor(topic: string, index: number, records: Uint8Array, leaderEpoch = -1) {
    this.topic = topic
    this.index = index
    this.records = records
    this.leaderEpoch = leaderEpoch
  }
}

export class DelayedProduce extends DelayedOperation {
  private readonly context: BrokerContext
  private readonly entries: readonly ProduceEntry[]
  private readonly respond: () => void
  private pending = 0

  constructor(context: BrokerContext, entries: readonly ProduceEntry[], respond: () => void) {
    super()
    this.context = context
    this.entries = entries
    this.respond = respond
    for (const entry of entries) if (entry.isPending) this.pending += 1
  }

  override canComplete(): boolean {
    for (const entry of this.entries) {
      if (!entry.isPending) continue
      const errorCode = this.outcomeOf(entry)
      if (errorCode !== undefined) this.decide(entry, errorCode)
    }
    return this.pending === 0
  }

  override onComplete(): void {
    // The records stay in the log and may commit later.
    for (const entry of this.entries) if (entry.isPending) this.decide(entry, Errors.REQUEST_TIMED_OUT)
    this.respond()
  }

  /** Undefined while it must wait. */
  private outcomeOf(entry: ProduceEntry): number | undefined {
    const { partition } = entry
    if (partition === undefined || !partition.isHosted) {
      return notHostedError(this.context, entry.topic, entry.index)
    }
    return partition.acknowledgement(entry.lastOffset + 1)
  }

  private decide(entry: ProduceEntry, errorCode: number): void {
    entry.isPending = false
    entry.errorCode = errorCode
    this.pending -= 1
    traceProduceAnswered(this.context, entry, -1)
  }
}

export function traceProduceAnswered({ host, id }: BrokerContext, entry: ProduceEntry, acks: number): void {
  if (!host.trace.wants('produce-answered')) return
  host.trace.emit({
    type: 'produce-answered',
    broker: id,
    partition: `${entry.topic}-${entry.index}`,
    acks,
    error: entry.errorCode === Errors.NONE ? null : errorName(entry.errorCode),
    firstOffset: entry.firstOffset,
    lastOffset: entry.lastOffset,
    duplicate: entry.duplicate,
  })
}
