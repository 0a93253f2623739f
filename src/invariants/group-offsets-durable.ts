// IG-10. Read from the bytes of __consumer_offsets, as a reader without any coordinator would: what is acknowledged to a
// client stands in the leader's log below the high watermark, and whoever coordinates next finds it there.

import { decodeGroupRecord } from '../protocol/group-record.ts'
import { decodeBatch } from '../records/batch-reader.ts'
import { BatchWalk, isControl } from '../records/record-batch.ts'
import type { CoordinatorChanged, GroupOffsetCommitted } from '../trace/group-event.ts'
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
  readonly hears = ['group-offset-committed', 'coordinator-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly readings = new Map<string, Reading>()
  /** The last one of each group and partition, by partition of __consumer_offsets. */
  private readonly acknowledged = new Map<string, Map<string, Acknowledged>>()
  /** To be looked at when the event is over. */
  private readonly toCheck: Question[] = []

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: GroupOffsetCommitted | CoordinatorChanged): void {
    const { broker } = event
    if (event.type === 'coordinator-changed') {
      const known = this.acknowledged.get(event.partition)
      if (event.state !== 'active' || known === undefined) return
      this.toCheck.push({ broker, home: event.partition, commits: [...known.values()], inWholeLog: true })
    } else if (event.acknowledged) {
      const commit = `${event.group} ${event.partition} ${event.offset}`
      const acknowledged = { commit, ordinal: this.cluster.ordinal }
      const known = this.acknowledged.get(event.home) ?? new Map<string, Acknowledged>()
      this.acknowledged.set(event.home, known)
      known.set(`${event.group} ${event.partition}`, acknowledged)
      this.toCheck.push({ broker, home: event.home, commits: [acknowledged], inWholeLog: false })
    }
  }

  afterEvent(): void {
    for (const { broker, home, commits, inWholeLog } of this.toCheck.splice(0)) {
      const log = this.cluster.view.partitionsOf(broker)?.get(home)?.log
      if (log === undefined) continue
      const found = inWholeLog ? wholeLog(log) : this.belowHighWatermark(broker, home, log)
      const where = inWholeLog ? 'took over and has no such commit' : 'has no such commit below its high watermark'
      for (const { commit, ordinal } of commits) {
        if (found.has(commit)) continue
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
