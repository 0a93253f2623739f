// The assignors that `partition.assignment.strategy` can name: by short name, or by Kafka's class.

import type { Assignor, RebalanceProtocol } from './assignor.ts'
import { KafkaJsRoundRobinAssigner } from './kafkajs-round-robin.ts'
import { RangeAssignor } from './range.ts'
import { RoundRobinAssignor } from './round-robin.ts'
import { CooperativeStickyAssignor, StickyAssignor, type StickyTraits } from './sticky.ts'

const BY_NAME: ReadonlyMap<string, (traits?: StickyTraits) => Assignor> = new Map<
  string,
  (traits?: StickyTraits) => Assignor
>([
  ['range', () => new RangeAssignor()],
  ['roundrobin', () => new RoundRobinAssignor()],
  ['sticky', (traits) => new StickyAssignor(traits)],
  ['cooperative-sticky', (traits) => new CooperativeStickyAssignor(traits)],
  ['RoundRobinAssigner', () => new KafkaJsRoundRobinAssigner()],
])

const CLASSES: ReadonlyMap<string, string> = new Map([
  ['org.apache.kafka.clients.consumer.RangeAssignor', 'range'],
  ['org.apache.kafka.clients.consumer.RoundRobinAssignor', 'roundrobin'],
  ['org.apache.kafka.clients.consumer.StickyAssignor', 'sticky'],
  ['org.apache.kafka.clients.consumer.CooperativeStickyAssignor', 'cooperative-sticky'],
])

export const ASSIGNOR_NAMES: readonly string[] = [...BY_NAME.keys()]

/** A new one, for assignors remember; undefined if there is none of that name. Today's if no traits are given. */
export function assignorNamed(name: string, traits?: StickyTraits): Assignor | undefined {
  return BY_NAME.get(CLASSES.get(name) ?? name)?.(traits)
}

/** The highest that all of them support: so [range, cooperative-sticky] is eager. */
export function commonProtocol(assignors: readonly Assignor[]): RebalanceProtocol | undefined {
  const supports = (protocol: RebalanceProtocol) => assignors.every(({ protocols }) => protocols.includes(protocol))
  return supports('cooperative') ? 'cooperative' : supports('eager') ? 'eager' : undefined
}
