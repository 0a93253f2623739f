// What may be expected of a drawn run: only what Kafka promises with its settings, whatever faults come. What faults and
// settings permit to be lost is excused by the invariants themselves.

import type { CalmPlan } from './calm-plan.ts'
import type { Character, DrawnCluster } from './drawn-cluster.ts'

/** Bytes of a batch that has no room for more than two or three of the records that are drawn. */
const FEW_RECORDS = 500

export function expectations(
  { topics, clients, groups, parts }: DrawnCluster,
  character: Character,
  calm: CalmPlan | undefined,
): string[] {
  const configs = [...topics.values()].map(({ config }) => config)
  const producers = Object.values(clients.producers).map(({ config }) => config)
  const isClean = configs.every((config) => config['unclean.leader.election.enable'] !== true)
  const losesNothing =
    isClean &&
    producers.every(({ acks }) => acks === 'all') &&
    configs.every((config) => config['min.insync.replicas'] >= 2)
  // A broker that forgets producers while they try again takes a batch twice.
  const forgets = 'producer.id.expiration.ms' in (parts['cluster'] as { config: object }).config
  const consumers = Object.entries(clients.consumers)
  const specs = Object.entries(groups).map(([name, { spec, isBlocked }]) => ({
    name,
    ...spec,
    stops: spec.fails !== undefined || isBlocked === true,
  }))
  const readers = [...consumers.map(([, { config }]) => config), ...specs.map(({ config }) => config)]
  const hasReaders = readers.length > 0
  // What is committed before it is done, or by a client that closes although it could not do it, is not covered.
  const commitsLate = specs.every(({ commit, stops }) => commit !== 'before' && !stops)
  return [
    ...(losesNothing ? ['no-acked-loss'] : []),
    ...(producers.every((config) => config['enable.idempotence']) && !forgets ? ['no-duplicates-in-log'] : []),
    ...(isClean && hasReaders ? ['no-nonmonotonic-poll', 'no-inconsistent-offsets'] : []),
    // Whoever starts at the beginning, and goes back there or to where logs part, misses nothing that stays. After an
    // unclean election a reader may be told of an older epoch that ends later, and then it does not see that logs part.
    ...(isClean && hasReaders && readers.every((config) => config['auto.offset.reset'] === 'earliest')
      ? ['no-poll-skip']
      : []),
    ...(isClean && clients.monitors.length > 0 ? ['no-offset-regression'] : []),
    'logs-agree-below-hw',
    ...(character === 'lasting' ? [] : ['isr-full']),
    // One or two records a batch may be slower than what is sent: then writers are at it to the end, and readers never quite
    // there.
    ...(character === 'lasting' && producers.some((config) => Number(config['batch.size'] ?? Infinity) < FEW_RECORDS)
      ? []
      : consumers.map(([name]) => `caught-up(${name})`)),
    ...(specs.length > 0 ? ['no-ownership-overlap', ...(commitsLate ? ['commits-cover-processed'] : [])] : []),
    // Nobody starts a member again that could not handle a record.
    ...specs.flatMap(({ name, stops }) => (stops ? [] : [`stable(${name})`, `caught-up(${name})`])),
    ...(calm === undefined ? [] : [`writable(t1) gap <= ${calm.gapMs}ms`]),
  ]
}
