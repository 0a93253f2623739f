// Records of __consumer_offsets and their bytes (S-20 … S-23): committed offsets and groups of the classic protocol. A key
// is an int16 that says its kind and the fields, a value an int16 that says its version and the fields, both in the old
// style; no value is a tombstone. Written are value versions 3, as Kafka does. Left out: records of other group protocols.

import { assert } from '../../sim/assert.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

export type GroupRecord = OffsetCommitRecord | GroupMetadataRecord

export interface OffsetCommitRecord {
  readonly type: 'OffsetCommit'
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** Null: a tombstone. */
  readonly value: OffsetCommitValue | null
}

export interface OffsetCommitValue {
  readonly offset: number
  /** Of the last record read; −1 if unknown. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
}

export interface GroupMetadataRecord {
  readonly type: 'GroupMetadata'
  readonly group: string
  /** Null: a tombstone. */
  readonly value: GroupMetadataValue | null
}

export interface GroupMetadataValue {
  /** '' for a group without members that never had any. */
  readonly protocolType: string
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  /** When the group came into its state; −1 if unknown. */
  readonly currentStateTimestampMs: number
  readonly members: readonly GroupMetadataMember[]
}

export interface GroupMetadataMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly subscription: Uint8Array
  readonly assignment: Uint8Array
}

export interface KeyAndValue {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

const OFFSET_KEY = 1
const GROUP_KEY = 2
const VALUE_VERSION = 3

export function encodeGroupRecord(record: GroupRecord): KeyAndValue {
  const key = new ByteWriter()
  if (record.type === 'OffsetCommit') {
    key.int16(OFFSET_KEY)
    key.oldString(record.group)
    key.oldString(record.topic)
    key.int32(record.partition)
    return { key: key.written(), value: record.value === null ? null : encodeOffset(record.value) }
  }
  key.int16(GROUP_KEY)
  key.oldString(record.group)
  return { key: key.written(), value: record.value === null ? null : encodeGroup(record.value) }
}

/** Undefined for a kind of key that we do not know: Kafka skips those as left over from another release. */
export function decodeGroupRecord(key: Uint8Array, value: Uint8Array | null): GroupRecord | undefined {
  const reader = new ByteReader(key)
  const kind = reader.int16()
  if (kind === GROUP_KEY) {
    return { type: 'GroupMetadata', group: reader.oldString(), value: value === null ? null : decodeGroup(value) }
  }
  if (kind !== OFFSET_KEY) return undefined
  return {
    type: 'OffsetCommit',
    group: reader.oldString(),
    topic: reader.oldString(),
    partition: reader.int32(),
    value: value === null ? null : decodeOffset(value),
  }
}

function encodeOffset(value: OffsetCommitValue): Uint8Array {
  const writer = new ByteWriter()
  writer.int16(VALUE_VERSION)
  writer.int64(value.offset)
  writer.int32(value.leaderEpoch)
  writer.oldString(value.metadata)
  writer.int64(value.commitTimestampMs)
  return writer.written()
}

function decodeOffset(bytes: Uint8Array): OffsetCommitValue {
  const reader = versioned(bytes, 'OffsetCommitValue')
  const offset = reader.int64()
  const leaderEpoch = reader.int32()
  return { offset, leaderEpoch, metadata: reader.oldString(), commitTimestampMs: reader.int64() }
}

function encodeGroup(value: GroupMetadataValue): Uint8Array {
  const writer = new ByteWriter()
  writer.int16(VALUE_VERSION)
  writer.oldString(value.protocolType)
  writer.int32(value.generation)
  writer.oldString(value.protocol)
  writer.oldString(value.leader)
  writer.int64(value.currentStateTimestampMs)
  writer.int32(value.members.length)
  for (const member of value.members) {
    writer.oldString(member.memberId)
    writer.oldString(member.groupInstanceId)
    writer.oldString(member.clientId)
    writer.oldString(member.clientHost)
    writer.int32(member.rebalanceTimeoutMs)
    writer.int32(member.sessionTimeoutMs)
    writer.oldBytes(member.subscription)
    writer.oldBytes(member.assignment)
  }
  return writer.written()
}

function decodeGroup(bytes: Uint8Array): GroupMetadataValue {
  const reader = versioned(bytes, 'GroupMetadataValue')
  const protocolType = reader.oldString()
  const generation = reader.int32()
  const protocol = reader.oldNullableString()
  const leader = reader.oldNullableString()
  const currentStateTimestampMs = reader.int64()
  const members: GroupMetadataMember[] = []
  for (let left = reader.int32(); left > 0; left--) {
    members.push({
      memberId: reader.oldString(),
      groupInstanceId: reader.oldNullableString(),
      clientId: reader.oldString(),
      clientHost: reader.oldString(),
      rebalanceTimeoutMs: reader.int32(),
      sessionTimeoutMs: reader.int32(),
      subscription: reader.oldBytes(),
      assignment: reader.oldBytes(),
    })
  }
  return { protocolType, generation, protocol, leader, currentStateTimestampMs, members }
}

function versioned(bytes: Uint8Array, what: string): ByteReader {
  const reader = new ByteReader(bytes)
  const version = reader.int16()
  assert(version === VALUE_VERSION, `${what} of version ${version}`)
  return reader
}
