// Of which release a cluster is, and whether it has eligible leader replicas: most are as new ones are today.

import type { Dice, Weighted } from './dice.ts'
import type { DrawnCase } from './drawn-case.ts'

/** In so many of a hundred cases. */
const SHARE = 10

const RELEASES: Weighted<string> = [
  [2, '3.3'],
  [1, '3.4'],
  [2, '3.5'],
  [2, '3.6'],
  [2, '3.7'],
  [2, '3.8'],
  [4, '3.9'],
  [4, '4.0'],
  [4, '4.1'],
]

type Mapping = { readonly [key: string]: unknown }

/** How long writers wait at most is said of today's Kafka: older releases make them wait where it does not. */
export function withRelease(dice: Dice, drawn: DrawnCase): DrawnCase {
  if (drawn.character !== 'rough' || !dice.chance(SHARE)) return drawn
  const kafka = dice.weighted(RELEASES)
  const { cluster } = drawn
  const { parts } = cluster
  // Releases before have none; the newest has it unless it is told otherwise.
  const eligible = kafka === '4.0' ? 1 : kafka === '4.1' && dice.chance(30) ? 0 : undefined
  const features = eligible === undefined ? {} : { features: { 'eligible.leader.replicas.version': eligible } }
  const config = without((parts['cluster'] as Mapping)['config'], kafka === '3.3' ? SINCE_3_4 : [])
  const topics = Object.entries(parts['topics'] as Mapping).map(([name, topic]) => {
    const own = without((topic as Mapping)['config'], kafka === '4.1' ? LARGE_SINCE_4_1 : [])
    return [name, { ...(topic as Mapping), config: own }]
  })
  const monitors = Object.entries((parts['monitors'] ?? {}) as Mapping).map(([name, monitor]) => {
    const own = without((monitor as Mapping)['config'], kafka < '3.7' ? SINCE_3_7 : [])
    return [name, { ...(monitor as Mapping), config: own }]
  })
  return {
    ...drawn,
    more: { ...drawn.more, kafka },
    cluster: {
      ...cluster,
      parts: {
        ...parts,
        cluster: { ...(parts['cluster'] as Mapping), ...features, config },
        topics: Object.fromEntries(topics),
        ...(monitors.length > 0 ? { monitors: Object.fromEntries(monitors) } : {}),
      },
    },
  }
}

const SINCE_3_7 = ['retry.backoff.max.ms']
const SINCE_3_4 = ['producer.id.expiration.ms', 'producer.id.expiration.check.interval.ms']
/** Segments of less than 1 MiB are refused. */
const LARGE_SINCE_4_1 = ['segment.bytes']

function without(config: unknown, keys: readonly string[]): Mapping {
  return Object.fromEntries(Object.entries(config as Mapping).filter(([key]) => !keys.includes(key)))
}
