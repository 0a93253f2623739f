// Records of one partition that travel together, from their first append to their outcome. The bytes are made once,
// when the batch first leaves; a retry sends the same ones (P-15). One that the broker finds too large is split (P-23).

import { assert } from '../../sim/index.ts'
import { type BatchBuilder, NO_HEADERS } from '../records/batch-builder.ts'
import { decodeBatch } from '../records/batch-reader.ts'
import {
  addToSequence,
  BATCH_HEADER_BYTES,
  NO_LEADER_EPOCH,
  NO_SEQUENCE,
  patchProducer,
} from '../records/record-batch.ts'
import { compressBatch } from '../records/compression/compressed-batch.ts'
import type { Compression } from '../records/compression/codec.ts'
import type { BuilderPool } from './builder-pool.ts'
import type { CompressionRatios } from './compression-ratios.ts'

/** How batches of a topic are compressed, and how well that went so far. */
export interface BatchCompression extends Compression {
  readonly topic: string
  readonly ratios: CompressionRatios
}

export class ProducerBatch {
  /** The partition, by the name people use: 'orders-0'. */
  readonly key: string
  readonly createdMs: number
  /** What it takes of buffer.memory. */
  readonly memoryBytes: number
  /** The caller's numbers of the records, in order. */
  readonly tags: number[] = []
  /** Times it was sent. */
  attempts = 0
  /** It came back to the queue after an attempt. */
  inRetry = false
  /** Leader epoch it was last sent in. */
  sentLeaderEpoch = -1
  /** An attempt had an outcome we do not know: the records may be in the log. */
  maybeAppended = false
  /** Not sent again before this time, unless the leader changes. */
  retryAtMs = 0
  producerId = -1
  producerEpoch = -1
  baseSequence = NO_SEQUENCE
  /** Its sequence was given anew under a bumped epoch (P-20). */
  reopened = false
  /** The last answer was that its sequence does not come next (P-18). */
  outOfOrder = false
  done = false
  private readonly builders: BuilderPool
  /** Given back once the bytes are made. */
  private readonly builder: BatchBuilder
  private encoded: Uint8Array | undefined
  private takesNoMore = false
  private readonly compression: BatchCompression | undefined
  /** Compressed bytes of one byte of records; known once it was made. */
  private ratio = 1

  constructor(
    key: string,
    createdMs: number,
    memoryBytes: number,
    builders: BuilderPool,
    compression?: BatchCompression,
  ) {
    this.key = key
    this.createdMs = createdMs
    this.memoryBytes = memoryBytes
    this.builders = builders
    this.builder = builders.take()
    this.compression = compression
    if (compression !== undefined) this.builder.expectedRatio = compression.ratios.of(compression.topic)
  }

  get isCompressed(): boolean {
    return this.compression !== undefined
  }

  get recordCount(): number {
    return this.tags.length
  }

  get lastSequence(): number {
    return this.baseSequence + this.recordCount - 1
  }

  get hasSequence(): boolean {
    return this.baseSequence !== NO_SEQUENCE
  }

  get sizeBytes(): number {
    return this.encoded?.length ?? this.builder.expectedBytes
  }

  /** True once it may take no more records. */
  get closed(): boolean {
    return this.takesNoMore || this.encoded !== undefined
  }

  /**
   * The same records in batches of at most `batchSizeBytes`, each as if it had never been sent, in order. They take nothing
   * of buffer.memory, and have the sequences that the records had (P-23).
   */
  split(batchSizeBytes: number): ProducerBatch[] {
    const records = decodeBatch(this.bytes(), 0)
    assert(typeof records !== 'string', 'a producer can read what it has written')
    this.compression?.ratios.reset(this.compression.topic, this.ratio)
    const parts: ProducerBatch[] = []
    let part = this.emptyPart()
    for (const [i, { timestampMs, key, value }] of records.entries()) {
      const tag = this.tags[i]!
      if (part.tryAppend(timestampMs, key, value, tag, batchSizeBytes)) continue
      parts.push(part)
      part = this.emptyPart()
      part.tryAppend(timestampMs, key, value, tag, batchSizeBytes)
    }
    parts.push(part)
    let sequence = this.baseSequence
    for (const each of parts) {
      each.takesNoMore = true
      if (!this.hasSequence) continue
      each.assign(this.producerId, this.producerEpoch, sequence)
      sequence = addToSequence(sequence, each.recordCount)
    }
    return parts
  }

  private emptyPart(): ProducerBatch {
    const part = new ProducerBatch(this.key, this.createdMs, 0, this.builders, this.compression)
    part.maybeAppended = this.maybeAppended
    return part
  }

  tryAppend(
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    tag: number,
    batchSizeBytes: number,
  ): boolean {
    if (this.closed) return false
    if (!this.builder.hasRoomFor(timestampMs, key, value, NO_HEADERS, batchSizeBytes)) return false
    this.builder.append(timestampMs, key, value, NO_HEADERS)
    this.tags.push(tag)
    return true
  }

  /** Until when it is not sent, given the epoch its partition is led in now. */
  backsOffUntilMs(leaderEpoch: number): number {
    return this.inRetry && leaderEpoch <= this.sentLeaderEpoch ? this.retryAtMs : this.createdMs
  }

  isFull(batchSizeBytes: number): boolean {
    return this.closed || this.builder.isFull(batchSizeBytes)
  }

  /** Gives the batch its producer state; bytes made before are patched, the CRC with them. */
  assign(producerId: number, producerEpoch: number, baseSequence: number): void {
    this.producerId = producerId
    this.producerEpoch = producerEpoch
    this.baseSequence = baseSequence
    if (this.encoded !== undefined) {
      // What was sent before belongs to its receiver: patch a copy.
      this.encoded = this.encoded.slice()
      patchProducer(this.encoded, 0, producerId, producerEpoch, baseSequence)
    }
  }

  bytes(): Uint8Array {
    assert(this.recordCount > 0, 'a batch that leaves has records')
    if (this.encoded === undefined) {
      const plain = this.builder.build({
        baseOffset: 0,
        leaderEpoch: NO_LEADER_EPOCH,
        producerId: this.producerId,
        producerEpoch: this.producerEpoch,
        baseSequence: this.baseSequence,
        transactional: false,
        control: false,
      })
      this.builders.giveBack(this.builder)
      this.encoded = this.compressed(plain)
    }
    return this.encoded
  }

  private compressed(plain: Uint8Array): Uint8Array {
    const { compression } = this
    if (compression === undefined) return plain
    const bytes = compressBatch(plain, 0, compression)
    this.ratio = (bytes.length - BATCH_HEADER_BYTES) / (plain.length - BATCH_HEADER_BYTES)
    compression.ratios.observe(compression.topic, this.ratio)
    return bytes
  }
}
