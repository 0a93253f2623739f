// Do the replicas of a partition hold the same batches below their high watermarks, in the end? Each replica is compacted by
// itself: what compaction did to one and not to another is no difference.

import type { CompactedForms } from '../../invariants/index.ts'
import type { PartitionLog } from '../../log/partition-log.ts'
import { BatchWalk, baseOffset, crc, partitionLeaderEpoch } from '../../records/record-batch.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

const READ_BYTES = 4 * 1024 * 1024

/** The first disagreement of each partition, in words. `formsOf` knows what compaction made of which partition. */
export function disagreements(
  cluster: SimulatedCluster,
  formsOf: (key: string) => CompactedForms | undefined,
): string[] {
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
        const offset = firstDifference(first.log, other.log, formsOf(state.key))
        if (offset === undefined) continue
        found.push(`${state.key}: brokers ${first.id} and ${other.id} differ at offset ${offset}`)
        break
      }
    }
  }
  return found
}

/** Below the lower of both high watermarks, and where both logs have started. */
function firstDifference(a: PartitionLog, b: PartitionLog, forms: CompactedForms | undefined): number | undefined {
  const end = Math.min(a.highWatermark, b.highWatermark)
  const start = Math.max(a.logStartOffset, b.logStartOffset)
  const left = new LogWalk(a, start, end, forms)
  const right = new LogWalk(b, start, end, forms)
  let hasLeft = left.next()
  let hasRight = right.next()
  while (hasLeft || hasRight) {
    if (hasLeft && hasRight && left.base === right.base) {
      if (left.epoch !== right.epoch || left.crc !== right.crc) return left.base
      hasLeft = left.next()
      hasRight = right.next()
      continue
    }
    // Only one of them has this batch.
    const inLeft = hasLeft && (!hasRight || left.base < right.base)
    const { base, epoch } = inLeft ? left : right
    if (forms?.isGone(base, epoch) !== true) return base
    if (inLeft) hasLeft = left.next()
    else hasRight = right.next()
  }
  return undefined
}

/** What tells the batches of a log apart, one after the other. */
class LogWalk {
  base = -1
  epoch = -1
  crc = 0
  private readonly log: PartitionLog
  private readonly forms: CompactedForms | undefined
  private readonly end: number
  private offset: number
  private bytes: Uint8Array
  private walk: BatchWalk

  constructor(log: PartitionLog, start: number, end: number, forms: CompactedForms | undefined) {
    this.log = log
    this.forms = forms
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
    const stored = crc(bytes, walk.position) | 0
    this.crc = this.forms === undefined ? stored : this.forms.original(this.base, this.epoch, stored) | 0
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
