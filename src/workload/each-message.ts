// How kafkajs runs a handler (eachMessage): one record at a time, and after each, on the same thread, a heartbeat if one is
// due. Nobody sends any while the handler is at work. What was handled is committed after each partition's records, before a
// failure is dealt with, and when a heartbeat tells of a rebalance; then the rest is left to whoever gets the partition.
// Left out: autoCommitInterval and autoCommitThreshold, eachBatch, partitionsConsumedConcurrently.

import type { Blocking } from '../client/group/blocking.ts'
import type { PolledRecords } from '../client/group/fetch-buffer.ts'
import type { GroupConsumer } from '../client/group/group-consumer.ts'
import type { OffsetToCommit } from '../client/group/offset-commits.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { PoisonHandling } from './poison-handling.ts'
import { HandlerFailed, type RecordHandler, Toil } from './record-handler.ts'
import { seekBack } from './seek-back.ts'

export interface MessageOwner {
  isStopping(): boolean
  onDelivered(records: PolledRecords): void
  onProcessed(partition: string, next: number): void
  /** What it fails with is shrugged off. */
  commit(offsets: readonly OffsetToCommit[]): Blocking<void>
}

export class EachMessage {
  private readonly consumer: GroupConsumer
  private readonly handler: RecordHandler
  private readonly poison: PoisonHandling
  private readonly owner: MessageOwner
  private readonly toil: Toil
  /** By partition, where to go on after what was handled and is not committed. */
  private readonly resolved = new Map<string, OffsetToCommit>()

  constructor(
    host: KafkaHost,
    consumer: GroupConsumer,
    handler: RecordHandler,
    poison: PoisonHandling,
    owner: MessageOwner,
  ) {
    this.consumer = consumer
    this.handler = handler
    this.poison = poison
    this.owner = owner
    this.toil = new Toil(host)
  }

  /** What one fetch brought. */
  *handle(polled: readonly PolledRecords[]): Blocking<void> {
    for (const [i, records] of polled.entries()) {
      const goesOn = yield* this.handleAll(records, polled.slice(i + 1))
      const isLast = polled[i + 1]?.partition !== records.partition
      if (!goesOn || isLast) yield* this.commit()
      if (!goesOn) return
    }
  }

  /** These are somebody else's now. */
  drop(partitions: readonly string[]): void {
    for (const key of partitions) this.resolved.delete(key)
  }

  /** False: no more of what was polled. */
  private *handleAll(
    { partition, leaderEpoch, records }: PolledRecords,
    after: readonly PolledRecords[],
  ): Blocking<boolean> {
    const { topic, index, key } = partition
    for (const record of records) {
      if (this.owner.isStopping()) return false
      this.owner.onDelivered({ partition, leaderEpoch, records: [record] })
      const takesUs = this.handler.begin()
      const verdict = this.handler.verdict(record)
      this.toil.add(takesUs)
      yield* this.toil.work()
      if (verdict !== 'handled') {
        yield* this.commit()
        if (verdict !== 'poison') throw new HandlerFailed(`${key}@${record.offset}`, verdict)
        const outcome = yield* this.poison.deal(key, record, takesUs, () => this.consumer.lookAgain())
        if (outcome === 'again') seekBack(this.consumer, key, record.offset, after)
        if (outcome !== 'passed') return false
      }
      this.resolved.set(key, { topic, index, offset: record.offset + 1, leaderEpoch: -1 })
      this.owner.onProcessed(key, record.offset + 1)
      if (!(yield* this.consumer.heartbeatIfDue())) return false
    }
    return true
  }

  private *commit(): Blocking<void> {
    const offsets = [...this.resolved.values()]
    this.resolved.clear()
    if (offsets.length > 0) yield* this.owner.commit(offsets)
  }
}
