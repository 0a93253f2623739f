// Do the replicas of a partition hold the same batches below their high watermarks, in the end?

import type { PartitionLog } from '../log/partition-log.ts'
import { BatchWalk, baseOffset, crc, partitionLeaderEpoch } from '../records/record-batch.ts'
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
  const left = identities(a, start, end)
  const right = identities(b, start, end)
  for (;;) {
    const x = left.next()
    const y = right.next()
    if (x.done === true && y.done === true) return undefined
    if (x.done === true) return y.done === true ? undefined : y.value.offset
    if (y.done === true || x.value.identity !== y.value.identity) return x.value.offset
  }
}

function* identities(log: PartitionLog, start: number, end: number): Generator<{ offset: number; identity: string }> {
  for (let offset = start; offset < end;) {
    const read = log.read(offset, READ_BYTES, end, true)
    if (read.bytes.length === 0) return
    const walk = new BatchWalk(read.bytes, 0, read.bytes.length)
    while (walk.next()) {
      const at = walk.position
      const base = baseOffset(read.bytes, at)
      const identity = `${base}/${partitionLeaderEpoch(read.bytes, at)}/${crc(read.bytes, at)}`
      yield { offset: base, identity }
    }
    offset = read.nextOffset
  }
}
