// One replica of a partition on this broker: its role, and when it leads, everything a leader decides — the high
// watermark, who may read what. Who belongs to the ISR is in leader-isr.ts, reading in partition-reads.ts.
// Left out: reassignment, moves between log directories.

import { assert } from '../../sim/assert.ts'
import { type AppendOrigin, type LeaderAppend, rejected } from '../log/append-result.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { NO_LEADER, type PartitionState } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import { REPLACED_IN_SAME_EPOCH } from '../trace/kafka-event.ts'
import type { BrokerContext, DelayedRequests, ReplicaName } from './broker-context.ts'
import { type AskedPartition, CONSUMER_REPLICA_ID, type FetchParams, FetchResult } from './fetch-types.ts'
import { highWatermarkCandidate } from './high-watermark.ts'
import { HostedReplica } from './hosted-replica.ts'
import type { IsrState } from './isr-state.ts'
import { LeaderIsr } from './leader-isr.ts'
import { readForFetch } from './partition-reads.ts'
import { traceFenced, traceFetched, traceRole } from './partition-trace.ts'
import { NO_PREFERENCE, preferredReadReplica } from './read-replica.ts'
import { RemoteReplica, UNSTATED_BROKER_EPOCH } from './remote-replica.ts'

/** Whose batches a leader takes. */
export type LeaderAppendOrigin = Exclude<AppendOrigin, 'replication'>

/** No leader epoch was sent with the request: it is not fenced by epoch. */
export const NO_EPOCH = -1

export class Partition extends HostedReplica {
  /** Broker id, or NO_LEADER. */
  leaderId = NO_LEADER
  leaderEpoch = -1
  partitionEpoch = -1
  /** AR, in preference order. */
  assignedReplicas: readonly number[] = []
  /** LESO: our log end when we took office in this epoch; undefined on followers. */
  leaderEpochStartOffset: number | undefined = undefined
  /** `min.insync.replicas` of the topic. */
  minInsyncReplicas: number
  private readonly context: BrokerContext
  private readonly lagTimeMaxMs: number
  private readonly leaderIsr: LeaderIsr
  /** Followers, in order of AR; empty unless leading. */
  private followers: readonly RemoteReplica[] = []
  private readonly followersById = new Map<number, RemoteReplica>()

  constructor(
    name: ReplicaName,
    log: PartitionLog,
    minInsyncReplicas: number,
    context: BrokerContext,
    delayed: DelayedRequests,
  ) {
    super(name, log, delayed)
    this.minInsyncReplicas = minInsyncReplicas
    this.context = context
    this.lagTimeMaxMs = context.config['replica.lag.time.max.ms']
    this.leaderIsr = new LeaderIsr(context, this)
  }

  /** ISR of the last confirmed partition epoch, sorted; empty on followers. */
  get committedIsr(): readonly number[] {
    return this.isr.committed
  }

  get maximalIsr(): readonly number[] {
    return this.isr.maximal
  }

  get isrChangeInFlight(): boolean {
    return this.isr.isInFlight
  }

  /** What we know of the followers, by broker id; empty unless leading. */
  get remoteReplicas(): ReadonlyMap<number, RemoteReplica> {
    return this.followersById
  }

  /** min(`min.insync.replicas`, |AR|); the raw value before 3.7. */
  get effectiveMinIsr(): number {
    const { minInsyncReplicas, assignedReplicas } = this
    return this.context.switches.effectiveMinIsr === 'raw'
      ? minInsyncReplicas
      : Math.min(minInsyncReplicas, assignedReplicas.length)
  }

  /** The least log start of us and of the followers that are up; −1 before all of them have fetched. */
  get lowWatermark(): number {
    const { brokers } = this.context.metadata
    let lowest = this.log.logStartOffset
    for (const { brokerId, logStartOffset } of this.followers) {
      if (logStartOffset < lowest && brokers.get(brokerId)?.fenced === false) lowest = logStartOffset
    }
    return lowest
  }

  /**
   * Leads, as `state` says. The log stays as it is: a new leader neither truncates nor catches up, and its high
   * watermark is the one it had.
   */
  makeLeader(state: PartitionState): void {
    assert(state.leader === this.context.id, `${this.key}: told to lead by a state that names ${state.leader}`)
    // The answer to an AlterPartition may have overtaken the metadata.
    if (state.partitionEpoch < this.partitionEpoch) return
    const { switches, host } = this.context
    const nowMs = host.clock.wallMs()
    const isNewLeader = this.role !== 'leader'
    const isNewEpoch = state.leaderEpoch > this.leaderEpoch
    const hadIsr = this.isr
    // An ISR change that may still be committed is forgotten, as in Kafka (KU-1).
    const forgets = hadIsr.isInFlight && !isNewEpoch && state.partitionEpoch === this.partitionEpoch
    this.adoptAssignment(state.replicas)
    this.leaderIsr.adopt(state.isr)
    if (isNewEpoch) {
      const startOffset = this.log.logEndOffset
      // Even if nothing is ever written in this epoch, others will ask where the one before it ended (KAFKA-7415).
      if (switches.assignEpochOnElection) this.log.assignLeaderEpoch(state.leaderEpoch)
      for (const replica of this.followers) {
        const inSync = state.isr.includes(replica.brokerId)
        // With the switch on, as Kafka: a follower's log end of an earlier epoch of ours is trusted (R-71, RB-47).
        if (isNewLeader || !switches.trustLeoAcrossSameLeaderEpochs) replica.resetForNewLeader(inSync, nowMs)
        else replica.resetForNewEpoch(startOffset, inSync, nowMs)
      }
      this.leaderEpoch = state.leaderEpoch
      this.leaderEpochStartOffset = startOffset
    }
    this.partitionEpoch = state.partitionEpoch
    this.leaderId = state.leader
    this.role = 'leader'
    if (isNewLeader || isNewEpoch) traceRole(this.context, this)
    else if (forgets) this.leaderIsr.trace('rejected', REPLACED_IN_SAME_EPOCH)
    else if (hadIsr.isInFlight || !sameMembers(hadIsr.committed, this.isr.committed)) {
      this.leaderIsr.trace('confirmed', null)
    }
    // The ISR may be down to us alone.
    if (this.tryRaiseHighWatermark(nowMs)) this.delayed.wakeAll(this)
  }

  /**
   * Follows, or waits for a leader, as `state` says. True if the leader epoch is new: then the fetcher must be
   * restarted, even if the leader is the same, and waiting requests be woken.
   */
  makeFollower(state: PartitionState): boolean {
    assert(state.leader !== this.context.id, `${this.key}: told to follow itself`)
    if (state.partitionEpoch < this.partitionEpoch) return false
    const isNewEpoch = state.leaderEpoch > this.leaderEpoch
    const wasLeader = this.isLeader
    const isNewLeader = wasLeader || state.leader !== this.leaderId
    this.role = 'follower'
    this.leaderId = state.leader
    this.leaderEpoch = state.leaderEpoch
    this.partitionEpoch = state.partitionEpoch
    this.leaderEpochStartOffset = undefined
    this.assignedReplicas = state.replicas
    this.leaderIsr.clear()
    this.followers = []
    this.followersById.clear()
    if (wasLeader || isNewEpoch) traceRole(this.context, this)
    // Of old, an epoch of the same leader changed nothing, whatever had been in between (RB-5).
    return isNewEpoch && (isNewLeader || this.context.switches.truncateOn === 'epochChange')
  }

  /** Its log directory has failed. */
  goOffline(): void {
    this.isOffline = true
    this.stop()
  }

  /** The replica is deleted from this broker. */
  stop(): void {
    this.isHosted = false
    this.role = 'none'
    this.leaderEpochStartOffset = undefined
    this.leaderIsr.clear()
    this.followers = []
    this.followersById.clear()
    traceRole(this.context, this)
  }

  /**
   * Appends a client's batch, or refuses it. With acks=all an ISR below the minimum refuses before anything is written
   * . There is no epoch in a Produce request: that we believe to lead is all that is checked.
   */
  appendAsLeader(records: Uint8Array, acks: number, origin: LeaderAppendOrigin): LeaderAppend {
    if (!this.isLeader) return rejected(Errors.NOT_LEADER_OR_FOLLOWER, `not the leader of ${this.key}`)
    if (acks === -1 && this.isr.committed.length < this.effectiveMinIsr) {
      return rejected(
        Errors.NOT_ENOUGH_REPLICAS,
        `${this.isr.committed.length} in sync, ${this.effectiveMinIsr} needed`,
      )
    }
    const nowMs = this.context.host.clock.wallMs()
    const append = this.log.appendAsLeader(records, this.leaderEpoch, nowMs, origin)
    if (append.kind !== 'rejected') this.tryRaiseHighWatermark(nowMs)
    return append
  }

  /**
   * Has everything below `requiredOffset` been acknowledged by all who count? Undefined: not yet. Otherwise an
   * error code; the records stay in the log whatever it says.
   */
  acknowledgement(requiredOffset: number): number | undefined {
    if (!this.isLeader) return Errors.NOT_LEADER_OR_FOLLOWER
    if (this.log.highWatermark < requiredOffset) return undefined
    return this.effectiveMinIsr <= this.isr.maximal.length ? Errors.NONE : Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND
  }

  /**
   * Reads for one partition of a fetch (R-54…R-57). A follower's position is noted when its request arrives, never when
   * a parked one wakes (`arrived` false, R-58).
   */
  fetch(
    params: FetchParams,
    request: AskedPartition,
    maxBytes: number,
    minOneBatch: boolean,
    arrived: boolean,
  ): FetchResult {
    const asked = this.asFenced(request)
    const error = this.accessError(asked.currentLeaderEpoch, params.leaderOnly)
    if (error !== Errors.NONE) return this.fence(params.replicaId, error)
    if (params.replicaId === CONSUMER_REPLICA_ID) return this.readForConsumer(params, asked, maxBytes, minOneBatch)

    const replica = this.followersById.get(params.replicaId)
    if (replica === undefined) {
      return this.fence(
        params.replicaId,
        asked.currentLeaderEpoch === NO_EPOCH ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.UNKNOWN_LEADER_EPOCH,
      )
    }
    const result = readForFetch(this, params, asked, maxBytes, minOneBatch)
    if (!arrived || result.isRefused) return result
    // Its log end is about to move back: it does not hold what its fetch offset claims (KAFKA-13141).
    if (result.diverges && !this.context.switches.countDivergingFetch) return result
    const fresh = this.noteFetch(
      replica,
      asked.fetchOffset,
      asked.logStartOffset,
      result.logEndOffset,
      params.replicaEpoch,
    )
    return fresh ? result : this.fence(params.replicaId, Errors.NOT_LEADER_OR_FOLLOWER)
  }

  private readForConsumer(
    params: FetchParams,
    asked: AskedPartition,
    maxBytes: number,
    minOneBatch: boolean,
  ): FetchResult {
    const { clientRack } = params
    if (clientRack !== '' && this.isLeader) {
      const replicaId = preferredReadReplica(this, this.context, clientRack, asked.fetchOffset)
      if (replicaId !== NO_PREFERENCE) return FetchResult.elsewhere(this.log, replicaId)
    }
    return readForFetch(this, params, asked, maxBytes, minOneBatch)
  }

  /** What of a fetch counts. Without fencing, one of another epoch is taken as if none had epochs in it (RB-7). */
  asFenced(asked: AskedPartition): AskedPartition {
    if (this.context.switches.fetchEpochFencing || asked.currentLeaderEpoch === this.leaderEpoch) return asked
    return { ...asked, currentLeaderEpoch: NO_EPOCH, lastFetchedEpoch: NO_EPOCH }
  }

  /** Is a request with this leader epoch (NO_EPOCH: none) for us? An error code. */
  accessError(leaderEpoch: number, leaderOnly: boolean): number {
    if (leaderEpoch !== NO_EPOCH && leaderEpoch !== this.leaderEpoch && this.context.switches.fetchEpochFencing) {
      return leaderEpoch < this.leaderEpoch ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH
    }
    return leaderOnly && !this.isLeader ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.NONE
  }

  /**
   * An accepted fetch says how far `replica` is: it may join the ISR, and the high watermark may rise. False, with
   * nothing changed, if it comes from an earlier registration of that broker.
   */
  noteFetch(
    replica: RemoteReplica,
    fetchOffset: number,
    logStartOffset: number,
    leaderEndOffset: number,
    brokerEpoch: number,
  ): boolean {
    const { metadata, switches, host } = this.context
    if (switches.isrBrokerEpochCheck && brokerEpoch !== UNSTATED_BROKER_EPOCH) {
      const broker = metadata.brokers.get(replica.brokerId)
      if (broker !== undefined && !broker.fenced && broker.epoch > brokerEpoch) return false
    }
    const nowMs = host.clock.wallMs()
    const before = replica.logEndOffset
    const startBefore = replica.logStartOffset
    replica.fetched(fetchOffset, logStartOffset, leaderEndOffset, brokerEpoch, nowMs)
    traceFetched(this.context, this, replica.brokerId, fetchOffset)
    this.leaderIsr.maybeExpand(replica)
    if (replica.logEndOffset !== before && this.tryRaiseHighWatermark(nowMs)) this.delayed.wakeAll(this)
    else if (logStartOffset > startBefore) this.delayed.wakeDeletions(this)
    return true
  }

  /** Asks to drop members that lag; called every half `replica.lag.time.max.ms`. */
  maybeShrinkIsr(nowMs: number): void {
    if (this.isLeader) this.leaderIsr.maybeShrink(nowMs)
  }

  /** The controller has confirmed a change we asked for. */
  isrConfirmed(partitionEpoch: number): void {
    const { switches, host } = this.context
    this.partitionEpoch = partitionEpoch
    this.leaderIsr.trace('confirmed', null)
    // A member that held it back may be gone, and nobody else may ever try again (KAFKA-13091).
    if (switches.hwOnAlterPartition && this.tryRaiseHighWatermark(host.clock.wallMs())) this.delayed.wakeAll(this)
  }

  /**
   * Raises the high watermark to what all who count have fetched, if that is higher. Counted are the maximal
   * ISR and, so that they can catch up with it at all, followers that are caught up and eligible.
   */
  private tryRaiseHighWatermark(nowMs: number): boolean {
    const { switches } = this.context
    if (switches.hwMinIsrGate && this.isr.committed.length < this.effectiveMinIsr) return false
    const candidate = highWatermarkCandidate(
      this.followers,
      this.isr.maximal,
      this.log.logEndOffset,
      nowMs,
      this.lagTimeMaxMs,
      this.context,
    )
    return candidate > this.log.highWatermark && this.log.maybeIncrementHighWatermark(candidate)
  }

  private get isr(): IsrState {
    return this.leaderIsr.state
  }

  private adoptAssignment(replicas: readonly number[]): void {
    this.assignedReplicas = replicas
    const followers: RemoteReplica[] = []
    for (const brokerId of replicas) {
      if (brokerId !== this.context.id) followers.push(this.followersById.get(brokerId) ?? new RemoteReplica(brokerId))
    }
    this.followers = followers
    this.followersById.clear()
    for (const replica of followers) this.followersById.set(replica.brokerId, replica)
  }

  private fence(requester: number, errorCode: number): FetchResult {
    traceFenced(this.context, this.key, requester, errorCode)
    return FetchResult.refused(errorCode)
  }
}

function sameMembers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((member, i) => member === b[i])
}
