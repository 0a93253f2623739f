// Where Kafka itself, behaving as its source says, breaks a promise. The simulator behaves alike; what follows is recognised
// exactly, shown, and excused: for the replicas concerned while it lasts, and for all of the partition once it cost records.
// What only keeps a cluster waiting is named where the wait is told.

import { isLostTail, type SegmentRest } from './log-hole.ts'
import type { WatchedPartition } from './watched-partition.ts'
import type { WatchedCluster } from './watched-cluster.ts'

export interface KnownUpstream {
  readonly id: string
  readonly statement: string
  /** Rules and places in Kafka's source. */
  readonly source: string
  readonly why: string
  /** What shows it. */
  readonly shownBy: string
}

export const KU_1: KnownUpstream = {
  id: 'KU-1',
  statement: 'A leader forgets an ISR change on its way when metadata of the partition epoch it is in arrives late.',
  source:
    'R-72, R-85; since KAFKA-13790 (3.3) Partition.makeLeader takes metadata of an equal partition epoch, and updateAssignmentAndIsr drops what is pending',
  why: 'the controller may still commit the expansion: until metadata tells the leader, it does not wait for that member',
  shownBy: 'test/invariants/known-upstream.test.ts, "KU-1"',
}

export const KU_2: KnownUpstream = {
  id: 'KU-2',
  statement: 'A leader that lost and regained its office in one metadata delta trusts log ends of before.',
  source: 'RB-47, R-71, R-109; Partition.makeLeader resets followers only if it did not lead before',
  why: 'a follower that truncated under the leader in between counts as holding what it cut',
  shownBy: 'scenarios/bugs/rb-47-missed-demotion.yaml, seed 1; test/invariants/known-upstream.test.ts, "KU-2"',
}

export const KU_3: KnownUpstream = {
  id: 'KU-3',
  statement: 'With eligible leader replicas, a controller before 4.1 elects the last known leader though it is dead.',
  source:
    'RB-33, R-101; KAFKA-19522: PartitionChangeBuilder.canElectLastKnownLeader tests that it is alive, and only logs',
  why: 'a last member that registers after an unclean stop leaves the ELR and is elected in the same record, fenced as it is',
  shownBy: 'scenarios/bugs/rb-33-dead-last-known-leader.yaml, seed 1; test/invariants/fenced-in-office.test.ts, "KU-3"',
}

export const KU_4: KnownUpstream = {
  id: 'KU-4',
  statement: 'A controller before 4.0 leaves a broker in ISR and office that registers anew before it was fenced.',
  source: 'RB-34, R-89; KAFKA-18106: registerBroker looks at the session itself, and trusts that fencing came first',
  why: 'a session may expire between the look at the timers and the registration; it returns as leader in its old epoch',
  shownBy:
    'scenarios/bugs/rb-34-registration-overtakes-fencing.yaml, seed 7; test/invariants/fenced-in-office.test.ts, "KU-4"',
}

/** Breaks no invariant: the cluster waits for that broker for ever (`src/scenario/cluster/liveness.ts`). */
export const KU_5: KnownUpstream = {
  id: 'KU-5',
  statement:
    'A registration that a dead process sent arrives late and displaces the living one, which is never let in again.',
  source:
    'R-89, R-90; ClusterControlManager.registerBroker takes any other incarnation of a broker that is fenced, and BrokerLifecycleManager answers STALE_BROKER_EPOCH with the same heartbeat again',
  why: 'to the controller the latest registration to arrive is the latest incarnation; the broker does not register twice',
  shownBy: 'test/scenario/late-registration.test.ts',
}

export const KU_6: KnownUpstream = {
  id: 'KU-6',
  statement: 'A log comes out of a power loss with a hole between two segments, and nobody notices.',
  source:
    'R-2, R-6, R-25; LogLoader.recoverLog drops what follows a segment that LogSegment.recover had to cut, and looks at no gap between segments',
  why: 'a rolled segment is synced in the background: its tail may be gone when the next one was written back; the replica fetches on from its end',
  shownBy:
    'scenarios/known/ku-06-hole-after-power-loss.yaml; test/log/power-loss.test.ts; test/invariants/known-upstream.test.ts, "KU-6"',
}

/** Breaks no invariant, but what an idempotent producer promises (`src/history/raised-epochs.ts`). */
export const KU_7: KnownUpstream = {
  id: 'KU-7',
  statement: 'An idempotent producer that gives up a batch writes those behind it a second time.',
  source:
    'P-20, P-21, P-22, R-45, R-47; TransactionManager.handleFailedBatch and canRetry ask for a higher epoch, under which bumpIdempotentProducerEpoch numbers anew all that is in flight',
  why: 'an earlier attempt may have been written, and no broker recognises it under the new epoch',
  shownBy: 'scenarios/known/ku-07-raised-epoch.yaml; test/history/raised-epochs.test.ts',
}

/** Breaks no invariant: the producer waits for its delivery timeout (`src/scenario/cluster/overtaken.ts`). */
export const KU_8: KnownUpstream = {
  id: 'KU-8',
  statement: 'A batch of an idempotent producer is refused as out of order until its delivery timeout.',
  source:
    'R-45, R-46, R-47, P-16, P-18; ProducerAppendInfo.checkSequence takes any sequence of a producer without state; shouldStopDrainBatchesForPartition lets new batches go to a new leader while others are on their way to the old one',
  why: 'a leader without state takes a later batch first, or remembers only five of more that were written since',
  shownBy: 'test/scenario/overtaken.test.ts',
}

/** Breaks no invariant: a partition has no reader until the next rebalance (`src/history/unseen-growth.ts`). */
export const KU_9: KnownUpstream = {
  id: 'KU-9',
  statement: 'Partitions that come while the leader of a group, a static member, is away stay without an owner.',
  source:
    'G-37, C-9, KIP-814; ConsumerCoordinator.onLeaderElected takes the metadata a returned leader has for the snapshot that the old assignment was made of',
  why: 'it compares what comes later with what it found when it came, and the assignment is older than that',
  shownBy: 'test/scenario/unseen-growth.test.ts',
}

export const KU_10: KnownUpstream = {
  id: 'KU-10',
  statement:
    'A leader that crashes soon after records were deleted has them back, without the epochs they were written in.',
  source:
    'R-8, R-12, R-13, R-31; LeaderEpochFileCache.truncateFromStart writes at once what UnifiedLog.maybeIncrementLogStartOffset leaves to the checkpoint of log starts, and LogSegment.recover assigns no epoch below the latest known',
  why: 'asked for an epoch before its first, it answers that it ended where the first begins: a follower keeps what others never had',
  shownBy: 'scenarios/known/ku-10-deleted-and-back.yaml; test/invariants/known-upstream.test.ts, "KU-10"',
}

export const KNOWN_UPSTREAM: readonly KnownUpstream[] = [KU_1, KU_2, KU_3, KU_4, KU_5, KU_6, KU_7, KU_8, KU_9, KU_10]

interface Forgotten {
  readonly members: readonly number[]
  readonly leaderEpoch: number
  /** The change can be committed as the next one after this, or never. */
  readonly partitionEpoch: number
  readonly text: string
}

/** What such a defect did to one partition, as far as it still matters. */
export class UpstreamHazard {
  private readonly cluster: WatchedCluster
  private readonly partition: WatchedPartition
  private forgotten: Forgotten | null = null
  /** Forgotten members that the controller's ISR has and the leader does not wait for. */
  private unseen: readonly number[] = []
  /** Members that may be elected without what was committed, and why. */
  private readonly short = new Map<number, string>()
  private lost: string | null = null
  /** Members whose new registration overtook their fencing, with bytes they had lost. */
  private readonly overtaken = new Set<number>()
  private forked: string | null = null
  /** What power losses left of the segments that they took bytes of, by broker. */
  private readonly rests = new Map<number, SegmentRest[]>()
  /** A log with a hole became the leader's: what others hold, and copy, is measured by it. */
  private holed: string | null = null
  /** A leader answered for epochs that it had forgotten: what others keep of theirs is measured by it. */
  private headless: string | null = null

  constructor(cluster: WatchedCluster, partition: WatchedPartition) {
    this.cluster = cluster
    this.partition = partition
  }

  /** KU-1. */
  forgot(members: readonly number[], leader: number, leaderEpoch: number, partitionEpoch: number): void {
    const text = this.describe(KU_1, `broker ${leader} forgot that it had asked for [${members.join(', ')}]`)
    this.forgotten = { members: [...(this.forgotten?.members ?? []), ...members], leaderEpoch, partitionEpoch, text }
  }

  /** KU-2: the leader counted what `member` had fetched before. */
  trusted(member: number, leader: number, epoch: number): void {
    const text = this.describe(KU_2, `broker ${leader} leads epoch ${epoch} and counts what ${member} fetched before`)
    this.short.set(member, text)
  }

  /** KU-4: `member` is back in the ISR, or in office, without having left. */
  overtook(member: number, text: string): void {
    this.overtaken.add(member)
    this.short.set(member, text)
  }

  /** KU-6: the log of `member`, when it is loaded again, may have a hole behind one of these segments. */
  lostTails(member: number, rests: readonly SegmentRest[]): void {
    this.rests.set(member, [...(this.rests.get(member) ?? []), ...rests])
  }

  /** KU-10: `leader` has records from `start` on, and knows of epochs from `epochStart` on. */
  lostEpochs(leader: number, start: number, epochStart: number): void {
    const what = `broker ${leader} leads with records from offset ${start} on, and forgot the epochs of those below ${epochStart}`
    this.headless ??= this.describe(KU_10, what)
  }

  /** After what an event did to the partition, before anything is checked. */
  update(): void {
    const { committed } = this.partition
    if (committed === undefined) return
    if (this.forgotten !== null) this.watchForgotten(this.forgotten)
    if (this.rests.size > 0 && this.holed === null && committed.leader >= 0) {
      if (this.partition.replica(committed.leader).isCurrentLeader) this.holed = this.holeOf(committed.leader)
    }
    for (const [member, text] of this.short) {
      const replica = this.partition.replica(member)
      // Its log may not be loaded yet: what is known of it is from before.
      const mayLack = this.overtaken.has(member) && replica.loss !== null
      const whole = replica.trail.holdsAllCommitted && !mayLack && !this.unseen.includes(member)
      if (mayLack && replica.isCurrentLeader) this.forked ??= text
      if (whole || !committed.isr.includes(member)) {
        this.short.delete(member)
        this.overtaken.delete(member)
      } else if (replica.isCurrentLeader && !replica.trail.holdsAllCommitted) this.lost ??= text
    }
  }

  /** Why the leader in office need not wait for `member`; null: nothing explains it. */
  excusesView(member: number | undefined): string | null {
    return member !== undefined && this.unseen.includes(member) ? (this.forgotten?.text ?? null) : null
  }

  /** Why `member` (undefined: some member) may lack records that were committed. */
  excusesData(member: number | undefined): string | null {
    if (this.lost !== null) return this.lost
    const hole = this.excusesHole(member)
    if (hole !== null) return hole
    if (member !== undefined) return this.short.get(member) ?? null
    for (const text of this.short.values()) return text
    return null
  }

  /** Why the log of `member` (undefined: of some member) may lack batches, or have others, and go on behind them. */
  excusesHole(member: number | undefined): string | null {
    if (this.headless !== null) return this.headless
    if (this.holed !== null || this.rests.size === 0) return this.holed
    if (member !== undefined) return this.holeOf(member)
    for (const broker of this.rests.keys()) {
      const text = this.holeOf(broker)
      if (text !== null) return text
    }
    return null
  }

  /** Why a leader may write other records in an epoch in which it had led before. */
  get excusesEpoch(): string | null {
    return this.forked
  }

  private holeOf(broker: number): string | null {
    const { log, holes } = this.partition.replica(broker).trail
    const rests = this.rests.get(broker)
    if (holes.length === 0 || log === undefined || rests === undefined) return null
    if (!holes.every((hole) => isLostTail(log, hole, rests))) return null
    const { from, to } = holes[0]!
    return `${KU_6.id}: a power loss left the log of broker ${broker} without offsets ${from}–${to - 1}`
  }

  private watchForgotten(forgotten: Forgotten): void {
    const { partition } = this
    const { committed } = partition
    if (committed === undefined || committed.partitionEpoch <= forgotten.partitionEpoch) return
    const leader = this.cluster.stateOf(partition.replica(committed.leader))
    const hasHeard = leader !== undefined && leader.partitionEpoch > forgotten.partitionEpoch
    // In another epoch the change it asked for is committed no more: who is a member then became it otherwise.
    const inItsEpoch = committed.leaderEpoch === forgotten.leaderEpoch
    const admitted = inItsEpoch ? forgotten.members.filter((member) => committed.isr.includes(member)) : []
    this.unseen = hasHeard ? [] : admitted.filter((member) => !(leader?.maximalIsr.includes(member) ?? false))
    for (const member of admitted) {
      if (this.unseen.includes(member) || !partition.replica(member).trail.holdsAllCommitted)
        this.short.set(member, forgotten.text)
    }
    if (this.unseen.length === 0) this.forgotten = null
  }

  private describe({ id }: KnownUpstream, what: string): string {
    return `${id}: ${what} (at ${(this.cluster.nowUs / 1000).toFixed(3)} ms)`
  }
}
