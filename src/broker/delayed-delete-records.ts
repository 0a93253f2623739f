// A DeleteRecords request: leaders raise their log starts, never above the high watermark, and the answer waits until the
// low watermark, the least log start of all replicas that are up, is there too. One that loses its office
// meanwhile lets the time run out, as in Kafka. What lies below a log start is not read any more; when whole
// segments of it go is retention's business.

import { isStorageError } from '../log/storage-error.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { Partition } from './partition.ts'
import { DelayedOperation } from './purgatory.ts'

/** As the offset to delete up to: the high watermark. */
const HIGH_WATERMARK = -1
const NO_LOW_WATERMARK = -1

/** One partition of the request, and then what became of it. */
export class DeleteRecordsEntry {
  readonly topic: string
  readonly index: number
  errorCode: number = Errors.NONE
  lowWatermark = NO_LOW_WATERMARK
  /** Below this everything is to go, on all replicas that are up. */
  private requiredOffset: number
  private partition: Partition | undefined = undefined
  private pending = false

  constructor(topic: string, index: number, beforeOffset: number) {
    this.topic = topic
    this.index = index
    this.requiredOffset = beforeOffset
  }

  get isPending(): boolean {
    return this.pending
  }

  fail(errorCode: number): void {
    this.errorCode = errorCode
    this.lowWatermark = NO_LOW_WATERMARK
    this.pending = false
  }

  /** Deletes on the leader. */
  begin(partition: Partition): void {
    if (!partition.isLeader) return this.fail(Errors.NOT_LEADER_OR_FOLLOWER)
    const { log } = partition
    if (!log.config.deletes) return this.fail(Errors.POLICY_VIOLATION)
    if (this.requiredOffset === HIGH_WATERMARK) this.requiredOffset = log.highWatermark
    if (this.requiredOffset < 0 || this.requiredOffset > log.highWatermark) return this.fail(Errors.OFFSET_OUT_OF_RANGE)
    try {
      log.maybeIncrementLogStartOffset(this.requiredOffset)
    } catch (problem) {
      if (!isStorageError(problem)) throw problem
      return this.fail(Errors.KAFKA_STORAGE_ERROR)
    }
    this.partition = partition
    this.lowWatermark = partition.lowWatermark
    this.pending = this.lowWatermark < this.requiredOffset
  }

  /** Looks whether it is done. */
  check(): void {
    const { partition } = this
    if (!this.pending || partition === undefined) return
    if (partition.isOffline) return this.fail(Errors.KAFKA_STORAGE_ERROR)
    if (!partition.isHosted) return this.fail(Errors.UNKNOWN_TOPIC_OR_PARTITION)
    if (!partition.isLeader) return this.fail(Errors.NOT_LEADER_OR_FOLLOWER)
    const { lowWatermark } = partition
    if (lowWatermark < this.requiredOffset) return
    this.lowWatermark = lowWatermark
    this.pending = false
  }

  /** The low watermark stays as it was found first. */
  expire(): void {
    if (this.pending) this.errorCode = Errors.REQUEST_TIMED_OUT
    this.pending = false
  }
}

export class DelayedDeleteRecords extends DelayedOperation {
  private readonly entries: readonly DeleteRecordsEntry[]
  private readonly respond: () => void

  constructor(entries: readonly DeleteRecordsEntry[], respond: () => void) {
    super()
    this.entries = entries
    this.respond = respond
  }

  override canComplete(): boolean {
    for (const entry of this.entries) entry.check()
    return this.entries.every((entry) => !entry.isPending)
  }

  override onComplete(): void {
    for (const entry of this.entries) entry.expire()
    this.respond()
  }
}
