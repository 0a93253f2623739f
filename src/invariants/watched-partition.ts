// What is remembered of one partition: what the controller committed about it, what its leaders committed in it, and which
// of the assumptions no longer hold for it.

import { CommittedLedger } from './committed-ledger.ts'
import { WatchedReplica } from './watched-replica.ts'

/** The controller's committed state; metadata images and trace events both have it. */
export interface CommittedPartition {
  readonly replicas: readonly number[]
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly partitionEpoch: number
}

export class WatchedPartition {
  /** 'orders-0' */
  readonly key: string
  readonly topic: string
  readonly topicId: string
  readonly partitionIndex: number
  readonly ledger = new CommittedLedger()
  /** Undefined before the controller said anything. */
  committed: CommittedPartition | undefined = undefined
  /** The event in which `committed` became so. */
  committedOrdinal = 0
  /** Of the replica that led last. */
  effectiveMinIsr = 1
  /** In the event being executed: the ledger grew. */
  ledgerGrew = false
  /** Why C1, C2 do not hold; null while they do. */
  brokenC1: string | null = null
  brokenC2: string | null = null
  /** The last loss of unsynced bytes, whether it broke C2 or not; '' before the first. */
  lastLoss = ''
  private readonly byBroker = new Map<number, WatchedReplica>()
  private readonly nextIndex: () => number

  constructor(key: string, topicId: string, nextIndex: () => number) {
    this.key = key
    const dash = key.lastIndexOf('-')
    this.topic = key.slice(0, dash)
    this.partitionIndex = Number(key.slice(dash + 1))
    this.topicId = topicId
    this.nextIndex = nextIndex
  }

  /** Those seen so far, in order of appearance. */
  get replicas(): Iterable<WatchedReplica> {
    return this.byBroker.values()
  }

  replica(broker: number): WatchedReplica {
    let replica = this.byBroker.get(broker)
    if (replica === undefined) {
      replica = new WatchedReplica(broker, this, this.nextIndex())
      this.byBroker.set(broker, replica)
    }
    return replica
  }

  /** What was committed at and beyond `offset` turned out otherwise: every replica is compared again from there. */
  rewriteFrom(offset: number): void {
    const from = this.ledger.cutFrom(offset)
    for (const { trail } of this.byBroker.values()) trail.rewind(from)
  }
}
