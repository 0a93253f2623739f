// Why: the chain of events behind a finding, what happened last to its subject, and the replicas' logs side by side.

import type { EventLog } from '../../../sim/index.ts'
import type { Partition } from '../../broker/partition.ts'
import { BatchWalk, baseOffset, lastOffset, partitionLeaderEpoch } from '../../records/record-batch.ts'
import type { Findings, FoundRecord } from '../../history/checkers.ts'
import type { Violation } from '../../invariants/invariant.ts'
import type { RunRecord } from './run-record.ts'
import type { Explanation, ReplicaLogView } from '../run-result.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { Timeline } from './timeline.ts'

/** How much of the past an explanation shows. */
const LAST_EVENTS = 12
const CHAIN_LENGTH = 200
/** Offsets around the place in question. */
const OFFSETS_AROUND = 50

/** Violations and lost records are explained one by one, so many of each; excused violations only if there is no more. */
const EXPLAINED = 3

export interface RunToExplain {
  readonly cluster: SimulatedCluster
  readonly timeline: Timeline
  readonly events: EventLog
  readonly record: RunRecord
  readonly violations: readonly Violation[]
  readonly findings: Findings
}

interface Found {
  readonly title: string
  /** 'orders-0', 'broker-2' … */
  readonly subject: string
  readonly atUs: number
  /** Ordinal of the event it was found in; 0 if none. */
  readonly event: number
  /** The offset in question; −1 for the log's end. */
  readonly offset: number
}

/** The first few violations and lost records; nothing of a run in which neither happened. */
export function explainFindings(run: RunToExplain): Explanation[] {
  const unexcused = run.violations.filter(({ excused }) => excused === null).slice(0, EXPLAINED)
  const serious = [...unexcused.map(violated), ...lostRecords(run)]
  // What is excused has one cause, most of the time, and its traces are the same.
  const found = serious.length > 0 ? serious : run.violations.slice(0, 1).map(violated)
  return found.map(({ title, subject, atUs, event, offset }) => ({
    title,
    subject,
    chain: event > 0 ? run.events.chain(event).slice(-CHAIN_LENGTH) : [],
    lastEvents: run.timeline.lastAbout(subject, atUs, LAST_EVENTS),
    logs: logsOf(subject, offset, run.cluster),
  }))
}

function violated({ invariant, subject, message, atUs, events }: Violation): Found {
  return { title: `${invariant}: ${message}`, subject, atUs, event: events[1], offset: -1 }
}

/** One for each partition: the first record lost there, and the cut that took it. */
function lostRecords({ findings, record, cluster }: RunToExplain): Found[] {
  const byPartition = new Map<string, FoundRecord>()
  for (const lost of findings.lost) if (!byPartition.has(lost.partition)) byPartition.set(lost.partition, lost)
  return [...byPartition.values()].slice(0, EXPLAINED).map(({ partition, client, n, offset }) => {
    const cut = record.truncationOf(partition, offset)
    const how = cut === undefined ? 'is in no log that counts' : `was cut off by broker ${cut.broker}`
    return {
      title: `acknowledged record ${partition}@${offset} (${client}#${n}) ${how}`,
      subject: partition,
      atUs: cut?.atUs ?? cluster.world.loop.nowUs,
      event: cut?.ordinal ?? 0,
      offset,
    }
  })
}

function logsOf(partitionKey: string, offset: number, cluster: SimulatedCluster): ReplicaLogView[] {
  const views: ReplicaLogView[] = []
  for (const broker of cluster.brokerIds) {
    const partition = cluster.partitionsOf(broker)?.get(partitionKey)
    if (partition !== undefined) views.push(logView(broker, partition, offset))
  }
  return views
}

function logView(broker: number, partition: Partition, offset: number): ReplicaLogView {
  const { log } = partition
  const around = offset < 0 ? log.logEndOffset : offset
  const from = Math.min(Math.max(log.logStartOffset, around - OFFSETS_AROUND), log.logEndOffset)
  const { bytes } = log.read(from, 1024 * 1024, log.logEndOffset, true)
  const batches: { firstOffset: number; lastOffset: number; epoch: number }[] = []
  const walk = new BatchWalk(bytes, 0, bytes.length)
  while (walk.next()) {
    const at = walk.position
    const last = lastOffset(bytes, at)
    if (baseOffset(bytes, at) > around + OFFSETS_AROUND) break
    batches.push({ firstOffset: baseOffset(bytes, at), lastOffset: last, epoch: partitionLeaderEpoch(bytes, at) })
  }
  return {
    broker,
    state: partition.role,
    leaderEpoch: partition.leaderEpoch,
    logStartOffset: log.logStartOffset,
    logEndOffset: log.logEndOffset,
    highWatermark: log.highWatermark,
    batches,
  }
}
