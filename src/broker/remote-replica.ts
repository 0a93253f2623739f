// What a leader knows of one follower, from its fetches alone. Times are wall-clock ms, as in Kafka: a
// jump of the leader's clock makes followers look late.

export const UNKNOWN_OFFSET = -1
/** The replica has not fetched since we became leader. */
export const UNKNOWN_BROKER_EPOCH = -2
/** The replica did not say. */
export const UNSTATED_BROKER_EPOCH = -1

export class RemoteReplica {
  readonly brokerId: number
  /** Offset of its last accepted fetch; UNKNOWN_OFFSET before the first. It may go down. */
  logEndOffset = UNKNOWN_OFFSET
  logStartOffset = UNKNOWN_OFFSET
  /** Our log end when it last fetched. */
  lastFetchLeaderLogEndOffset = UNKNOWN_OFFSET
  lastFetchMs = 0
  /** The last time at which it is known to have had all we had. */
  lastCaughtUpMs = 0
  brokerEpoch = UNKNOWN_BROKER_EPOCH

  constructor(brokerId: number) {
    this.brokerId = brokerId
  }

  /** We lead a new epoch, and did not lead before: nothing is known of the replica. */
  resetForNewLeader(inSync: boolean, nowMs: number): void {
    this.logEndOffset = UNKNOWN_OFFSET
    this.logStartOffset = UNKNOWN_OFFSET
    this.lastFetchLeaderLogEndOffset = UNKNOWN_OFFSET
    this.lastFetchMs = 0
    this.lastCaughtUpMs = inSync ? nowMs : 0
    this.brokerEpoch = UNKNOWN_BROKER_EPOCH
  }

  /** We lead on, in a new epoch that starts at `startOffset`: log end and broker epoch are kept (R-71; see RB-47). */
  resetForNewEpoch(startOffset: number, inSync: boolean, nowMs: number): void {
    this.lastFetchLeaderLogEndOffset = startOffset
    this.lastFetchMs = inSync ? nowMs : 0
    this.lastCaughtUpMs = inSync ? nowMs : 0
  }

  /** An accepted fetch at `fetchOffset`, when our log ended at `leaderEndOffset`. */
  fetched(
    fetchOffset: number,
    logStartOffset: number,
    leaderEndOffset: number,
    brokerEpoch: number,
    nowMs: number,
  ): void {
    if (fetchOffset >= leaderEndOffset) {
      this.lastCaughtUpMs = Math.max(this.lastCaughtUpMs, nowMs)
    } else if (fetchOffset >= this.lastFetchLeaderLogEndOffset) {
      this.lastCaughtUpMs = Math.max(this.lastCaughtUpMs, this.lastFetchMs)
    }
    this.logEndOffset = fetchOffset
    this.logStartOffset = logStartOffset
    this.lastFetchLeaderLogEndOffset = Math.max(this.lastFetchLeaderLogEndOffset, leaderEndOffset)
    this.lastFetchMs = nowMs
    this.brokerEpoch = brokerEpoch
  }

  /** As it goes into an AlterPartition request. */
  get statedBrokerEpoch(): number {
    return this.brokerEpoch === UNKNOWN_BROKER_EPOCH ? UNSTATED_BROKER_EPOCH : this.brokerEpoch
  }

  /** */
  isCaughtUp(leaderEndOffset: number, nowMs: number, maxLagMs: number): boolean {
    return this.logEndOffset === leaderEndOffset || nowMs - this.lastCaughtUpMs <= maxLagMs
  }
}
