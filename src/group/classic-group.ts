// One group of the classic protocol: its members, its generation, its leader (G-8, G-10, G-29, G-30). What requests and
// time do to it is elsewhere; here is what a group is. Where Java takes "any" member in the order of a hash map, ours is
// the one that came first; a tie of votes goes to the name that sorts first.

import { assert } from '../../sim/assert.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { GroupMetadataValue } from '../protocol/group-record.ts'
import { assertLegal, type GroupState } from './group-state.ts'
import { failedJoin, failedSync } from './group-answers.ts'
import type { JoinAnswer, Member, Protocols, RespondJoin, SyncAnswer } from './member.ts'
import { subscribedTopics } from './subscribed-topics.ts'

/** The protocol type of consumers; others (Connect) have their own. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer'

export class ClassicGroup {
  readonly id: string
  previousState: GroupState = 'Dead'
  /** −1 if unknown: then a commit's own time counts for its expiry (O-5). */
  stateSinceMs: number
  protocolType: string | null = null
  protocol: string | null = null
  generation = 0
  leaderId: string | null = null
  /** By id, in the order they came. */
  readonly members = new Map<string, Member>()
  /** Instance id → member id. */
  readonly staticMembers = new Map<string, string>()
  /** Ids handed out whose owners have not joined yet (KIP-394). */
  readonly pendingMembers = new Set<string>()
  /** Members of this generation that have not sent a SyncGroup yet. */
  readonly pendingSync = new Set<string>()
  /** Null: not known. */
  topics: ReadonlySet<string> | null = null
  /** Somebody came while the group waits for its first members (G-25). */
  newMemberAdded = false
  /** Moved by `moveTo` only, and only as the table says. */
  private currentState: GroupState

  constructor(id: string, state: GroupState, stateSinceMs: number) {
    this.id = id
    this.currentState = state
    this.stateSinceMs = stateSinceMs
  }

  get state(): GroupState {
    return this.currentState
  }

  isIn(...states: readonly GroupState[]): boolean {
    return states.includes(this.state)
  }

  moveTo(state: GroupState, nowMs: number): void {
    assertLegal(this.id, this.state, state)
    this.previousState = this.state
    this.currentState = state
    this.stateSinceMs = nowMs
  }

  get usesConsumerProtocol(): boolean {
    return this.protocolType === CONSUMER_PROTOCOL_TYPE
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId
  }

  member(memberId: string): Member {
    const member = this.members.get(memberId)
    assert(member !== undefined, `group ${this.id} has no member ${memberId}`)
    return member
  }

  /** The longest of its members (G-10). */
  get rebalanceTimeoutMs(): number {
    let longestMs = 0
    for (const { rebalanceTimeoutMs } of this.members.values()) longestMs = Math.max(longestMs, rebalanceTimeoutMs)
    return longestMs
  }

  get awaitingJoinCount(): number {
    let count = 0
    for (const member of this.members.values()) if (member.isAwaitingJoin) count += 1
    return count
  }

  /** A pending member holds the join phase open (G-27). */
  get hasAllMembersJoined(): boolean {
    return this.awaitingJoinCount === this.members.size && this.pendingMembers.size === 0
  }

  add(member: Member): void {
    if (member.instanceId !== null) {
      assert(!this.staticMembers.has(member.instanceId), `instance ${member.instanceId} is in group ${this.id} already`)
      this.staticMembers.set(member.instanceId, member.id)
    }
    if (this.members.size === 0) this.protocolType = member.protocolType
    assert(this.protocolType === member.protocolType, `member ${member.id} is of another protocol type`)
    this.leaderId ??= member.id
    this.members.set(member.id, member)
    this.pendingMembers.delete(member.id)
  }

  /** Removes a member or a pending one; its leadership goes to some other (G-30). Nobody is answered. */
  remove(memberId: string): void {
    const member = this.members.get(memberId)
    this.members.delete(memberId)
    if (member !== undefined && member.instanceId !== null) this.staticMembers.delete(member.instanceId)
    if (this.isLeader(memberId)) this.leaderId = firstOf(this.members.keys())
    this.pendingMembers.delete(memberId)
    this.pendingSync.delete(memberId)
  }

  update(member: Member, protocols: Protocols, rebalanceTimeoutMs: number, sessionTimeoutMs: number): void {
    member.protocols = protocols
    member.rebalanceTimeoutMs = rebalanceTimeoutMs
    member.sessionTimeoutMs = sessionTimeoutMs
  }

  /** Whoever waits under the old id learns that another has taken its place (G-35). */
  replaceStatic(instanceId: string, oldId: string, successor: Member): void {
    const old = this.member(oldId)
    this.members.delete(oldId)
    this.answerJoin(old, failedJoin(oldId, Errors.FENCED_INSTANCE_ID))
    this.answerSync(old, failedSync(Errors.FENCED_INSTANCE_ID))
    this.members.set(successor.id, successor)
    if (this.isLeader(oldId)) this.leaderId = successor.id
    this.staticMembers.set(instanceId, successor.id)
  }

  /** Is this sender one of us (G-22)? An error code. */
  memberError(memberId: string, instanceId: string | null): number {
    if (instanceId !== null) {
      const holder = this.staticMembers.get(instanceId)
      if (holder === undefined) return Errors.UNKNOWN_MEMBER_ID
      if (holder !== memberId) return Errors.FENCED_INSTANCE_ID
    }
    return this.members.has(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID
  }

  /** The leader stays if it has joined again; else some member that has takes over. False: nobody has (G-30). */
  electJoinedLeader(): boolean {
    if (this.leaderId === null) return false
    if (this.member(this.leaderId).isAwaitingJoin) return true
    for (const member of this.members.values()) {
      if (!member.isAwaitingJoin) continue
      this.leaderId = member.id
      return true
    }
    return false
  }

  /** Could a member with these take part (G-24)? */
  canTake(protocolType: string, protocols: Protocols): boolean {
    if (this.state === 'Empty') return protocolType !== '' && protocols.length > 0
    if (this.protocolType !== protocolType) return false
    return protocols.some(({ name }) => this.isSupportedByAll(name))
  }

  /** The one with the most votes, of those that all members support (G-29). */
  selectProtocol(): string {
    const candidates = new Set<string>()
    for (const member of this.members.values()) {
      for (const { name } of member.protocols) if (this.isSupportedByAll(name)) candidates.add(name)
    }
    const votes = new Map<string, number>()
    for (const member of this.members.values()) {
      const choice = member.vote(candidates)
      votes.set(choice, (votes.get(choice) ?? 0) + 1)
    }
    const ranked = [...votes].toSorted(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))
    const winner = ranked[0]
    assert(winner !== undefined, `group ${this.id} votes without members`)
    return winner[0]
  }

  private isSupportedByAll(protocol: string): boolean {
    for (const member of this.members.values()) if (!member.supports(protocol)) return false
    return true
  }

  /** The next generation: the protocol is chosen, or there is nobody to choose one (G-14, G-15). */
  beginGeneration(nowMs: number): void {
    this.generation += 1
    this.protocol = this.members.size > 0 ? this.selectProtocol() : null
    this.topics = this.computeTopics()
    this.moveTo(this.members.size > 0 ? 'CompletingRebalance' : 'Empty', nowMs)
    this.pendingSync.clear()
  }

  /** What members subscribe to, if they are consumers and say so in the way that consumers do. */
  computeTopics(): ReadonlySet<string> | null {
    if (!this.usesConsumerProtocol) return null
    const topics = new Set<string>()
    if (this.members.size === 0) return topics
    if (this.protocol === null) return null
    for (const member of this.members.values()) {
      const own = subscribedTopics(member.metadataFor(this.protocol))
      if (own === undefined) return null
      for (const topic of own) topics.add(topic)
    }
    return topics
  }

  /** Consumers whose subscriptions are not known may be subscribed to anything. */
  isSubscribedTo(topic: string): boolean {
    return this.topics === null ? this.usesConsumerProtocol : this.topics.has(topic)
  }

  /** Gives the answer if it waits for one; says whether it did. */
  answerJoin(member: Member, answer: JoinAnswer): boolean {
    const respond = member.awaitingJoin
    member.awaitingJoin = undefined
    respond?.(answer)
    return respond !== undefined
  }

  answerSync(member: Member, answer: SyncAnswer): boolean {
    const respond = member.awaitingSync
    member.awaitingSync = undefined
    respond?.(answer)
    return respond !== undefined
  }

  await(member: Member, respond: RespondJoin): void {
    // A second request of the same member takes the place of the first, which is never answered.
    member.awaitingJoin = respond
  }

  /** What the leader needs to assign. */
  get memberList(): JoinAnswer['members'] {
    const { protocol } = this
    assert(protocol !== null, `group ${this.id} lists members without a protocol`)
    return [...this.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      metadata: member.metadataFor(protocol),
    }))
  }

  /** What is written of it (G-11), with these assignments. */
  toRecordValue(assignmentOf: (member: Member) => Uint8Array): GroupMetadataValue {
    const { protocol } = this
    return {
      protocolType: this.protocolType ?? '',
      generation: this.generation,
      protocol,
      leader: this.leaderId,
      currentStateTimestampMs: this.stateSinceMs,
      members: [...this.members.values()].map((member) => ({
        memberId: member.id,
        groupInstanceId: member.instanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeoutMs: member.rebalanceTimeoutMs,
        sessionTimeoutMs: member.sessionTimeoutMs,
        subscription: member.metadataFor(protocol ?? ''),
        assignment: assignmentOf(member),
      })),
    }
  }
}

function firstOf(ids: Iterable<string>): string | null {
  for (const id of ids) return id
  return null
}
