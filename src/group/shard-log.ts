// The write path of one shard, as Kafka's coordinator runtime: records of several operations gather in a batch for
// `group.coordinator.append.linger.ms`, are appended by the partition's leader, which is this broker, and count when the
// high watermark has passed them. Kafka appends with acks=1 and listens to the high watermark, so that an ISR below
// `min.insync.replicas` shows as a timeout and not as a refusal; so does this. Left out: transactional writes.

import type { Timer } from '../../sim/index.ts'
import { ProduceEntry } from '../broker/delayed-produce.ts'
import type { GroupServiceParts } from '../broker/group-service.ts'
import { OFFSETS_TOPIC } from '../broker/internal-topics.ts'
import { topicSettings } from '../broker/topic-settings.ts'
import { Errors } from '../protocol/error-codes.ts'
import { encodeGroupRecord, type GroupRecord } from '../protocol/group-record.ts'
import { BATCH_HEADER_BYTES } from '../records/record-batch.ts'
import { BatchBuilder, batchSizeUpperBound, NO_HEADERS } from '../records/batch-builder.ts'
import { RECORD_COST_US } from './costs.ts'
import type { Decision } from './decision.ts'
import type { UndoLog } from './undo-log.ts'

export interface ShardLogOwner {
  /** Runs `fn` as an event of the shard. */
  run(kind: string, fn: () => void): void
  /** A record takes effect in memory; it will stand at `offset`. */
  apply(record: GroupRecord, offset: number): void
  /** The log holds something that we did not write: memory must be read anew. */
  outOfStep(): void
}

interface OpenBatch {
  readonly baseOffset: number
  nextOffset: number
  readonly builder: BatchBuilder
  readonly waiting: Waiting[]
  lingering: Timer | undefined
}

export class ShardLog {
  private readonly parts: GroupServiceParts
  private readonly index: number
  private readonly undo: UndoLog
  private readonly owner: ShardLogOwner
  private batch: OpenBatch | undefined
  private closedWith: number | undefined
  /** Written, not committed; by offset. */
  private readonly written: { readonly offset: number; readonly waiting: Waiting }[] = []

  constructor(parts: GroupServiceParts, index: number, undo: UndoLog, owner: ShardLogOwner) {
    this.parts = parts
    this.index = index
    this.undo = undo
    this.owner = owner
  }

  write(decision: Decision): void {
    const waiting = new Waiting(decision)
    if (this.closedWith !== undefined) return waiting.finish(this.closedWith)
    if (decision.records.length > 0) this.append(waiting)
    else if (this.batch !== undefined) this.batch.waiting.push(waiting)
    else if (this.undo.lastCommitted < this.undo.lastWritten) {
      this.written.push({ offset: this.undo.lastWritten, waiting })
    } else waiting.finish(Errors.NONE)
    if (!waiting.isFinished) this.armTimeout(waiting)
  }

  /** News of the high watermark: everything below it is committed. */
  highWatermark(offset: number): void {
    if (offset <= this.undo.lastCommitted) return
    this.undo.commit(offset)
    let done = 0
    while (done < this.written.length && (this.written[done]?.offset ?? offset + 1) <= offset) done += 1
    for (const { waiting } of this.written.splice(0, done)) waiting.finish(Errors.NONE)
  }

  /** Whoever waits is told; nothing is written any more. */
  close(errorCode: number): void {
    this.closedWith = errorCode
    for (const { waiting } of this.written.splice(0)) waiting.finish(errorCode)
    this.failBatch(errorCode)
  }

  private append(waiting: Waiting): void {
    const { records, replay, atomic } = waiting.decision
    const { host } = this.parts.context
    const nowMs = host.clock.wallMs()
    const limitBytes = this.maxBatchBytes()
    host.jobs.charge(records.length * RECORD_COST_US)
    const encoded = records.map(encodeGroupRecord)
    if (atomic) {
      let sizeBytes = BATCH_HEADER_BYTES
      for (const { key, value } of encoded)
        sizeBytes += batchSizeUpperBound(key, value, NO_HEADERS) - BATCH_HEADER_BYTES
      if (sizeBytes > limitBytes) return waiting.finish(Errors.MESSAGE_TOO_LARGE)
      const open = this.batch
      if (open !== undefined && open.builder.sizeBytes + sizeBytes - BATCH_HEADER_BYTES > limitBytes) {
        const errorCode = this.flush()
        if (errorCode !== Errors.NONE) return waiting.finish(errorCode)
      }
    }
    for (const [i, { key, value }] of encoded.entries()) {
      if (!atomic && this.batch?.builder.hasRoomFor(nowMs, key, value, NO_HEADERS, limitBytes) === false) {
        const errorCode = this.flush()
        if (errorCode !== Errors.NONE) return waiting.finish(errorCode)
      }
      const batch = this.openBatch()
      const record = records[i]
      if (replay && record !== undefined) this.owner.apply(record, batch.nextOffset)
      batch.builder.append(nowMs, key, value)
      batch.nextOffset += 1
    }
    this.openBatch().waiting.push(waiting)
    if (this.lingerMs === 0) this.flush()
  }

  private openBatch(): OpenBatch {
    if (this.batch !== undefined) return this.batch
    const baseOffset = this.undo.lastWritten
    const batch: OpenBatch = {
      baseOffset,
      nextOffset: baseOffset,
      builder: new BatchBuilder(),
      waiting: [],
      lingering: undefined,
    }
    this.batch = batch
    if (this.lingerMs > 0) {
      batch.lingering = this.parts.context.host.clock.after(this.lingerMs, 'group-append-linger', () =>
        this.owner.run('group-append', () => {
          if (this.batch === batch) this.flush()
        }),
      )
    }
    return batch
  }

  /** Appends what has gathered. An error code: then everything of the batch is taken back, and told. */
  private flush(): number {
    const { batch } = this
    if (batch === undefined) return Errors.NONE
    const entry = new ProduceEntry(OFFSETS_TOPIC, this.index, batch.builder.build())
    batch.lingering?.cancel()
    this.parts.replicas.appendRecords(1, 0, [entry], () => {}, 'coordinator')
    if (entry.errorCode !== Errors.NONE) {
      this.failBatch(entry.errorCode)
      return entry.errorCode
    }
    const end = entry.lastOffset + 1
    if (end !== batch.nextOffset) {
      this.failBatch(Errors.NOT_COORDINATOR)
      this.owner.outOfStep()
      return Errors.NOT_COORDINATOR
    }
    this.batch = undefined
    this.undo.lastWritten = end
    for (const waiting of batch.waiting) this.written.push({ offset: end, waiting })
    return Errors.NONE
  }

  private failBatch(errorCode: number): void {
    const { batch } = this
    if (batch === undefined) return
    batch.lingering?.cancel()
    this.batch = undefined
    this.undo.revert(batch.baseOffset)
    for (const waiting of batch.waiting) waiting.finish(errorCode)
  }

  private armTimeout(waiting: Waiting): void {
    const { host, config } = this.parts.context
    waiting.timeout = host.clock.after(config['offsets.commit.timeout.ms'], 'group-write-timeout', () =>
      this.owner.run('group-write-timeout', () => waiting.finish(Errors.REQUEST_TIMED_OUT)),
    )
  }

  private get lingerMs(): number {
    return this.parts.context.config['group.coordinator.append.linger.ms']
  }

  private maxBatchBytes(): number {
    const { config, metadata } = this.parts.context
    return topicSettings(config, metadata, OFFSETS_TOPIC).log.maxMessageBytes
  }
}

/** An operation that is decided and not yet answered. */
class Waiting {
  readonly decision: Decision
  isFinished = false
  timeout: Timer | undefined = undefined

  constructor(decision: Decision) {
    this.decision = decision
  }

  /** Later than the first time it does nothing. */
  finish(errorCode: number): void {
    if (this.isFinished) return
    this.isFinished = true
    this.timeout?.cancel()
    this.decision.done(errorCode)
  }
}
