// Answers to JoinGroup and SyncGroup that carry nothing but an error.

import type { ResponseOf } from '../protocol/messages.ts'

export const NO_GENERATION = -1
/** A member without an id, and a group without a leader. */
export const NO_MEMBER = ''
const NO_BYTES = new Uint8Array(0)

export function failedJoin(memberId: string, errorCode: number): ResponseOf<'JoinGroup'> {
  return {
    throttleTimeMs: 0,
    errorCode,
    generationId: NO_GENERATION,
    protocolType: null,
    protocolName: null,
    leader: NO_MEMBER,
    skipAssignment: false,
    memberId,
    members: [],
  }
}

export function failedSync(errorCode: number): ResponseOf<'SyncGroup'> {
  return { throttleTimeMs: 0, errorCode, protocolType: null, protocolName: null, assignment: NO_BYTES }
}
