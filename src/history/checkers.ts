// What went wrong for clients, found at the end from the history and the final logs: lost, duplicated and reordered
// records (the names are Jepsen's: lost-write, duplicate, nonmonotonic-send). Linear in the number of records.

import type { ClientRecords, History } from './history.ts'
import type { PlacedRecord } from './final-log.ts'

export interface FoundRecord {
  readonly partition: string
  readonly client: string
  readonly n: number
  /** Where it was acknowledged (lost), or lies (duplicate, reordered). */
  readonly offset: number
}

export interface Duplicate extends FoundRecord {
  readonly firstOffset: number
}

export interface Reordered extends FoundRecord {
  /** A later record of the same client that lies before it. */
  readonly after: number
}

export interface Findings {
  /** Acknowledged, and absent from the log of the leader that counts. */
  readonly lost: FoundRecord[]
  /** Acknowledged in a partition that has no leader in the end: whether they are lost nobody can say. */
  readonly unjudged: FoundRecord[]
  /** One record at two offsets of a log. */
  readonly duplicated: Duplicate[]
  /** Behind a record the same client sent later, in one partition. */
  readonly reordered: Reordered[]
}

/** What was taken out of logs on purpose, and so is not lost. */
export interface Removals {
  /** By partition: everything below this offset. */
  readonly deletedBelow?: ReadonlyMap<string, number>
  /** Compaction took this record, and might: a later one has its key, or it is a tombstone whose time was over. */
  readonly isCompactedAway?: (partition: string, offset: number) => boolean
}

/** `logs` are the final logs by partition; a partition without a leader is left out. */
export function checkHistory(
  history: History,
  logs: ReadonlyMap<string, Iterable<PlacedRecord>>,
  removals: Removals = {},
): Findings {
  const findings: Findings = { lost: [], unjudged: [], duplicated: [], reordered: [] }
  const present = new Map<string, Float64Array>()
  for (const [client, records] of history.clients) present.set(client, new Float64Array(records.count).fill(-1))
  const tombstones = new Map<string, Set<number>>()
  for (const [partition, log] of logs) {
    const highest = new Map<string, number>()
    const deletions = new Set<number>()
    tombstones.set(partition, deletions)
    for (const { offset, client, n } of log) {
      if (n < 0) deletions.add(offset)
      const seen = present.get(client)
      if (seen === undefined || n >= seen.length) continue
      const firstOffset = seen[n] ?? -1
      if (firstOffset >= 0) {
        findings.duplicated.push({ partition, client, n, offset, firstOffset })
        continue
      }
      seen[n] = offset
      const before = highest.get(client) ?? -1
      if (n < before) findings.reordered.push({ partition, client, n, offset, after: before })
      else highest.set(client, n)
    }
  }
  for (const [client, records] of history.clients) {
    collectLost(history, client, records, present.get(client) ?? new Float64Array(0), tombstones, removals, findings)
  }
  return findings
}

function collectLost(
  history: History,
  client: string,
  records: ClientRecords,
  present: Float64Array,
  tombstones: ReadonlyMap<string, ReadonlySet<number>>,
  { deletedBelow, isCompactedAway }: Removals,
  findings: Findings,
): void {
  for (let n = 0; n < records.count; n++) {
    if (!records.isAcked(n) || (present[n] ?? -1) >= 0) continue
    const partition = history.partitionNames[records.partition(n)] ?? ''
    const offset = records.offset(n)
    if (offset < (deletedBelow?.get(partition) ?? 0)) continue
    const ofPartition = tombstones.get(partition)
    if (records.isTombstone(n) && ofPartition?.has(offset) === true) continue
    if (isCompactedAway?.(partition, offset) === true) continue
    const list = ofPartition === undefined ? findings.unjudged : findings.lost
    list.push({ partition, client, n, offset })
  }
}
