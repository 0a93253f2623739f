// The story of a record: an offset is looked up in one run, to learn which records were there, and another, the same, is
// watched. Who asks for a record that never was is told what there is instead.

import { assert } from '../../../sim/index.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { RunResult, Verdict } from '../run-result.ts'
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
export function tellStory(query: RecordQuery, run: RunWatched): StoryResult {
  const found = query.kind === 'id' ? { records: [query] } : lookUp(query, run)
  if ('problem' in found) return { ok: false, problem: found.problem }
  const { verdict, seen } = watched(run, (cluster) => {
    const watch = new RecordWatch(cluster, found.records)
    const around = new Surroundings(cluster.world.trace, watch.accounts)
    return { cluster, watch, around, scout: new RecordScout(cluster) }
  })
  const problem = query.kind === 'id' ? idProblem(query, seen.scout) : undefined
  if (problem !== undefined) return { ok: false, problem }
  const { scenario, seed, kafka, simulatedMs, traceHash, reproduce } = verdict
  const accounts = seen.watch.accounts.map((account) => accountOf(account, seen.cluster, seen.around))
  const record = queryText(query)
  return { ok: true, story: { scenario, seed, kafka, record, accounts, simulatedMs, traceHash, reproduce } }
}

type RunWatched = (watch: (cluster: SimulatedCluster) => void) => RunResult

function watched<T>(run: RunWatched, watch: (cluster: SimulatedCluster) => T): { verdict: Verdict; seen: T } {
  let seen: { readonly by: T } | undefined
  const { verdict } = run((cluster) => {
    seen = { by: watch(cluster) }
  })
  assert(seen !== undefined, 'a run shows nobody its cluster')
  return { verdict, seen: seen.by }
}

type OffsetQuery = RecordQuery & { readonly kind: 'offset' }

function lookUp(query: OffsetQuery, run: RunWatched): { readonly records: RecordId[] } | { readonly problem: string } {
  const { seen: scout } = watched(run, (cluster) => new RecordScout(cluster, query.partition, query.offset))
  return scout.found.length > 0 ? { records: scout.found } : { problem: offsetProblem(query, scout) }
}

function idProblem({ client, n }: RecordId, scout: RecordScout): string | undefined {
  const count = scout.sent.get(client)
  if (count !== undefined) {
    return n < count ? undefined : `${client} sent ${count} records: ${client}#0 to ${client}#${count - 1}`
  }
  const known = [...scout.sent.keys()]
  const meant = editSuggestion(client, known)
  if (meant !== undefined) return `no producer "${client}" sent anything; did you mean "${meant}"?`
  return `no producer "${client}" sent anything${known.length === 0 ? '' : `; there are ${known.join(', ')}`}`
}

function offsetProblem({ partition, offset }: OffsetQuery, scout: RecordScout): string {
  const { partitions } = scout
  if (!partitions.includes(partition)) {
    const meant = editSuggestion(partition, partitions)
    const hint = meant === undefined ? `there are ${listed(partitions)}` : `did you mean "${meant}"?`
    return `there is no partition "${partition}"; ${hint}`
  }
  const end = scout.logEndOffset(partition)
  if (end === undefined) {
    return `nothing was ever written at ${partition}@${offset}; no log of it ever went beyond ${scout.highestEnd}`
  }
  const higher = scout.highestEnd > end ? ` (a log of it once ended at ${scout.highestEnd})` : ''
  return `nothing was ever written at ${partition}@${offset}: ${partition} ends at ${end}${higher}`
}

function listed(names: readonly string[]): string {
  const most = 8
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
