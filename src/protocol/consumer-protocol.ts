// What members of a consumer group tell each other through the coordinator: subscriptions in JoinGroup, assignments in
// SyncGroup. The coordinator carries these bytes and, for offsets' sake, reads the topics. We write version 3; a newer
// one is read as 3, for newer versions only append fields.

import { ClassicReader, ClassicWriter, MalformedFields } from './classic-fields.ts'

export const CONSUMER_PROTOCOL_TYPE = 'consumer'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface MemberSubscription {
  readonly topics: readonly string[]
  /** The assignor's own. */
  readonly userData: Uint8Array | null
  readonly ownedPartitions: readonly TopicPartition[]
  /** −1 for none. */
  readonly generationId: number
  readonly rackId: string | null
}

export interface MemberAssignment {
  readonly partitions: readonly TopicPartition[]
  readonly userData: Uint8Array | null
}

const HIGHEST_VERSION = 3

export function encodeSubscription(subscription: MemberSubscription, version = HIGHEST_VERSION): Uint8Array {
  const writer = new ClassicWriter()
  writer.int16(version)
  writer.array([...subscription.topics].sort(), (topic) => writer.string(topic))
  writer.nullableBytes(subscription.userData)
  if (version >= 1) writePartitions(writer, [...subscription.ownedPartitions].sort(byTopicThenPartition))
  if (version >= 2) writer.int32(subscription.generationId)
  if (version >= 3) writer.nullableString(subscription.rackId)
  return writer.written()
}

/** Undefined if the bytes make no sense. */
export function decodeSubscription(bytes: Uint8Array): MemberSubscription | undefined {
  return decoded(bytes, (reader, version) => ({
    topics: reader.array(() => reader.string()),
    userData: reader.nullableBytes(),
    ownedPartitions: version >= 1 ? readPartitions(reader) : [],
    generationId: version >= 2 ? reader.int32() : -1,
    rackId: version >= 3 ? reader.nullableString() || null : null,
  }))
}

export function encodeAssignment(assignment: MemberAssignment, version = HIGHEST_VERSION): Uint8Array {
  const writer = new ClassicWriter()
  writer.int16(version)
  writePartitions(writer, assignment.partitions)
  writer.nullableBytes(assignment.userData)
  return writer.written()
}

/** Undefined if the bytes make no sense. */
export function decodeAssignment(bytes: Uint8Array): MemberAssignment | undefined {
  return decoded(bytes, (reader) => ({ partitions: readPartitions(reader), userData: reader.nullableBytes() }))
}

export function byTopicThenPartition(a: TopicPartition, b: TopicPartition): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition
}

/** As one array per topic, in the order in which topics first appear. */
export function writePartitions(writer: ClassicWriter, partitions: readonly TopicPartition[]): void {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of partitions) {
    const indexes = byTopic.get(topic)
    if (indexes === undefined) byTopic.set(topic, [partition])
    else indexes.push(partition)
  }
  writer.array([...byTopic], ([topic, indexes]) => {
    writer.string(topic)
    writer.array(indexes, (index) => writer.int32(index))
  })
}

export function readPartitions(reader: ClassicReader): TopicPartition[] {
  const byTopic = reader.array(() => ({ topic: reader.string(), indexes: reader.array(() => reader.int32()) }))
  return byTopic.flatMap(({ topic, indexes }) => indexes.map((partition) => ({ topic, partition })))
}

function decoded<T>(bytes: Uint8Array, read: (reader: ClassicReader, version: number) => T): T | undefined {
  try {
    const reader = new ClassicReader(bytes)
    const version = reader.int16()
    return version < 0 ? undefined : read(reader, Math.min(version, HIGHEST_VERSION))
  } catch (error) {
    if (error instanceof MalformedFields) return undefined
    throw error
  }
}
