// What a plan of faults needs to know of the cluster it is made for: who there is to be hit, and how long it takes until
// the cluster notices that somebody is gone.

import { extremes } from '../scenario/text/draw.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioShape } from '../scenario/language/schema.ts'

export interface Stage {
  readonly brokers: readonly number[]
  readonly racks: readonly string[]
  readonly partitions: readonly StagePartition[]
  readonly clients: readonly string[]
  readonly groups: readonly StageGroup[]
  readonly sessionMs: number
  readonly lagMs: number
  /** Faults begin before this and end before the duration does. */
  readonly untilMs: number
}

export interface StagePartition {
  /** `t1-0`. */
  readonly name: string
  readonly topic: string
  /** In replica order, if the scenario says where its replicas are. */
  readonly replicas: readonly number[]
}

export interface StageGroup {
  readonly name: string
  readonly members: number
  readonly topics: readonly string[]
  /** `session.timeout.ms` and `max.poll.interval.ms`. */
  readonly sessionMs: number
  readonly pollMs: number
}

/** Of a file whose faults are to be drawn: `scenario` is any one of the runs it describes. */
export function stageOf(scenario: Scenario, shape: ScenarioShape): Stage {
  const { brokers, topics, producers, consumers, groups, controller, durationUs } = scenario
  // Whatever is drawn for a run: only what is there in each.
  const fewest = (value: unknown, byDefault: number): number =>
    typeof value === 'object' && value !== null && 'kind' in value
      ? Math.min(...extremes(value as Parameters<typeof extremes<number>>[0]))
      : byDefault
  const count = fewest(shape.cluster.brokers, brokers.length)
  const shortestMs = Math.min(...extremes(shape.duration)) / 1000
  return {
    brokers: brokers.slice(0, count).map(({ id }) => id),
    racks: [...new Set(brokers.slice(0, count).flatMap(({ rack }) => (rack === null ? [] : [rack])))],
    partitions: topics.flatMap((topic) =>
      Array.from({ length: fewest(shape.topics[topic.name]?.partitions, topic.partitions) }, (_, index) => ({
        name: `${topic.name}-${index}`,
        topic: topic.name,
        replicas: topic.replicas?.[index] ?? [],
      })),
    ),
    clients: [...producers.map(({ name }) => `producer(${name})`), ...consumers.map(({ name }) => `consumer(${name})`)],
    groups: groups.map(({ name, members, topics: read, config }) => ({
      name,
      members: fewest(shape.consumers?.[name]?.members, members),
      topics: read,
      sessionMs: config['session.timeout.ms'],
      pollMs: config['max.poll.interval.ms'],
    })),
    sessionMs: controller.config['broker.session.timeout.ms'],
    lagMs: controller.config['replica.lag.time.max.ms'],
    untilMs: Math.floor(Math.min(shortestMs, durationUs / 1000) * 0.8),
  }
}
