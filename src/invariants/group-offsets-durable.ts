// IG-10. Read from the bytes of __consumer_offsets, as a reader without any coordinator would: what is acknowledged to a
// client stands in the leader's log below the high watermark, and whoever coordinates next finds it there, or one that was
// taken after it, for compaction leaves the last one only. Next is who coordinates in no earlier epoch than that in which it
// was acknowledged: a broker that stood still may take office long after it was deposed, until it hears of that (G-41).

import { decodeGroupRecord } from '../protocol/group-record.ts'
import { decodeBatch } from '../records/batch-reader.ts'
import { BatchWalk, isControl } from '../records/record-batch.ts'
import type { CoordinatorChanged, GroupOffsetCommitted, GroupOffsetRemoved } from '../trace/group-event.ts'
import type { ObservedLog } from './cluster-view.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

/** What one replica of a partition says was committed, below its high watermark; read on from where we were. */
interface Reading {
  readonly log: ObservedLog
  readTo: number
  /** `group partition offset` of every commit. */
  readonly commits: Set<string>
}

interface Acknowledged {
  readonly commit: string
  readonly ordinal: number
  /** Leader epoch in which its broker acknowledged it: who leads in an earlier one need not have it. */
  readonly epoch: number
  /** Those that were taken after it: they may be on record, and it no more. */
  readonly later: readonly string[]
}

interface Question {
  readonly broker: number
  readonly home: string
  readonly commits: readonly Acknowledged[]
  /** Of a new coordinator: its own high watermark may not be as far yet as that of the one before it. */
  readonly inWholeLog: boolean
}

const READ_BYTES = 1 << 20

class GroupOffsetsDurable implements InvariantCheck {
  readonly hears = ['group-offset-committed', 'group-offset-removed', 'coordinator-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly readings = new Map<string, Reading>()
  /** The last one of each group and partition, by partition of __consumer_offsets. */
  private readonly acknowledged = new Map<string, Map<string, Acknowledged>>()
  /** By group and partition: commits that were taken and are not acknowledged, in order. */
  private readonly taken = new Map<string, string[]>()
  /** To be looked at when the event is over. */
  private readonly toCheck: Question[] = []

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: GroupOffsetCommitted | GroupOffsetRemoved | CoordinatorChanged): void {
    const { broker } = event
    switch (event.type) {
      case 'coordinator-changed': {
        const known = this.acknowledged.get(event.partition)
        if (event.state !== 'active' || known === undefined) return
        const commits = [...known.values()].filter(({ epoch }) => epoch <= event.epoch)
        this.toCheck.push({ broker, home: event.partition, commits, inWholeLog: true })
        return
      }
      case 'group-offset-committed':
        return event.acknowledged ? this.acknowledges(event) : this.takes(event)
      case 'group-offset-removed':
        for (const known of this.acknowledged.values()) known.delete(`${event.group} ${event.partition}`)
        return
      default:
        event satisfies never
    }
  }

  private takes({ group, partition, offset }: GroupOffsetCommitted): void {
    const key = `${group} ${partition}`
    const taken = this.taken.get(key) ?? []
    this.taken.set(key, taken)
    taken.push(`${key} ${offset}`)
  }

  private acknowledges({ broker, home, epoch: since, group, partition, offset }: GroupOffsetCommitted): void {
    const key = `${group} ${partition}`
    const commit = `${key} ${offset}`
    const known = this.acknowledged.get(home) ?? new Map<string, Acknowledged>()
    this.acknowledged.set(home, known)
    const taken = this.taken.get(key) ?? []
    const later = taken.slice(taken.indexOf(commit) + 1)
    this.taken.set(key, later)
    const epoch = this.cluster.view.partitionsOf(broker)?.get(home)?.leaderEpoch ?? since
    const acknowledged = { commit, ordinal: this.cluster.ordinal, epoch, later }
    known.set(key, acknowledged)
    this.toCheck.push({ broker, home, commits: [acknowledged], inWholeLog: false })
  }

  afterEvent(): void {
    for (const { broker, home, commits, inWholeLog } of this.toCheck.splice(0)) {
      const log = this.cluster.view.partitionsOf(broker)?.get(home)?.log
      if (log === undefined) continue
      const found = inWholeLog ? wholeLog(log) : this.belowHighWatermark(broker, home, log)
      const where = inWholeLog ? 'took over and has no such commit' : 'has no such commit below its high watermark'
      for (const { commit, ordinal, later } of commits) {
        if (found.has(commit) || (inWholeLog && later.some((other) => found.has(other)))) continue
        this.report(home, `'${commit}' was acknowledged, and broker ${broker} ${where}`, ordinal, broker)
      }
    }
  }

  private belowHighWatermark(broker: number, home: string, log: ObservedLog): ReadonlySet<string> {
    const key = `${broker}/${home}`
    let reading = this.readings.get(key)
    // What was cut and written anew was not committed, unless something worse is wrong, which others find.
    if (reading?.log !== log) {
      reading = { log, readTo: log.logStartOffset, commits: new Set() }
      this.readings.set(key, reading)
    }
    readOn(reading, log.highWatermark)
    return reading.commits
  }
}

function wholeLog(log: ObservedLog): ReadonlySet<string> {
  const reading = { log, readTo: log.logStartOffset, commits: new Set<string>() }
  readOn(reading, log.logEndOffset)
  return reading.commits
}

function readOn(reading: Reading, upTo: number): void {
  while (reading.readTo < upTo) {
    const { bytes, nextOffset } = reading.log.read(reading.readTo, READ_BYTES, upTo, true)
    if (bytes.length === 0) return
    const walk = new BatchWalk(bytes, 0, bytes.length)
    while (walk.next()) if (!isControl(bytes, walk.position)) note(bytes, walk.position, reading.commits)
    reading.readTo = nextOffset
  }
}

function note(bytes: Uint8Array, position: number, commits: Set<string>): void {
  const records = decodeBatch(bytes, position)
  if (typeof records === 'string') return
  for (const { key, value } of records) {
    const record = key === null ? undefined : decodeGroupRecord(key, value)
    if (record?.type !== 'OffsetCommit' || record.value === null) continue
    commits.add(`${record.group} ${record.topic}-${record.partition} ${record.value.offset}`)
  }
}

export const groupOffsetsDurable: Invariant = {
  id: 'group-offsets-durable',
  rule: 'IG-10',
  statement:
    'An acknowledged commit stands below the high watermark of __consumer_offsets, and survives its coordinator.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new GroupOffsetsDurable(cluster, report),
}
