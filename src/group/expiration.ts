// Committed offsets expire, and empty groups with them (KIP-211, O-5, O-6): looked at again and again while a shard is
// active. A group in the middle of a rebalance loses nothing.

import type { GroupRecord } from '../protocol/group-record.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { CommittedOffset } from './committed-offsets.ts'
import type { Decision } from './decision.ts'
import { traceRemoval } from './group-trace.ts'
import { offsetTombstone } from './offset-delete.ts'
import type { Switches } from '../switches/switches.ts'
import type { ShardState } from './shard-state.ts'

const MS_PER_MINUTE = 60_000

/** Tombstones for everything that is due. */
export function expire(shard: ShardState): Decision {
  const records: GroupRecord[] = []
  for (const groupId of shard.groups.keys()) {
    const group = shard.groups.get(groupId)
    if (group === undefined) continue
    const nothingLeft = expireOffsets(shard, group, records)
    if (nothingLeft && group.isIn('Empty')) records.push({ type: 'GroupMetadata', group: groupId, value: null })
  }
  return { records, replay: true, atomic: false, done: () => {} }
}

/** True if the group is left without offsets. */
function expireOffsets(shard: ShardState, group: ClassicGroup, records: GroupRecord[]): boolean {
  const offsets = shard.offsets.ofGroup(group.id)
  if (offsets.length === 0) return true
  const { expireOnlyAtRest, keepSubscribedOffsets } = shard.context.switches
  const countsFrom = retentionStart(group, shard.context.switches)
  if (countsFrom === undefined) return false
  const retentionMs = shard.context.config['offsets.retention.minutes'] * MS_PER_MINUTE
  let nothingLeft = true
  for (const offset of offsets) {
    // A group in a rebalance may not know what it subscribes to (KAFKA-13636).
    const isKept =
      keepSubscribedOffsets && group.isSubscribedTo(offset.topic) && (expireOnlyAtRest || group.isIn('Stable', 'Empty'))
    const isDue = !isKept && shard.nowMs - countsFrom(offset) >= retentionMs
    if (isDue) {
      records.push(offsetTombstone(group.id, offset.topic, offset.partition))
      traceRemoval(shard, group, offset, 'expired')
    } else nothingLeft = false
  }
  return nothingLeft
}

/** From when the retention of an offset counts; undefined while nothing of the group may expire. */
function retentionStart(
  group: ClassicGroup,
  { expireOnlyAtRest, keepSubscribedOffsets }: Switches,
): ((offset: CommittedOffset) => number) | undefined {
  const fromCommit = (offset: CommittedOffset) => offset.commitTimestampMs
  if (group.protocolType === null || !keepSubscribedOffsets) return fromCommit
  if (group.isIn('Empty')) return group.stateSinceMs < 0 ? fromCommit : () => group.stateSinceMs
  const isAtRest = group.isIn('Stable') || !expireOnlyAtRest
  return group.usesConsumerProtocol && group.topics !== null && isAtRest ? fromCommit : undefined
}
