// A leader's part in the membership of the ISR: whom it asks the controller to drop or add, and what it makes
// of the answers (R-83…R-86). What the ISR is used for is in partition.ts.

import { unreachable } from '../../sim/assert.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { Errors, errorName } from '../protocol/error-codes.ts'
import type { IsrViewChanged } from '../trace/kafka-event.ts'
import type { BrokerContext, IsrChange, IsrChangeOutcome, ReplicaName } from './broker-context.ts'
import { isEligible } from './isr-eligibility.ts'
import { afterRefusal, IsrState, NO_ISR } from './isr-state.ts'
import { traceIsrView } from './partition-trace.ts'
import type { RemoteReplica } from './remote-replica.ts'

/** The leader as it stands; read whenever something is decided. */
export interface IsrLeader extends ReplicaName {
  readonly key: string
  readonly log: PartitionLog
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly leaderEpochStartOffset: number | undefined
  /** Followers by broker id. */
  readonly remoteReplicas: ReadonlyMap<number, RemoteReplica>
  /** The controller has made a change ours: this is the partition epoch now. */
  isrConfirmed(partitionEpoch: number): void
}

export class LeaderIsr {
  private readonly context: BrokerContext
  private readonly leader: IsrLeader
  private readonly lagTimeMaxMs: number
  private isr: IsrState = NO_ISR

  constructor(context: BrokerContext, leader: IsrLeader) {
    this.context = context
    this.leader = leader
    this.lagTimeMaxMs = context.config['replica.lag.time.max.ms']
  }

  get state(): IsrState {
    return this.isr
  }

  /** What metadata says; a change of ours that is on its way is forgotten. */
  adopt(isr: readonly number[]): void {
    const { alterPartitions, switches } = this.context
    if (this.isr.isInFlight && !switches.clearPendingOnDuplicate) alterPartitions.forget(this.leader.key)
    this.isr = IsrState.committed(isr)
  }

  /** We lead no more. */
  clear(): void {
    this.isr = NO_ISR
  }

  /** Asks to drop members that lag. */
  maybeShrink(nowMs: number): void {
    if (this.isr.isInFlight) return
    const { log, remoteReplicas } = this.leader
    const leaderEndOffset = log.logEndOffset
    const leaving = this.isr.committed.filter((member) => {
      if (member === this.context.id) return false
      const replica = remoteReplicas.get(member)
      // A member exactly at our log end is never late, even if it is dead (KAFKA-7152).
      return replica === undefined || !replica.isCaughtUp(leaderEndOffset, nowMs, this.lagTimeMaxMs)
    })
    if (leaving.length > 0) this.propose(this.isr.shrink(leaving), 'shrink-sent')
  }

  /** Asks to add a follower that has just fetched, if it may join. */
  maybeExpand(replica: RemoteReplica): void {
    const { switches } = this.context
    if (this.isr.isInFlight || this.isr.committed.includes(replica.brokerId) || !isEligible(replica, this.context))
      return
    if (replica.logEndOffset < this.leader.log.highWatermark) return
    // Between our high watermark and the start of our epoch there may be records that are committed (KAFKA-7128).
    const startOffset = this.leader.leaderEpochStartOffset
    if (switches.isrExpandRequiresLeso && (startOffset === undefined || replica.logEndOffset < startOffset)) return
    this.propose(this.isr.expand(replica.brokerId, switches.maximalIsr), 'expand-sent')
  }

  trace(change: IsrViewChanged['change'], error: string | null): void {
    traceIsrView(this.context, this.leader.key, change, this.isr, error)
  }

  private propose(proposal: IsrState, change: IsrViewChanged['change']): void {
    this.isr = proposal
    this.trace(change, null)
    this.send(proposal, this.requestFor(proposal))
  }

  private requestFor(proposal: IsrState): IsrChange {
    const { id, brokerEpoch } = this.context
    const { key, topicId, index, leaderEpoch, partitionEpoch, remoteReplicas } = this.leader
    const newIsr = proposal.proposed.map((member) => ({
      brokerId: member,
      brokerEpoch: member === id ? brokerEpoch() : (remoteReplicas.get(member)?.statedBrokerEpoch ?? -1),
    }))
    return { key, topicId, index, leaderEpoch, partitionEpoch, newIsr }
  }

  private send(proposal: IsrState, request: IsrChange): void {
    this.context.alterPartitions.submit(request, (outcome) => this.answered(proposal, request, outcome))
  }

  private answered(proposal: IsrState, request: IsrChange, outcome: IsrChangeOutcome): void {
    // Metadata has replaced the pending state meanwhile: the answer says nothing new.
    if (this.isr !== proposal) return
    if (outcome.errorCode !== Errors.NONE) return this.refused(proposal, request, outcome.errorCode)
    const { leaderEpoch, partitionEpoch } = this.leader
    if (outcome.leaderEpoch !== leaderEpoch || outcome.partitionEpoch < partitionEpoch) return
    // The controller had nothing to change, and the pending change stays pending for ever (KAFKA-12751, RB-15).
    if (outcome.partitionEpoch === partitionEpoch && !this.context.switches.clearPendingOnDuplicate) return
    this.isr = IsrState.committed(outcome.isr)
    this.leader.isrConfirmed(outcome.partitionEpoch)
  }

  private refused(proposal: IsrState, request: IsrChange, errorCode: number): void {
    const next = afterRefusal(errorCode)
    switch (next) {
      case 'revert':
        this.isr = proposal.reverted()
        return this.trace('rejected', errorName(errorCode))
      case 'stay-pending':
        return this.trace('rejected', errorName(errorCode))
      case 'retry':
        // As it was: a member that registered anew meanwhile must not get in on what it has now (KIP-903).
        return this.send(proposal, request)
      default:
        return unreachable(next, 'what follows a refused ISR change')
    }
  }
}
