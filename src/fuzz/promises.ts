// What may be expected of a drawn run: only what Kafka promises with its settings, whatever faults come. What faults and
// settings permit to be lost is excused by the invariants themselves.

import type { CalmPlan } from './calm-plan.ts'
import type { Character, DrawnCluster } from './drawn-cluster.ts'

export function expectations(
  { topics, clients }: DrawnCluster,
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
  const consumers = Object.entries(clients.consumers)
  const hasReaders = consumers.length > 0
  return [
    ...(losesNothing ? ['no-acked-loss'] : []),
    ...(producers.every((config) => config['enable.idempotence']) ? ['no-duplicates-in-log'] : []),
    ...(isClean && hasReaders ? ['no-nonmonotonic-poll', 'no-inconsistent-offsets'] : []),
    // Whoever starts at the beginning, and goes back there or to where logs part, misses nothing that stays. After an
    // unclean election a reader may be told of an older epoch that ends later, and then it does not see that logs part.
    ...(isClean && hasReaders && consumers.every(([, { config }]) => config['auto.offset.reset'] === 'earliest')
      ? ['no-poll-skip']
      : []),
    ...(isClean && clients.monitors.length > 0 ? ['no-offset-regression'] : []),
    'logs-agree-below-hw',
    ...(character === 'lasting' ? [] : ['isr-full']),
    // One record a batch may be slower than what is sent: then writers are at it to the end, and readers never quite there.
    ...(character === 'lasting' && producers.some((config) => config['batch.size'] === 1)
      ? []
      : consumers.map(([name]) => `caught-up(${name})`)),
    ...(calm === undefined ? [] : [`writable(t1) gap <= ${calm.gapMs}ms`]),
  ]
}
