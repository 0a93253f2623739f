// Groups written as the tables of the facts write them: `t0:3,t1:3` for topics, `0,2` or `t1-0` for partitions.

import type { Assignments, Assignor, GroupMember, TopicRacks } from '../../../src/client/assignors/assignor.ts'
import { ClassicWriter } from '../../../src/protocol/classic-fields.ts'
import { byTopicThenPartition, type TopicPartition, writePartitions } from '../../../src/protocol/consumer-protocol.ts'

export interface Spec {
  readonly topics?: readonly string[]
  readonly owned?: readonly TopicPartition[]
  readonly generation?: number
  readonly instanceId?: string
  readonly rack?: string
}

export function topicsOf(text: string): TopicRacks {
  return new Map(
    text.split(',').map((part) => {
      const [name = '', count = '0'] = part.split(':')
      return [name, Array.from({ length: Number(count) }, () => new Set<string>())]
    }),
  )
}

/** `t1-0,t1-2`, or `0,2` of topic t. */
export function partitionsOf(text: string): TopicPartition[] {
  if (text === '' || text === '∅') return []
  return text.split(',').map((part) => {
    const dash = part.lastIndexOf('-')
    return dash < 0
      ? { topic: 't', partition: Number(part) }
      : { topic: part.slice(0, dash), partition: Number(part.slice(dash + 1)) }
  })
}

/** With what it owned both where sticky reads it and where cooperative-sticky does. */
export function member(memberId: string, topics: readonly string[], spec: Spec = {}): GroupMember {
  const { owned = [], generation = -1, instanceId = null, rack = null } = spec
  const writer = new ClassicWriter()
  writePartitions(writer, owned)
  writer.int32(generation)
  return {
    memberId,
    instanceId,
    subscription: {
      topics: spec.topics ?? topics,
      userData: spec.owned === undefined ? null : writer.written(),
      ownedPartitions: owned,
      generationId: generation,
      rackId: rack,
    },
  }
}

/** By member, its partitions sorted: `t` of a group's only topic is left out. */
export function written(assignments: Assignments): Record<string, string> {
  const of = (partitions: readonly TopicPartition[]) =>
    [...partitions]
      .sort(byTopicThenPartition)
      .map(({ topic, partition }) => (topic === 't' ? String(partition) : `${topic}-${partition}`))
      .join(',')
  return Object.fromEntries([...assignments].map(([id, partitions]) => [id, of(partitions)]))
}

export function assign(assignor: Assignor, topics: string, members: Record<string, Spec>): Record<string, string> {
  const known = topicsOf(topics)
  const group = Object.entries(members).map(([id, spec]) => member(id, [...known.keys()], spec))
  return written(assignor.assign(known, group))
}
