// Records waiting to leave, in batches by partition (P-3, P-4).

import type { Buggify } from '../buggify/buggify.ts'
import { batchSizeUpperBound, NO_HEADERS } from '../records/batch-builder.ts'
import type { Compression } from '../records/compression/codec.ts'
import { BuilderPool } from './builder-pool.ts'
import type { PartitionInfo } from './client-metadata.ts'
import { CompressionRatios } from './compression-ratios.ts'
import { type BatchCompression, ProducerBatch } from './producer-batch.ts'

export class PartitionQueue {
  readonly topic: string
  readonly index: number
  readonly key: string
  readonly batches: ProducerBatch[] = []
  /** Batches sent and not answered: with max.in.flight = 1 the partition is muted while there is one (P-5). */
  inFlight = 0
  readonly compression: BatchCompression | undefined

  constructor(topic: string, index: number, compression?: BatchCompression) {
    this.compression = compression
    this.topic = topic
    this.index = index
    this.key = `${topic}-${index}`
  }
}

export interface AccumulatorOptions {
  readonly batchSizeBytes: number
  readonly lingerMs: number
  readonly bufferMemoryBytes: number
  readonly compression?: Compression | undefined
  readonly buggify: Buggify
}

/**
 * `new-batch`: one was begun or filled up, so there may be something to send. `needs-batch`: the record would begin one,
 * and was not to.
 */
export type AppendResult = 'appended' | 'new-batch' | 'needs-batch' | 'no-memory'

export class RecordAccumulator {
  readonly queues = new Map<string, PartitionQueue>()
  /** Memory of batches without an outcome. */
  bufferedBytes = 0
  /** How much the latest `append` added to a batch. */
  lastAppendBytes = 0
  private readonly options: AccumulatorOptions
  private readonly builders = new BuilderPool()
  private readonly ratios = new CompressionRatios()
  /** Somebody waits for memory: nothing lingers (P-4). */
  private isExhausted = false
  /** Batches without an outcome. */
  private incomplete = 0

  constructor(options: AccumulatorOptions) {
    this.options = options
  }

  append(
    partition: PartitionInfo,
    nowMs: number,
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    tag: number,
    mayBegin = true,
  ): AppendResult {
    const { batchSizeBytes, bufferMemoryBytes } = this.options
    const queue = this.queueOf(partition)
    const last = queue.batches.at(-1)
    const lastBytes = last?.sizeBytes ?? 0
    // One that is followed by another goes at once.
    const isEarly = last !== undefined && this.options.buggify.now('early-batch')
    if (!isEarly && last?.tryAppend(timestampMs, key, value, tag, batchSizeBytes) === true) {
      this.lastAppendBytes = last.sizeBytes - lastBytes
      return last.isFull(batchSizeBytes) ? 'new-batch' : 'appended'
    }
    if (!mayBegin) return 'needs-batch'
    // A record larger than batch.size has a batch to itself.
    const memoryBytes = Math.max(batchSizeBytes, batchSizeUpperBound(key, value, NO_HEADERS))
    if (this.bufferedBytes + memoryBytes > bufferMemoryBytes) {
      this.isExhausted = true
      return 'no-memory'
    }
    const batch = new ProducerBatch(queue.key, nowMs, memoryBytes, this.builders, queue.compression)
    batch.tryAppend(timestampMs, key, value, tag, batchSizeBytes)
    this.bufferedBytes += memoryBytes
    this.incomplete += 1
    this.lastAppendBytes = batch.sizeBytes
    queue.batches.push(batch)
    return 'new-batch'
  }

  /** Has the partition's last batch no room left, if it has one? */
  lastBatchIsFull(partition: PartitionInfo): boolean {
    return this.queues.get(partition.key)?.batches.at(-1)?.isFull(this.options.batchSizeBytes) !== false
  }

  /** Batches that wait for this partition; undefined if there never was one. */
  queued(partition: PartitionInfo): number | undefined {
    return this.queues.get(partition.key)?.batches.length
  }

  /** Who waited for memory has given up. */
  nobodyWaits(): void {
    this.isExhausted = false
  }

  /**
   * When the partition's first batch makes its leader worth a request: now or earlier, or later; undefined if there is
   * none (P-4). A retry does not wait for its back-off when the leader changed meanwhile (KIP-951).
   */
  readyAtMs(queue: PartitionQueue, leaderEpoch: number): number | undefined {
    const first = queue.batches[0]
    if (first === undefined) return undefined
    if (first.inRetry) return first.backsOffUntilMs(leaderEpoch)
    const full = queue.batches.length > 1 || first.isFull(this.options.batchSizeBytes)
    return full || this.isExhausted ? first.createdMs : first.createdMs + this.options.lingerMs
  }

  /** Back into the queue: in front, and by sequence when it has one (P-8). */
  reenqueue(queue: PartitionQueue, batch: ProducerBatch): void {
    let at = 0
    if (batch.hasSequence) {
      while (at < queue.batches.length) {
        const other = queue.batches[at]!
        if (!other.hasSequence || other.baseSequence > batch.baseSequence) break
        at += 1
      }
    }
    queue.batches.splice(at, 0, batch)
  }

  /** In the place of a batch that was too large, its parts. */
  replaceBy(parts: readonly ProducerBatch[], queue: PartitionQueue, batch: ProducerBatch): void {
    this.incomplete += parts.length
    for (const part of parts.toReversed()) this.reenqueue(queue, part)
    this.release(batch)
  }

  /** The batch has its outcome: its memory is free. */
  release(batch: ProducerBatch): void {
    this.incomplete -= 1
    this.bufferedBytes -= batch.memoryBytes
    this.isExhausted = false
  }

  get isEmpty(): boolean {
    return this.incomplete === 0
  }

  private queueOf(partition: PartitionInfo): PartitionQueue {
    let queue = this.queues.get(partition.key)
    if (queue === undefined) {
      queue = new PartitionQueue(partition.topic, partition.index, this.compressionOf(partition.topic))
      this.queues.set(partition.key, queue)
    }
    return queue
  }

  private compressionOf(topic: string): BatchCompression | undefined {
    const { compression } = this.options
    return compression === undefined ? undefined : { ...compression, topic, ratios: this.ratios }
  }
}
