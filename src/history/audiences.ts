// What applications never saw, or should never have seen, found at the end. An audience is a group with all its members, or
// a reader in none, with all its processes. The names are Jepsen's: unseen, G1a. Linear in the number of records.

import type { ReadFinding } from './check-reads.ts'
import type { Deliveries } from './deliveries.ts'
import type { PlacedRecord } from './final-log.ts'
import type { History } from './history.ts'

export interface AudienceFindings {
  /** Acknowledged, in the log, behind the first record that the audience was handed, and never handed to it. */
  readonly unseen: ReadFinding[]
  /** Handed over, though its producer was told for certain that it is not written (G1a, without transactions). */
  readonly aborted: ReadFinding[]
}

/**
 * `audienceOf` a consumer: its group, or itself. What lies behind the last record that an audience was handed is unseen only
 * if it claims to have read everything, and is among `caughtUp`.
 */
export function checkAudiences(
  history: History,
  logs: ReadonlyMap<string, Iterable<PlacedRecord>>,
  audienceOf: (consumer: string) => string,
  caughtUp: ReadonlySet<string>,
): AudienceFindings {
  const findings: AudienceFindings = { unseen: [], aborted: [] }
  const byPartition = new Map<string, Map<string, Deliveries[]>>()
  for (const deliveries of history.deliveries) {
    if (deliveries.count === 0) continue
    findAborted(history, deliveries, findings.aborted)
    const audiences = byPartition.get(deliveries.partition) ?? new Map<string, Deliveries[]>()
    byPartition.set(deliveries.partition, audiences)
    const audience = audienceOf(deliveries.consumer)
    audiences.set(audience, [...(audiences.get(audience) ?? []), deliveries])
  }
  for (const [partition, audiences] of byPartition) {
    const log = [...(logs.get(partition) ?? [])]
    for (const [audience, all] of audiences) {
      findUnseen(history, audience, all, log, caughtUp.has(audience), findings.unseen)
    }
  }
  return findings
}

function findAborted(history: History, deliveries: Deliveries, aborted: ReadFinding[]): void {
  const { partition, consumer, count, offsets, producers, ns } = deliveries
  for (let i = 0; i < count; i++) {
    const client = history.clientName(producers.at(i))
    const n = ns.at(i)
    if (history.clients.get(client)?.outcome(n) !== 'fail') continue
    const text = `it was handed ${client}#${n}, of which its producer was told that it is not written`
    aborted.push({ partition, consumer, offset: offsets.at(i), text })
  }
}

function findUnseen(
  history: History,
  audience: string,
  all: readonly Deliveries[],
  log: readonly PlacedRecord[],
  hasCaughtUp: boolean,
  unseen: ReadFinding[],
): void {
  let first = Infinity
  let last = -1
  const seen = new Map<string, Uint8Array>()
  for (const { count, offsets, producers, ns, highest } of all) {
    last = Math.max(last, highest)
    for (let i = 0; i < count; i++) {
      first = Math.min(first, offsets.at(i))
      const client = history.clientName(producers.at(i))
      let ofClient = seen.get(client)
      if (ofClient === undefined) {
        ofClient = new Uint8Array(history.clients.get(client)?.count ?? 0)
        seen.set(client, ofClient)
      }
      ofClient[ns.at(i)] = 1
    }
  }
  for (const { offset, client, n } of log) {
    if (offset < first || (offset > last && !hasCaughtUp)) continue
    const records = history.clients.get(client)
    if (records === undefined || n >= records.count || !records.isAcked(n) || seen.get(client)?.[n] === 1) continue
    const { partition } = all[0] ?? { partition: '' }
    unseen.push({ partition, consumer: audience, offset, text: `${client}#${n} was handed to nobody in it` })
  }
}
