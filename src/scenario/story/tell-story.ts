// The story of a record: runs the same run once to learn which records are meant, and once more to watch them. Who asks
// for a record that never was is told what there is instead.

import { assert } from '../../../sim/index.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { RunResult } from '../run-result.ts'
import { accountOf } from './account.ts'
import { queryText, type RecordQuery } from './record-query.ts'
import { type RecordId, RecordScout } from './record-scout.ts'
import type { RecordStory } from './record-story.ts'
import { RecordWatch } from './record-watch.ts'
import { Surroundings } from './surroundings.ts'

export type StoryResult =
  | { readonly ok: true; readonly story: RecordStory }
  /** There is no such record; in a sentence, with the nearest there is. */
  | { readonly ok: false; readonly problem: string }

/** `run` runs one scenario with one seed: the same each time. */
export function tellStory(
  query: RecordQuery,
  run: (watch: (cluster: SimulatedCluster) => void) => RunResult,
): StoryResult {
  let scout: RecordScout | undefined
  const first = run((cluster) => {
    scout = query.kind === 'id' ? new RecordScout(cluster) : new RecordScout(cluster, query.partition, query.offset)
  })
  assert(scout !== undefined, 'a run says nothing of its cluster')
  const records = query.kind === 'id' ? idOf(query, scout) : atOffset(query, scout)
  if (typeof records === 'string') return { ok: false, problem: records }
  let watch: RecordWatch | undefined
  let around: Surroundings | undefined
  let cluster: SimulatedCluster | undefined
  const second = run((watched) => {
    cluster = watched
    watch = new RecordWatch(watched, records)
    around = new Surroundings(watched.world.trace, watch.accounts)
  })
  assert(watch !== undefined && around !== undefined && cluster !== undefined, 'a run says nothing of its cluster')
  const { scenario, seed, kafka, simulatedMs, traceHash, reproduce } = second.verdict
  assert(traceHash === first.verdict.traceHash, 'two runs with one seed differ')
  const accounts = []
  for (const account of watch.accounts) accounts.push(accountOf(account, cluster, around))
  const record = queryText(query)
  return { ok: true, story: { scenario, seed, kafka, record, accounts, simulatedMs, traceHash, reproduce } }
}

function idOf({ client, n }: RecordId, scout: RecordScout): RecordId[] | string {
  const count = scout.sent.get(client)
  if (count !== undefined) {
    return n < count ? [{ client, n }] : `${client} sent ${count} records: ${client}#0 to ${client}#${count - 1}`
  }
  const known = [...scout.sent.keys()]
  const meant = editSuggestion(client, known)
  if (meant !== undefined) return `no producer "${client}" sent anything; did you mean "${meant}"?`
  return `no producer "${client}" sent anything${known.length === 0 ? '' : `; there are ${known.join(', ')}`}`
}

function atOffset(
  { partition, offset }: RecordQuery & { readonly kind: 'offset' },
  scout: RecordScout,
): RecordId[] | string {
  if (scout.found.length > 0) return scout.found
  const { partitions } = scout
  if (!partitions.includes(partition)) {
    const meant = editSuggestion(partition, partitions)
    const hint = meant === undefined ? `there are ${listed(partitions)}` : `did you mean "${meant}"?`
    return `there is no partition "${partition}"; ${hint}`
  }
  const extent = scout.extent(partition)
  if (extent === undefined) {
    return `nothing was ever written at ${partition}@${offset}; no log of it ever went beyond ${scout.highestEnd}`
  }
  const { start, end } = extent
  if (offset < start) return `${partition} starts at ${start}; what was at ${offset} nobody saw`
  const higher = scout.highestEnd > end ? ` (a log of it once ended at ${scout.highestEnd})` : ''
  return `nothing was ever written at ${partition}@${offset}: ${partition} ends at ${end}${higher}`
}

function listed(names: readonly string[]): string {
  const most = 8
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
