// How a run left its partitions: what the leaders that count have, where their logs begin, how far they came.

import { type PlacedRecord, recordsOf } from '../../history/final-log.ts'
import type { PartitionLog } from '../../log/partition-log.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { PartitionSummary } from '../run-result.ts'
import type { RunRecord } from './run-record.ts'

/** Of every partition that has a leader that counts; its whole log, also above the high watermark. */
export function finalLogs(cluster: SimulatedCluster, record: RunRecord): Map<string, Iterable<PlacedRecord>> {
  const logs = new Map<string, Iterable<PlacedRecord>>()
  for (const { key, log } of partitionsOf(cluster))
    if (log !== undefined)
      logs.set(
        key,
        recordsOf(
          log,
          record.rots.some(({ partition }) => partition === key),
        ),
      )
  return logs
}

/** The logs behind them. */
export function leaderLogs(cluster: SimulatedCluster): Map<string, PartitionLog> {
  const logs = new Map<string, PartitionLog>()
  for (const { key, log } of partitionsOf(cluster)) if (log !== undefined) logs.set(key, log)
  return logs
}

/** Below which offset records were deleted on purpose: by somebody, or because there were too many or they were too old. */
export function deletedBelow(cluster: SimulatedCluster, record: RunRecord): Map<string, number> {
  const below = new Map<string, number>()
  for (const { key, log } of partitionsOf(cluster)) {
    if (log === undefined) continue
    const retainedFrom = record.retainedFrom.get(key) ?? 0
    if (record.mayHaveDeleted(key)) below.set(key, log.logStartOffset)
    else if (retainedFrom > 0) below.set(key, Math.min(log.logStartOffset, retainedFrom))
  }
  return below
}

export function partitionSummaries(cluster: SimulatedCluster): PartitionSummary[] {
  return partitionsOf(cluster).map(({ topic, index, leader, leaderEpoch, isr, log }) => {
    const highWatermark = log?.highWatermark ?? -1
    const logEndOffset = log?.logEndOffset ?? -1
    return { topic, partition: index, leader, leaderEpoch, isr, highWatermark, logEndOffset }
  })
}

/** Replicas that are down, fenced or not in the ISR, of each partition that has some. */
export function missingByPartition(cluster: SimulatedCluster): Map<string, readonly number[]> {
  const missing = new Map<string, readonly number[]>()
  for (const { partitions } of cluster.metadata?.topics.values() ?? []) {
    for (const { key, replicas, isr } of partitions) {
      const isMissing = (id: number): boolean =>
        cluster.broker(id) === undefined || cluster.metadata?.isActive(id) !== true || !isr.includes(id)
      const ids = replicas.filter(isMissing)
      if (ids.length > 0) missing.set(key, ids)
    }
  }
  return missing
}

/** As the controller has them, each with the log of its leader if there is one that counts. */
function partitionsOf(cluster: SimulatedCluster) {
  return [...(cluster.metadata?.topics.values() ?? [])].flatMap(({ name, partitions }) =>
    partitions.map(({ key, index, leader, leaderEpoch, isr }) => ({
      key,
      topic: name,
      index,
      leader,
      leaderEpoch,
      isr,
      log: cluster.currentLeader(name, index)?.log,
    })),
  )
}
