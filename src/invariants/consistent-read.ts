// RI-14. A consumer is handed what is committed, and what it was handed stays. Of a record offset and leader epoch are
// compared: of one epoch there is one record at an offset (record-identity). Reads of a topic that was deleted meanwhile
// are compared with that one. What retention or DeleteRecords took is not asked for.

import type { RecordsDelivered } from '../trace/kafka-event.ts'
import { batchAt } from './batch-at.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import { ReadRanges } from './read-ranges.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'
import { ANYTHING, HAPPENED, type WatchedReplica } from './watched-replica.ts'

class ConsistentRead implements InvariantCheck {
  readonly concerns = { leader: ANYTHING, follower: 0 }
  readonly hears = ['records-delivered'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly reads = new Map<WatchedPartition, ReadRanges>()
  /** Of this event: looked at when all that was committed in it is known. */
  private readonly delivered: RecordsDelivered[] = []

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: RecordsDelivered): void {
    this.delivered.push(event)
  }

  /** A leader without something that was read. */
  checkReplica(replica: WatchedReplica): void {
    const { home, trail, state, broker, happened } = replica
    if (trail.differsFrom < 0 && ((happened & HAPPENED.role) === 0 || trail.holdsAllCommitted)) return
    const reads = this.reads.get(home)
    if (reads === undefined || state === undefined || !replica.isCurrentLeader) return
    for (let i = reads.indexOf(Math.max(trail.firstMissing, state.log.logStartOffset)); i < reads.size; i++) {
      const [first, last, epoch, ordinal] = reads.at(i)
      const from = Math.max(first, trail.firstMissing)
      for (let offset = from; offset <= last;) {
        // Compaction took it, and might.
        if (home.forms?.isRemoved(offset) === true) {
          offset += 1
          continue
        }
        const batch = batchAt(state.log, offset)
        if (batch?.epoch !== epoch) {
          const has =
            batch === undefined ? `ends at ${state.log.logEndOffset}` : `has one of epoch ${batch.epoch} there`
          const read = `offset ${offset} of epoch ${epoch} was read`
          this.report(
            home.key,
            `${read}, and the log of leader ${broker}, of epoch ${state.leaderEpoch}, ${has}`,
            ordinal,
            broker,
          )
          // From now on what the leader has is what is read.
          reads.cutFrom(offset)
          return
        }
        offset = batch.last + 1
      }
    }
  }

  afterEvent(): void {
    if (this.delivered.length === 0) return
    for (const event of this.delivered) this.check(event)
    while (this.delivered.length > 0) this.delivered.pop()
  }

  /** What was handed over now is what is committed. */
  private check({ client, partition: key, records }: RecordsDelivered): void {
    const partition = this.cluster.find(key)
    const first = records[0]
    if (partition === undefined || first === undefined) return
    const wrong = wrongRead(partition, records)
    if (wrong < 0) return this.remember(partition, records)
    for (let { former } = partition; former !== undefined; { former } = former)
      if (wrongRead(former, records) < 0) return
    const record = records[wrong]!
    const { ledger } = partition
    const isCommitted = record.offset < ledger.endOffset
    const index = ledger.indexOf(record.offset)
    const there = isCommitted
      ? `one of epoch ${ledger.leaderEpoch(index)} is committed there`
      : 'nothing is committed there'
    const since = isCommitted ? ledger.ordinal(index) : this.cluster.ordinal
    this.report(key, `${client} read offset ${record.offset} of epoch ${record.leaderEpoch}, and ${there}`, since)
  }

  private remember(partition: WatchedPartition, records: RecordsDelivered['records']): void {
    let reads = this.reads.get(partition)
    if (reads === undefined) {
      reads = new ReadRanges()
      this.reads.set(partition, reads)
    }
    const { ordinal } = this.cluster
    let start = 0
    for (let i = 1; i <= records.length; i++) {
      if (i < records.length && records[i]!.leaderEpoch === records[start]!.leaderEpoch) continue
      reads.add(records[start]!.offset, records[i - 1]!.offset, records[start]!.leaderEpoch, ordinal)
      start = i
    }
  }
}

/** Index of the first record that is not committed as it was read; −1 if all are. */
function wrongRead({ ledger }: WatchedPartition, records: RecordsDelivered['records']): number {
  let index = ledger.indexOf(records[0]!.offset)
  for (let i = 0; i < records.length; i++) {
    const { offset, leaderEpoch } = records[i]!
    while (index < ledger.size && ledger.lastOffset(index) < offset) index++
    if (index >= ledger.size || ledger.baseOffset(index) > offset || ledger.leaderEpoch(index) !== leaderEpoch) return i
  }
  return -1
}

export const consistentRead: Invariant = {
  id: 'consistent-read',
  rule: 'RI-14',
  statement: 'What a consumer is handed is committed, and every leader in office has it from then on, unchanged.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new ConsistentRead(cluster, report),
}
