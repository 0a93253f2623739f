// How often the invariants of a run are looked at again by the second implementation when nobody says: after every event
// where there is little to look at, and after every 1,000th elsewhere. Of what is in the file alone, so that a run is the
// same everywhere.

import { mostRecords } from '../workload/load-shape.ts'
import type { RecheckEvery } from '../invariants/index.ts'
import type { Scenario } from './model.ts'

export const RECHECK_EVENTS = 1000

const SMALL = { replicas: 9, records: 1000, durationUs: 30_000_000 } as const

export function usualRecheck(scenario: Scenario): RecheckEvery {
  const { durationUs } = scenario
  const isSmall =
    durationUs <= SMALL.durationUs && replicasOf(scenario) <= SMALL.replicas && recordsOf(scenario) <= SMALL.records
  return isSmall ? 'every' : RECHECK_EVENTS
}

/** Of all partitions together. */
function replicasOf({ topics }: Scenario): number {
  return topics.reduce((sum, { partitions, replicationFactor }) => sum + partitions * replicationFactor, 0)
}

/** That producers are asked to send, at most. */
function recordsOf({ producers, durationUs }: Scenario): number {
  const each = producers.map(
    ({ count, load, total }) => count * Math.min(total ?? Infinity, mostRecords(load, durationUs / 1000)),
  )
  return each.reduce((sum, records) => sum + records, 0)
}
