// Control batches (W-47): transaction markers and the Raft leader-change record. One record per batch, never delivered to
// applications. Snapshot headers and footers and the KRaft version and voter records are left out.

import { assert } from '../../sim/assert.ts'
import { BatchBuilder, NO_HEADERS } from './batch-builder.ts'
import { readInt16, readInt32, writeInt16, writeInt32 } from './fixed-ints.ts'
import { isControl, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE } from './record-batch.ts'
import { RecordCursor } from './record-cursor.ts'

/** Number of a control type in the record's key. */
export const ABORT = 0
export const COMMIT = 1
export const LEADER_CHANGE = 2

export type ControlRecord = EndTransactionMarker | LeaderChange | OtherControlRecord

export interface EndTransactionMarker {
  readonly kind: 'abort' | 'commit'
  readonly coordinatorEpoch: number
}

export interface LeaderChange {
  readonly kind: 'leader-change'
  readonly leaderId: number
  readonly voters: readonly number[]
  readonly grantingVoters: readonly number[]
}

/** A control record of a type that is not modelled. */
export interface OtherControlRecord {
  readonly kind: 'other'
  readonly type: number
}

/** Who writes a control batch, and where: offset and leader epoch are overwritten on append. */
export interface ControlBatchPlace {
  readonly baseOffset: number
  readonly leaderEpoch: number
  readonly timestampMs: number
}

/** The batch that ends a transaction of this producer on a partition. */
export function encodeEndTransaction(
  marker: EndTransactionMarker,
  producerId: number,
  producerEpoch: number,
  place: ControlBatchPlace,
): Uint8Array {
  const value = new Uint8Array(6)
  writeInt32(value, 2, marker.coordinatorEpoch)
  const type = marker.kind === 'abort' ? ABORT : COMMIT
  return encodeControl(type, value, place, producerId, producerEpoch, true)
}

/** The first batch of a Raft leader's epoch. */
export function encodeLeaderChange(change: Omit<LeaderChange, 'kind'>, place: ControlBatchPlace): Uint8Array {
  const value: number[] = [0, 0]
  pushInt32(value, change.leaderId)
  pushVoters(value, change.voters)
  pushVoters(value, change.grantingVoters)
  value.push(0)
  return encodeControl(LEADER_CHANGE, Uint8Array.from(value), place, NO_PRODUCER_ID, NO_PRODUCER_EPOCH, false)
}

/**
 * Reads the control record of the control batch at `position`. Undefined if compaction removed the record (the whole
 * transaction is gone then) or if its bytes make no sense.
 */
export function decodeControl(bytes: Uint8Array, position: number): ControlRecord | undefined {
  assert(isControl(bytes, position), 'not a control batch')
  const cursor = new RecordCursor()
  cursor.reset(bytes, position)
  if (!cursor.next()) return undefined
  const { key, value } = cursor
  if (key === null || key.length < 4 || value === null) return undefined
  const type = readInt16(key, 2)
  switch (type) {
    case ABORT:
    case COMMIT:
      if (value.length < 6) return undefined
      return { kind: type === ABORT ? 'abort' : 'commit', coordinatorEpoch: readInt32(value, 2) }
    case LEADER_CHANGE:
      return decodeLeaderChange(value)
    default:
      return { kind: 'other', type }
  }
}

function encodeControl(
  type: number,
  value: Uint8Array,
  place: ControlBatchPlace,
  producerId: number,
  producerEpoch: number,
  transactional: boolean,
): Uint8Array {
  const key = new Uint8Array(4)
  writeInt16(key, 2, type)
  const builder = new BatchBuilder(128)
  builder.append(place.timestampMs, key, value, NO_HEADERS)
  return builder.build({
    baseOffset: place.baseOffset,
    leaderEpoch: place.leaderEpoch,
    producerId,
    producerEpoch,
    baseSequence: NO_SEQUENCE,
    transactional,
    control: true,
  })
}

function pushInt32(out: number[], value: number): void {
  out.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}

/** A compact array of voters: each an id and no tagged fields. */
function pushVoters(out: number[], voters: readonly number[]): void {
  assert(voters.length < 127, 'more than 126 voters')
  out.push(voters.length + 1)
  for (const voter of voters) {
    pushInt32(out, voter)
    out.push(0)
  }
}

/** Version 0 only; a voter without tagged fields takes five bytes. */
function decodeLeaderChange(value: Uint8Array): LeaderChange | undefined {
  if (value.length < 9 || readInt16(value, 0) !== 0) return undefined
  // A compact array is preceded by its length plus one; 0 would be a null array.
  const voters = value[6]! - 1
  const votersEnd = 7 + 5 * voters
  if (voters < 0 || votersEnd >= value.length) return undefined
  const granting = value[votersEnd]! - 1
  const grantingAt = votersEnd + 1
  const grantingEnd = grantingAt + 5 * granting
  if (granting < 0 || grantingEnd >= value.length) return undefined
  return {
    kind: 'leader-change',
    leaderId: readInt32(value, 2),
    voters: readVoters(value, 7, votersEnd),
    grantingVoters: readVoters(value, grantingAt, grantingEnd),
  }
}

function readVoters(value: Uint8Array, from: number, to: number): number[] {
  const voters: number[] = []
  for (let at = from; at < to; at += 5) voters.push(readInt32(value, at))
  return voters
}
