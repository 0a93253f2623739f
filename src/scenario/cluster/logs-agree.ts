// Do the replicas of a partition hold the same batches below their high watermarks, in the end?

import type { PartitionLog } from '../../log/partition-log.ts'
import { BatchWalk, baseOffset, crc, partitionLeaderEpoch } from '../../records/record-batch.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

const READ_BYTES = 4 * 1024 * 1024

/** The first disagreement of each partition, in words. */
export function disagreements(cluster: SimulatedCluster): string[] {
  const found: string[] = []
  for (const topic of cluster.metadata?.topics.values() ?? []) {
    for (const state of topic.partitions) {
      const replicas = state.replicas.flatMap((id) => {
        const log = cluster.partitionsOf(id)?.get(state.key)?.log
        return log === undefined ? [] : [{ id, log }]
      })
      const [first, ...others] = replicas
      if (first === undefined) continue
      for (const other of others) {
        const offset = firstDifference(first.log, other.log)
        if (offset === undefined) continue
        found.push(`${state.key}: brokers ${first.id} and ${other.id} differ at offset ${offset}`)
        break
      }
    }
  }
  return found
}

/** Below the lower of both high watermarks, and where both logs have started. */
function firstDifference(a: PartitionLog, b: PartitionLog): number | undefined {
  const end = Math.min(a.highWatermark, b.highWatermark)
  const start = Math.max(a.logStartOffset, b.logStartOffset)
  const left = new LogWalk(a, start, end)
  const right = new LogWalk(b, start, end)
  for (;;) {
    const hasLeft = left.next()
    const hasRight = right.next()
    if (!hasLeft && !hasRight) return undefined
    if (!hasLeft) return right.base
    if (!hasRight || left.base !== right.base || left.epoch !== right.epoch || left.crc !== right.crc) return left.base
  }
}

/** What tells the batches of a log apart, one after the other. */
class LogWalk {
  base = -1
  epoch = -1
  crc = 0
  private readonly log: PartitionLog
  private readonly end: number
  private offset: number
  private bytes: Uint8Array
  private walk: BatchWalk

  constructor(log: PartitionLog, start: number, end: number) {
    this.log = log
    this.end = end
    this.offset = start
    this.bytes = new Uint8Array(0)
    this.walk = new BatchWalk(this.bytes, 0, 0)
  }

  /** Moves to the next batch below the end; false if there is none. */
  next(): boolean {
    while (!this.walk.next()) if (!this.readOn()) return false
    const { bytes, walk } = this
    this.base = baseOffset(bytes, walk.position)
    this.epoch = partitionLeaderEpoch(bytes, walk.position)
    this.crc = crc(bytes, walk.position)
    return true
  }

  private readOn(): boolean {
    if (this.offset >= this.end) return false
    const read = this.log.read(this.offset, READ_BYTES, this.end, true)
    this.bytes = read.bytes
    this.walk = new BatchWalk(read.bytes, 0, read.bytes.length)
    this.offset = read.nextOffset
    return read.bytes.length > 0
  }
}
