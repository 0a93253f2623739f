// DescribeGroups, ListGroups, DeleteGroups (G-23). The first two see what is on record; how a group is doing right now they
// see as it is, as in Kafka.

import { Errors } from '../protocol/error-codes.ts'
import type { GroupRecord } from '../protocol/group-record.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import { answerError } from './append-errors.ts'
import type { Outcome } from './decision.ts'
import { traceRemoval } from './group-trace.ts'
import type { Member } from './member.ts'
import { offsetTombstone } from './offset-delete.ts'
import type { ShardState } from './shard-state.ts'

export type DescribedGroup = ResponseOf<'DescribeGroups'>['groups'][number]
export type ListedGroup = ResponseOf<'ListGroups'>['groups'][number]
export type DeletedGroup = ResponseOf<'DeleteGroups'>['results'][number]

/** "Not requested" for authorized operations. */
const NO_OPERATIONS = -2147483648
/** First version that is told that there is no such group (KIP-1043). */
const KNOWS_MISSING_GROUPS_SINCE = 6
const NO_BYTES = new Uint8Array(0)

export function describeGroup(shard: ShardState, groupId: string, version: number): DescribedGroup {
  const group = shard.groups.committed(groupId)
  if (group === undefined) {
    if (version < KNOWS_MISSING_GROUPS_SINCE) return undescribed(groupId, Errors.NONE)
    return { ...undescribed(groupId, Errors.GROUP_ID_NOT_FOUND), errorMessage: `Group ${groupId} not found.` }
  }
  const protocol = group.isIn('Stable') ? group.protocol : null
  return {
    ...undescribed(groupId, Errors.NONE),
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocol ?? '',
    members: [...group.members.values()].map((member) => describe(member, protocol)),
  }
}

/** A group that is not there, or could not be looked at. */
export function undescribed(groupId: string, errorCode: number): DescribedGroup {
  return {
    errorCode,
    errorMessage: null,
    groupId,
    groupState: errorCode === Errors.NONE || errorCode === Errors.GROUP_ID_NOT_FOUND ? 'Dead' : '',
    protocolType: '',
    protocolData: '',
    members: [],
    authorizedOperations: NO_OPERATIONS,
  }
}

/** Without a protocol, in the midst of a rebalance, what it says of itself is not told. */
function describe(member: Member, protocol: string | null): DescribedGroup['members'][number] {
  return {
    memberId: member.id,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    memberMetadata: protocol === null ? NO_BYTES : member.metadataFor(protocol),
    memberAssignment: member.assignment,
  }
}

/** Filters are sets of names in any case; empty ones let everything pass. */
export function listGroups(
  shard: ShardState,
  statesFilter: readonly string[],
  typesFilter: readonly string[],
): ListedGroup[] {
  const states = new Set(statesFilter.map((state) => state.toLowerCase()))
  const types = new Set(typesFilter.map((type) => type.toLowerCase()))
  if (types.size > 0 && !types.has('classic')) return []
  const listed: ListedGroup[] = []
  for (const groupId of shard.groups.committedKeys()) {
    const group = shard.groups.committed(groupId)
    if (group === undefined || (states.size > 0 && !states.has(group.state.toLowerCase()))) continue
    const protocolType = group.protocolType ?? ''
    listed.push({ groupId, protocolType, groupState: group.state, groupType: 'classic' })
  }
  return listed
}

export function deleteGroups(
  shard: ShardState,
  groupIds: readonly string[],
  respond: (results: DeletedGroup[]) => void,
): Outcome {
  const records: GroupRecord[] = []
  const results = groupIds.map((groupId) => {
    const group = shard.groups.get(groupId)
    if (group === undefined || group.isIn('Dead')) return { groupId, errorCode: Errors.GROUP_ID_NOT_FOUND }
    if (!group.isIn('Empty')) return { groupId, errorCode: Errors.NON_EMPTY_GROUP }
    for (const { topic, partition } of shard.offsets.ofGroup(groupId)) {
      records.push(offsetTombstone(groupId, topic, partition))
      traceRemoval(shard, group, { topic, partition }, 'group-deleted')
    }
    records.push({ type: 'GroupMetadata', group: groupId, value: null })
    return { groupId, errorCode: Errors.NONE }
  })
  return {
    records,
    replay: true,
    atomic: true,
    done: (errorCode) => respond(errorCode === Errors.NONE ? results : notDeleted(groupIds, answerError(errorCode))),
  }
}

export function notDeleted(groupIds: readonly string[], errorCode: number): DeletedGroup[] {
  return groupIds.map((groupId) => ({ groupId, errorCode }))
}
