// Which partition a record goes to: keyed records by murmur2 over all partitions (P-11), others to a sticky partition
// that changes when enough bytes went to it (P-12). Left out: the adaptive choice by queue length.

import type { Rng } from '../../sim/index.ts'
import type { TopicInfo } from './client-metadata.ts'

export class Partitioner {
  private readonly batchSizeBytes: number
  private readonly rng: Rng
  private readonly sticky = new Map<string, { partition: number; bytes: number }>()

  constructor(batchSizeBytes: number, rng: Rng) {
    this.batchSizeBytes = batchSizeBytes
    this.rng = rng
  }

  /** The same answer until `appended` says that the record found its place. */
  choose(topic: TopicInfo, key: Uint8Array | null): number {
    if (key !== null) return (murmur2(key) & 0x7fffffff) % topic.partitions.length
    let current = this.sticky.get(topic.name)
    if (current === undefined) {
      current = { partition: this.pick(topic), bytes: 0 }
      this.sticky.set(topic.name, current)
    }
    return current.partition
  }

  /**
   * A record without a key was appended where `choose` said: another partition is next after batch.size bytes, but not
   * while that would leave an unfinished batch behind, unless twice as much was sent (P-12).
   */
  appended(topic: TopicInfo, sizeBytes: number, lastBatchIsFull: boolean): void {
    const current = this.sticky.get(topic.name)
    if (current === undefined) return
    current.bytes += sizeBytes
    const enough = lastBatchIsFull ? this.batchSizeBytes : this.batchSizeBytes * 2
    if (current.bytes >= enough) this.sticky.set(topic.name, { partition: this.pick(topic), bytes: 0 })
  }

  private pick(topic: TopicInfo): number {
    const available = topic.partitions.filter((partition) => partition.leader !== undefined)
    const from = available.length > 0 ? available : topic.partitions
    return this.rng.pick(from).index
  }
}

/** Kafka's 32-bit murmur2, seed 0x9747b28c, as a signed integer (P-11). */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995
  const length = bytes.length
  const tail = length & ~3
  let h = 0x9747b28c ^ length
  for (let at = 0; at < tail; at += 4) {
    let k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const left = length - tail
  if (left === 3) h ^= bytes[tail + 2]! << 16
  if (left >= 2) h ^= bytes[tail + 1]! << 8
  if (left >= 1) h = Math.imul(h ^ bytes[tail]!, m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return (h ^ (h >>> 15)) | 0
}
