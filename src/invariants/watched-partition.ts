// What is remembered of one partition: what the controller committed about it, what its leaders committed in it, and which
// of the assumptions no longer hold for it.

import { type CommittedBatch, CommittedLedger } from './committed-ledger.ts'
import type { CompactedForms } from './compaction/compacted-forms.ts'
import type { UpstreamHazard } from './known-upstream.ts'
import { Lineage } from './lineage.ts'
import { WatchedReplica } from './watched-replica.ts'

/** The controller's committed state; metadata images and trace events both have it. */
export interface CommittedPartition {
  readonly replicas: readonly number[]
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly partitionEpoch: number
  /** Eligible leader replicas (KIP-966). */
  readonly elr?: readonly number[]
  /** Who led when the ISR became empty: may lead again when nobody is eligible, as an unclean leader. */
  readonly lastKnownElr?: readonly number[]
}

export class WatchedPartition {
  /** 'orders-0' */
  readonly key: string
  readonly topic: string
  readonly topicId: string
  readonly partitionIndex: number
  readonly ledger = new CommittedLedger()
  readonly lineage = new Lineage()
  /** What compaction left of its batches; undefined before it first did anything here. */
  forms: CompactedForms | undefined = undefined
  /** The topic of this name that was deleted before this one was made. */
  readonly former: WatchedPartition | undefined
  /** Undefined before the controller said anything. */
  committed: CommittedPartition | undefined = undefined
  /** The event in which `committed` became so. */
  committedOrdinal = 0
  /** Why C1, C2, C5 do not hold; null while they do. */
  brokenC1: string | null = null
  brokenC2: string | null = null
  brokenC5: string | null = null
  /** What Kafka itself got wrong here; null before the first time. */
  hazard: UpstreamHazard | null = null
  /** Of what was committed and then replaced, the first batch each time: some log may have it still. */
  readonly replaced: CommittedBatch[] = []
  /** Those whose log differs from what is committed, or that hold more for committed: mostly none. */
  readonly disagreeing = new Set<WatchedReplica>()
  /** A replica forgot producers for idleness. */
  forgotProducers = false
  /** Some replica lost unsynced bytes, whether that broke C2 or not. */
  hadLoss = false
  /** Whom the controller named leader since which epoch, whenever that changed. */
  private readonly reigns: { readonly leader: number; readonly fromEpoch: number }[] = []
  /** Those seen so far, in order of appearance: a few, so that looking through them is the quickest way to find one. */
  private readonly seen: WatchedReplica[] = []
  private readonly nextIndex: () => number

  constructor(key: string, topicId: string, nextIndex: () => number, former: WatchedPartition | undefined) {
    this.key = key
    this.former = former
    const dash = key.lastIndexOf('-')
    this.topic = key.slice(0, dash)
    this.partitionIndex = Number(key.slice(dash + 1))
    this.topicId = topicId
    this.nextIndex = nextIndex
  }

  get replicas(): readonly WatchedReplica[] {
    return this.seen
  }

  replica(broker: number): WatchedReplica {
    const { seen } = this
    for (let i = 0; i < seen.length; i++) {
      const replica = seen[i]!
      if (replica.broker === broker) return replica
    }
    const replica = new WatchedReplica(broker, this, this.nextIndex())
    seen.push(replica)
    return replica
  }

  /** Whom the controller may elect without losing anything: the ISR and the eligible leader replicas. */
  get electable(): readonly number[] {
    return electableIn(this.committed)
  }

  /** Whom it may elect at all: when all of these are gone after unclean stops, the last known leader (KIP-966). */
  get lastHopes(): readonly number[] {
    return lastHopesIn(this.committed)
  }

  /** The controller committed this, in event `ordinal`. */
  becomes(now: CommittedPartition, ordinal: number): void {
    const before = this.committed
    this.committed = now
    this.committedOrdinal = ordinal
    const reign = this.reigns.at(-1)
    if (reign === undefined || (reign.leader !== now.leader && now.leaderEpoch > reign.fromEpoch))
      this.reigns.push({ leader: now.leader, fromEpoch: now.leaderEpoch })
    if (!this.hadLoss || before === undefined) return
    for (const { broker, loss } of this.replicas)
      if (loss !== null && lastHopesIn(before).includes(broker) && !lastHopesIn(now).includes(broker)) loss.leftIsr()
  }

  /** First epoch of the unbroken run, up to `epoch`, in which the controller named `leader`; `epoch` if it never did. */
  reignStart(leader: number, epoch: number): number {
    for (let i = this.reigns.length - 1; i >= 0; i--) {
      const reign = this.reigns[i]!
      if (reign.fromEpoch <= epoch) return reign.leader === leader ? reign.fromEpoch : epoch
    }
    return epoch
  }

  /** The ledger grew: what others read before may differ from what was committed now. */
  compareAll(): void {
    for (const replica of this.seen) {
      if (!replica.trail.holdsAllCommitted && replica.trail.differsFrom >= 0) this.disagreeing.add(replica)
    }
  }

  /** What was committed at and beyond `offset` turned out otherwise: every replica is compared again from there. */
  rewriteFrom(offset: number): void {
    const first = this.ledger.indexOf(offset)
    if (first < this.ledger.size) this.replaced.push(this.ledger.at(first))
    const from = this.ledger.cutFrom(offset)
    for (const { trail } of this.seen) trail.rewind(from)
  }
}

const NOBODY: readonly number[] = []

function electableIn(committed: CommittedPartition | undefined): readonly number[] {
  if (committed === undefined) return NOBODY
  const { isr, elr } = committed
  return elr === undefined || elr.length === 0 ? isr : [...isr, ...elr]
}

function lastHopesIn(committed: CommittedPartition | undefined): readonly number[] {
  const electable = electableIn(committed)
  return electable.length === 0 ? (committed?.lastKnownElr ?? NOBODY) : electable
}
