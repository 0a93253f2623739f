// Where records without a key go (P-12, KIP-794): all to one partition of their topic, until enough bytes went there. The
// next one is drawn evenly, or with weights by how little waits for it. Kafka weighs when its I/O thread looks at the
// queues; here it is done when a partition is drawn, as if that thread had just looked.

import type { Rng } from '../../../sim/index.ts'
import type { PartitionInfo, TopicInfo } from '../client-metadata.ts'
import { availablePartitions } from './available-partitions.ts'

/** What a producer knows of its own queues. */
export interface PartitionLoad {
  /** Batches that wait; undefined if there never was one. */
  queued(partition: PartitionInfo): number | undefined
  /** Its leader has taken nothing for `partitioner.availability.timeout.ms`, though there was something to take. */
  isStalled(partition: PartitionInfo): boolean
}

interface Current {
  readonly partition: number
  bytes: number
}

export class StickyPartitioner {
  private readonly batchSizeBytes: number
  private readonly rng: Rng
  private readonly load: PartitionLoad | undefined
  private readonly current = new Map<string, Current>()

  /** Without `load` partitions are drawn evenly. */
  constructor(batchSizeBytes: number, rng: Rng, load?: PartitionLoad) {
    this.batchSizeBytes = batchSizeBytes
    this.rng = rng
    this.load = load
  }

  /** The same answer until enough bytes were `appended`. */
  choose(topic: TopicInfo): number {
    let current = this.current.get(topic.name)
    if (current === undefined) {
      current = { partition: this.draw(topic), bytes: 0 }
      this.current.set(topic.name, current)
    }
    return current.partition
  }

  /**
   * A record was appended where `choose` said: another partition is next after batch.size bytes, but not while that would
   * leave an unfinished batch behind, unless twice as much was sent.
   */
  appended(topic: TopicInfo, sizeBytes: number, allBatchesFull: boolean): void {
    const current = this.current.get(topic.name)
    if (current === undefined) return
    current.bytes += sizeBytes
    const enough = allBatchesFull ? this.batchSizeBytes : this.batchSizeBytes * 2
    if (current.bytes >= enough) this.current.set(topic.name, { partition: this.draw(topic), bytes: 0 })
  }

  private draw(topic: TopicInfo): number {
    const weights = this.load === undefined ? undefined : weigh(topic, this.load)
    if (weights !== undefined) return this.drawWeighted(weights)
    const available = availablePartitions(topic)
    return this.rng.pick(available.length > 0 ? available : topic.partitions).index
  }

  private drawWeighted(weights: readonly PartitionWeight[]): number {
    const sum = weights.reduce((total, { weight }) => total + weight, 0)
    let left = this.rng.below(sum)
    for (const { partition, weight } of weights) {
      if (left < weight) return partition.index
      left -= weight
    }
    // `left` is below the sum of all weights.
    return weights[0]!.partition.index
  }
}

export interface PartitionWeight {
  readonly partition: PartitionInfo
  readonly weight: number
}

/**
 * The longest queue's length, plus one, less its own: of each partition that has a leader, and one that is not stalled.
 * Undefined where partitions are to be drawn evenly: when one of them never had a batch, when all queues are equally
 * long, when there is but one partition, or none to be had.
 */
export function weigh({ partitions }: TopicInfo, load: PartitionLoad): readonly PartitionWeight[] | undefined {
  if (partitions.length < 2) return undefined
  const candidates: { partition: PartitionInfo; queued: number }[] = []
  for (const partition of partitions) {
    const queued = load.queued(partition)
    if (queued === undefined) return undefined
    if (partition.leader === undefined) continue
    // As in Kafka, only where something waits.
    if (queued > 0 && load.isStalled(partition)) continue
    candidates.push({ partition, queued })
  }
  const [first] = candidates
  if (first === undefined) return undefined
  const areEqual = candidates.every(({ queued }) => queued === first.queued)
  if (areEqual && candidates.length === partitions.length) return undefined
  const most = Math.max(...candidates.map(({ queued }) => queued))
  return candidates.map(({ partition, queued }) => ({ partition, weight: most + 1 - queued }))
}
