// What went wrong for consumers, found at the end from what they were handed and from the final logs. The names are
// Jepsen's: poll-skip, nonmonotonic-poll, inconsistent-offsets. Linear in the number of records.

import type { Deliveries } from './deliveries.ts'
import type { PlacedRecord } from './final-log.ts'
import type { History } from './history.ts'

/** A record, and whom it concerns. */
export interface ReadFinding {
  readonly partition: string
  readonly consumer: string
  readonly offset: number
  /** What is odd about it: `web[0]#5 was never read`. */
  readonly text: string
}

export interface ReadFindings {
  /** In the log between records that the consumer was handed, and never handed to it (RB-41). */
  readonly skipped: ReadFinding[]
  /** Handed over after a record of a higher offset. */
  readonly nonmonotonic: ReadFinding[]
  /** Another record than the log has there in the end, or than somebody else was handed. */
  readonly inconsistent: ReadFinding[]
}

/** Partitions that are missing in `logs` have no leader: what was read of them is compared with other reads only. */
export function checkReads(history: History, logs: ReadonlyMap<string, Iterable<PlacedRecord>>): ReadFindings {
  const findings: ReadFindings = { skipped: [], nonmonotonic: [], inconsistent: [] }
  const byPartition = new Map<string, Deliveries[]>()
  for (const deliveries of history.deliveries) {
    if (deliveries.count === 0) continue
    const { partition, consumer, firstBackwards: first } = deliveries
    if (first !== undefined) {
      const text = `${deliveries.backwards} records again after offset ${first.after}`
      findings.nonmonotonic.push({ partition, consumer, offset: first.offset, text })
    }
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), deliveries])
  }
  for (const [partition, readers] of byPartition) {
    const log = [...(logs.get(partition) ?? [])]
    for (const reader of readers) findSkipped(history, reader, log, findings.skipped)
    findInconsistent(history, readers, log, findings.inconsistent)
  }
  return findings
}

function findSkipped(history: History, reader: Deliveries, log: readonly PlacedRecord[], skipped: ReadFinding[]): void {
  const seen = new Map<string, Uint8Array>()
  for (const [client, { count }] of history.clients) seen.set(client, new Uint8Array(count))
  let first = Infinity
  for (let i = 0; i < reader.count; i++) {
    first = Math.min(first, reader.offsets.at(i))
    const ofClient = seen.get(history.clientName(reader.producers.at(i)))
    if (ofClient !== undefined) ofClient[reader.ns.at(i)] = 1
  }
  let replaced: ReadonlySet<number> | undefined
  for (const record of log) {
    const { offset, client, n } = record
    if (offset < first || offset > reader.reach) continue
    const ofClient = seen.get(client)
    if (ofClient === undefined || n >= ofClient.length || ofClient[n] === 1 || reader.isJumped(offset)) continue
    // Of what it read before the log was cut it missed nothing, unless it went on behind what took its place.
    replaced ??= readAndGone(history, reader, log)
    if (replaced.has(offset)) continue
    const { partition, consumer } = reader
    skipped.push({ partition, consumer, offset, text: `${client}#${n} was never read` })
  }
}

/**
 * Offsets it has read, above the last record it read that is in the log still. A record that its producer wrote again when
 * the log was cut lies elsewhere: nobody read that copy.
 */
function readAndGone(history: History, reader: Deliveries, log: readonly PlacedRecord[]): ReadonlySet<number> {
  const read = new Set<string>()
  for (let i = 0; i < reader.count; i++) {
    read.add(`${history.clientName(reader.producers.at(i))}#${reader.ns.at(i)} @${reader.offsets.at(i)}`)
  }
  // One tombstone is like the other: that there is one still does not say that it is the one that was read.
  const wasRead = ({ offset, client, n }: PlacedRecord): boolean =>
    client !== '' && read.has(`${client}#${n} @${offset}`)
  const lastKept = log.findLast((record) => record.offset <= reader.highest && wasRead(record))?.offset ?? -1
  const gone = new Set<number>()
  for (let i = 0; i < reader.count; i++) if (reader.offsets.at(i) > lastKept) gone.add(reader.offsets.at(i))
  return gone
}

function findInconsistent(
  history: History,
  readers: readonly Deliveries[],
  log: readonly PlacedRecord[],
  inconsistent: ReadFinding[],
): void {
  let base = Infinity
  let end = 0
  for (const reader of readers) {
    for (let i = 0; i < reader.count; i++) base = Math.min(base, reader.offsets.at(i))
    end = Math.max(end, reader.highest + 1)
  }
  const clients = new Int32Array(end - base).fill(-1)
  const ns = new Int32Array(end - base)
  for (const { offset, client, n } of log) {
    if (offset < base || offset >= end) continue
    clients[offset - base] = history.clientNumber(client)
    ns[offset - base] = n
  }
  for (const { count, offsets, producers, ns: read, partition, consumer } of readers) {
    for (let i = 0; i < count; i++) {
      const offset = offsets.at(i)
      const at = offset - base
      const [client, n] = [producers.at(i), read.at(i)]
      if (client < 0) continue
      if (clients[at] === -1) {
        clients[at] = client
        ns[at] = n
      } else if (clients[at] !== client || ns[at] !== n) {
        const other = `${history.clientName(clients[at] ?? -1)}#${ns[at] ?? -1}`
        const text = `it read ${history.clientName(client)}#${n}, and there is ${other}`
        inconsistent.push({ partition, consumer, offset, text })
      }
    }
  }
}
