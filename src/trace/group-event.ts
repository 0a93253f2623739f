// What the trace tells of consumer groups: members in their own words, then coordinators.

import type { TraceEvent } from '../../sim/index.ts'

export type GroupEvent =
  | PartitionsAssigned
  | PartitionsRevoked
  | RecordsProcessed
  | RebalancePrepared
  | AssignmentComputed
  | CommitSent
  | CommitAnswered
  | MemberStarted
  | MemberLeft
  | CoordinatorChanged
  | GroupChanged
  | GroupMemberChanged
  | GroupJoinAnswered
  | GroupSyncAnswered
  | GroupRequestParked
  | GroupOffsetCommitted
  | GroupOffsetRemoved

/** A member of a group has its assignment of a generation; its application was told of what is `added`. */
export interface PartitionsAssigned extends TraceEvent {
  readonly type: 'partitions-assigned'
  readonly client: string
  readonly group: string
  readonly member: string
  readonly generation: number
  readonly added: readonly string[]
  readonly owned: readonly string[]
}

/** A member gives partitions up: its application is told now. `lost`: others may have had them for a while. */
export interface PartitionsRevoked extends TraceEvent {
  readonly type: 'partitions-revoked'
  readonly client: string
  readonly group: string
  readonly partitions: readonly string[]
  readonly lost: boolean
}

/** An application is done with what it was handed of a partition, up to `next` (not included). */
export interface RecordsProcessed extends TraceEvent {
  readonly type: 'records-processed'
  readonly client: string
  readonly partition: string
  readonly next: number
}

/** A member begins to join again: an eager one that commits by itself hands nothing of these over any more (C-17). */
export interface RebalancePrepared extends TraceEvent {
  readonly type: 'rebalance-prepared'
  readonly client: string
  readonly withheld: readonly string[]
}

/** The leader of a generation has run its assignor: what it was given, and what came of it. */
export interface AssignmentComputed extends TraceEvent {
  readonly type: 'assignment-computed'
  readonly client: string
  readonly group: string
  /** Its member id. */
  readonly leader: string
  readonly generation: number
  readonly protocol: string
  /** What it knew of them then. */
  readonly topics: readonly { readonly name: string; readonly partitions: number }[]
  readonly members: readonly {
    readonly id: string
    readonly topics: readonly string[]
    /** What it says that it owns, and since which generation (−1: it does not say). */
    readonly owned: readonly string[]
    readonly generation: number
    readonly assigned: readonly string[]
  }[]
  /** Some member says in which rack it is. */
  readonly hasRacks: boolean
}

/** A member's commit leaves for its coordinator. */
export interface CommitSent extends TraceEvent {
  readonly type: 'commit-sent'
  readonly client: string
  readonly group: string
  readonly member: string
  readonly generation: number
  readonly kind: 'sync' | 'async' | 'auto'
  readonly offsets: readonly { readonly partition: string; readonly offset: number }[]
}

/** A member's commit was answered, or will not be. */
export interface CommitAnswered extends TraceEvent {
  readonly type: 'commit-answered'
  readonly client: string
  readonly group: string
  readonly generation: number
  readonly kind: 'sync' | 'async' | 'auto'
  readonly offsets: readonly { readonly partition: string; readonly offset: number }[]
  readonly error: string | null
}

/** A process of a group's member starts; whatever it was before is over. */
export interface MemberStarted extends TraceEvent {
  readonly type: 'member-started'
  readonly client: string
  readonly group: string
}

/** A member left its group of its own accord, or (a static one) stopped without a word. */
export interface MemberLeft extends TraceEvent {
  readonly type: 'member-left'
  readonly client: string
  readonly group: string
  readonly reason: string
}

/** A broker took or gave up the coordination of the groups of one partition of __consumer_offsets. */
export interface CoordinatorChanged extends TraceEvent {
  readonly type: 'coordinator-changed'
  readonly broker: number
  readonly partition: string
  readonly state: 'loading' | 'active' | 'failed' | 'resigned'
  /** Leader epoch of the partition in which it took it. */
  readonly epoch: number
  /** Groups it has in memory. */
  readonly groups: number
}

export type GroupStateName = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** A coordinator moved a group to another state; `from` is null where it came to be, or was loaded, in its first. */
export interface GroupChanged extends TraceEvent {
  readonly type: 'group-changed'
  readonly broker: number
  readonly partition: string
  /** Leader epoch in which the coordinator took office. */
  readonly epoch: number
  readonly group: string
  readonly from: GroupStateName | null
  readonly to: GroupStateName
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  readonly members: readonly string[]
  readonly reason: string
}

/**
 * A member came, went, or was given an id to come with. `expired`: its session ended. `removed`: it did not take part in a
 * join phase, or did not send SyncGroup. `replaced`: another process came with its instance id. `absent`: a static one did
 * not take part, and stays (G-28): it is a member of `generation`, and does not know.
 */
export interface GroupMemberChanged extends TraceEvent {
  readonly type: 'group-member-changed'
  readonly broker: number
  readonly group: string
  readonly generation: number
  readonly member: string
  readonly instance: string | null
  readonly clientId: string
  readonly change: 'given-id' | 'joined' | 'left' | 'expired' | 'removed' | 'replaced' | 'absent'
}

/** A coordinator answers JoinGroup: the moment the answer is decided. */
export interface GroupJoinAnswered extends TraceEvent {
  readonly type: 'group-join-answered'
  readonly broker: number
  readonly group: string
  readonly member: string
  readonly error: string | null
  /** −1 with an error. */
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string
  /** Given to the leader only. */
  readonly members: readonly string[]
}

/** A coordinator answers SyncGroup. */
export interface GroupSyncAnswered extends TraceEvent {
  readonly type: 'group-sync-answered'
  readonly broker: number
  readonly group: string
  readonly member: string
  readonly error: string | null
  /** The group's, at the time. */
  readonly generation: number
  readonly assignment: Uint8Array
}

/** A coordinator lets a request wait: JoinGroup for the end of the join phase, SyncGroup for the leader's assignment. */
export interface GroupRequestParked extends TraceEvent {
  readonly type: 'group-request-parked'
  readonly broker: number
  readonly group: string
  readonly member: string
  readonly request: 'join' | 'sync'
  /** How long it may wait, by the group's rebalance timeout and the broker's config (G-25, G-26, G-32). */
  readonly atMostMs: number
}

/** A coordinator took an offset into a write, or (`acknowledged`) told the client that it is safe. */
export interface GroupOffsetCommitted extends TraceEvent {
  readonly type: 'group-offset-committed'
  readonly broker: number
  /** The partition of __consumer_offsets it goes to. */
  readonly home: string
  /** Leader epoch in which the coordinator took office: what one before it wrote lies before what this one writes. */
  readonly epoch: number
  readonly group: string
  readonly member: string
  /** As the request says; −1 for a commit from outside the group. */
  readonly generation: number
  readonly groupGeneration: number
  readonly groupState: GroupStateName
  readonly partition: string
  readonly offset: number
  readonly acknowledged: boolean
}

/** A coordinator wrote a tombstone for a committed offset. */
export interface GroupOffsetRemoved extends TraceEvent {
  readonly type: 'group-offset-removed'
  readonly broker: number
  readonly group: string
  readonly groupState: GroupStateName
  readonly partition: string
  readonly why: 'expired' | 'deleted' | 'group-deleted' | 'topic-deleted'
}
