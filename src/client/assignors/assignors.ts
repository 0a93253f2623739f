// The assignors that `partition.assignment.strategy` can name: by short name, or by Kafka's class.

import type { Assignor, RebalanceProtocol } from './assignor.ts'
import { KafkaJsRoundRobinAssigner } from './kafkajs-round-robin.ts'
import { RangeAssignor } from './range.ts'
import { RoundRobinAssignor } from './round-robin.ts'
import { CooperativeStickyAssignor, StickyAssignor } from './sticky.ts'

const BY_NAME: ReadonlyMap<string, () => Assignor> = new Map<string, () => Assignor>([
  ['range', () => new RangeAssignor()],
  ['roundrobin', () => new RoundRobinAssignor()],
  ['sticky', () => new StickyAssignor()],
  ['cooperative-sticky', () => new CooperativeStickyAssignor()],
  ['RoundRobinAssigner', () => new KafkaJsRoundRobinAssigner()],
])

const CLASSES: ReadonlyMap<string, string> = new Map([
  ['org.apache.kafka.clients.consumer.RangeAssignor', 'range'],
  ['org.apache.kafka.clients.consumer.RoundRobinAssignor', 'roundrobin'],
  ['org.apache.kafka.clients.consumer.StickyAssignor', 'sticky'],
  ['org.apache.kafka.clients.consumer.CooperativeStickyAssignor', 'cooperative-sticky'],
])

export const ASSIGNOR_NAMES: readonly string[] = [...BY_NAME.keys()]

/** A new one, for assignors remember; undefined if there is none of that name. */
export function assignorNamed(name: string): Assignor | undefined {
  return BY_NAME.get(CLASSES.get(name) ?? name)?.()
}

/** The highest that all of them support: so [range, cooperative-sticky] is eager. */
export function commonProtocol(assignors: readonly Assignor[]): RebalanceProtocol | undefined {
  const supports = (protocol: RebalanceProtocol) => assignors.every(({ protocols }) => protocols.includes(protocol))
  return supports('cooperative') ? 'cooperative' : supports('eager') ? 'eager' : undefined
}
