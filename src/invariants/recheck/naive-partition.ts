// The invariants about the state of one partition, as plainly as they can be put: everything with everything, from what
// logs and metadata say now. What was committed is what was below a leader's high watermark when this last looked.

import type { MetadataImage } from '../../metadata/metadata-image.ts'
import type { PartitionState } from '../../metadata/partition-state.ts'
import type { ObservedReplica } from '../cluster-view.ts'
import { BatchList } from './batch-list.ts'
import { LastInputs } from './last-inputs.ts'
import { type Compaction, NaiveLog } from './naive-log.ts'
import { NaiveStorage } from './naive-storage.ts'

export interface NaiveReplica {
  readonly broker: number
  readonly state: ObservedReplica
  /** It lost what it had not synced: whom it may be asked for what is beyond this check. */
  readonly hadLoss: boolean
}

export class NaivePartition {
  readonly topicId: string
  private readonly committed = new BatchList()
  private readonly logs = new Map<number, NaiveLog>()
  /** Below this all agreed with each other and with what is committed, when this last looked. */
  private agreedTo = 0
  private readonly compaction: () => Compaction
  private readonly storage = new NaiveStorage()
  private readonly inputs = new LastInputs()
  /** By the last look. */
  private found: ReadonlySet<string> = new Set()

  constructor(topicId: string, compaction: () => Compaction) {
    this.topicId = topicId
    this.compaction = compaction
  }

  /** The next check looks at everything again. */
  forgetWhatWasRead(): void {
    this.inputs.forget()
    this.logs.clear()
    this.agreedTo = 0
  }

  /** It is known already that this was not kept. */
  forgetWhatWasCommitted(): void {
    this.committed.cutTo(0)
    this.forgetWhatWasRead()
  }

  /** Of those that are about the files of its replicas; as `check` read them. */
  checkFiles(replicas: readonly NaiveReplica[]): Set<string> {
    const found = new Set<string>()
    for (const { broker, state } of replicas) {
      if (this.storage.indexesMisfit(state.log)) found.add('indexes-fit-batches')
      if (this.storage.epochsMisfit(this.logs.get(broker)!)) found.add('epochs-fit-batches')
    }
    return found
  }

  /** Ids of the invariants that are violated now; as at the last look, if nothing has changed since. */
  check(
    replicas: readonly NaiveReplica[],
    state: PartitionState,
    image: MetadataImage,
    minIsr: number,
  ): ReadonlySet<string> {
    if (!this.inputs.areSame(replicas, state, image, minIsr)) this.found = this.look(replicas, state, image, minIsr)
    return this.found
  }

  private look(
    replicas: readonly NaiveReplica[],
    state: PartitionState,
    image: MetadataImage,
    minIsr: number,
  ): Set<string> {
    const found = new Set<string>()
    const say = (id: string, isBroken: boolean): void => void (isBroken && found.add(id))
    const { isr, elr, leader } = state
    const fenced = (broker: number): boolean => image.brokers.get(broker)?.fenced !== false
    say('leader-in-isr', leader >= 0 && !isr.includes(leader))
    say('valid-controller-state', isr.length === 0 && state.lastKnownElr.length === 0)
    say('valid-controller-state', (isr.length > 1 && isr.some(fenced)) || (leader >= 0 && fenced(leader)))
    say(
      'valid-isr-and-elr',
      [...isr, ...elr].some((member) => !state.replicas.includes(member)),
    )
    say(
      'valid-isr-and-elr',
      elr.some((member) => isr.includes(member)),
    )
    say('valid-isr-and-elr', elr.length > 0 && isr.length >= Math.min(minIsr, state.replicas.length))

    // What is newly committed is asked of all, and so is what differed the last time: it may matter only now.
    const from = Math.min(this.readAll(replicas), this.learn(replicas), this.agreedTo)
    this.agreedTo = Infinity
    const floor = startInOffice(replicas, state)
    for (const { broker, state: replica, hadLoss } of replicas) {
      const { log } = replica
      const { logStartOffset, lastStableOffset, highWatermark, logEndOffset } = log
      const isOrdered =
        logStartOffset <= lastStableOffset && lastStableOffset <= highWatermark && highWatermark <= logEndOffset
      say('high-watermark-bounds', !isOrdered)
      const leads = replica.role === 'leader'
      const inOffice = isInOffice(broker, replica, state)
      if (inOffice)
        say(
          'maximal-isr-covers-isr',
          isr.some((member) => !replica.maximalIsr.includes(member)),
        )
      const lacking = this.firstLacking(broker, from)
      const lacks = lacking < Infinity
      this.agreedTo = Math.min(this.agreedTo, lacking)
      if (inOffice) say('leader-completeness', lacks)
      if (!hadLoss && lacks && (isr.includes(broker) || elr.includes(broker)))
        say('isr-holds-committed', this.firstLacking(broker, Math.max(lacking, floor)) < Infinity)
      for (const other of replicas) {
        if (other.broker <= broker) continue
        const theirs = other.state
        const differ = this.firstDifference(broker, other.broker, from)
        this.agreedTo = Math.min(this.agreedTo, differ)
        if (differ === Infinity) continue
        say('log-matching', differ < Math.min(highWatermark, theirs.log.highWatermark))
        say('record-identity', this.haveTwins(broker, other.broker))
        const counts = leads && !other.hadLoss && replica.committedIsr.includes(other.broker)
        const isCounted = theirs.role === 'leader' && !hadLoss && theirs.committedIsr.includes(broker)
        say('weak-isr', (counts && differ < highWatermark) || (isCounted && differ < theirs.log.highWatermark))
      }
    }
    return found
  }

  /** Reads all logs; the lowest offset at which any of them was read anew. */
  private readAll(replicas: readonly NaiveReplica[]): number {
    let from = Infinity
    for (const { broker, state } of replicas) {
      let log = this.logs.get(broker)
      if (log === undefined || log.log !== state.log) {
        log = new NaiveLog(state.log, this.compaction)
        this.logs.set(broker, log)
        from = 0
      }
      log.read()
      const isNew = log.freshFrom < log.batches.size
      from = Math.min(from, isNew ? log.batches.base(log.freshFrom) : state.log.logEndOffset)
    }
    return from
  }

  private batchesOf(broker: number): BatchList {
    return this.logs.get(broker)!.batches
  }

  private startOf(broker: number): number {
    return this.logs.get(broker)!.log.logStartOffset
  }

  /** The first committed offset at or beyond `from` that the log lacks or has other batches at; Infinity if there is none. */
  private firstLacking(broker: number, from: number): number {
    const { committed } = this
    const start = Math.max(from, this.startOf(broker))
    const batches = this.batchesOf(broker)
    let at = batches.indexOf(start)
    let end = start
    for (let i = committed.indexOf(start); i < committed.size; i++, at++) {
      const base = committed.base(i)
      // What was committed and deleted between two looks was never seen here: a log whose start went back may have it.
      if (base > end) at = batches.indexOf(base)
      if (!committed.isSame(i, batches, at)) return base
      end = committed.last(i) + 1
    }
    return Infinity
  }

  /** Offset of the first batch that one has and not the other, at or beyond `from` and both starts; else Infinity. */
  private firstDifference(one: number, other: number, from: number): number {
    const start = Math.max(from, this.startOf(one), this.startOf(other))
    const a = this.batchesOf(one)
    const b = this.batchesOf(other)
    let i = a.indexOf(start)
    let j = b.indexOf(start)
    for (; i < a.size || j < b.size; i++, j++) {
      if (a.isSame(i, b, j)) continue
      // A batch that reaches over a log start differs from that start on.
      return Math.max(start, Math.min(i < a.size ? a.base(i) : Infinity, j < b.size ? b.base(j) : Infinity))
    }
    return Infinity
  }

  /** Batches of one offset and epoch that differ. */
  private haveTwins(one: number, other: number): boolean {
    const { batches, freshFrom } = this.logs.get(one)!
    const theirs = this.batchesOf(other)
    let j = freshFrom < batches.size ? theirs.indexOf(batches.base(freshFrom)) : theirs.size
    for (let i = freshFrom; i < batches.size; i++) {
      const base = batches.base(i)
      while (j < theirs.size && theirs.base(j) < base) j++
      const areTwins = theirs.base(j) === base && theirs.epoch(j) === batches.epoch(i)
      if (areTwins && !batches.isSame(i, theirs, j)) return true
    }
    return false
  }

  /**
   * What is below the high watermark of a leader is committed from now on; returns the offset from which that is new. Of
   * two leaders the one of the later epoch was first, as far as this can know: had the other been, then the later one would
   * have taken office, or lead, without what was committed, and the first look has found that.
   */
  private learn(replicas: readonly NaiveReplica[]): number {
    const { committed } = this
    const before = committed.last(committed.size - 1) + 1
    const leaders = replicas.filter(({ state }) => state.role === 'leader')
    if (leaders.length > 1) leaders.sort((one, other) => other.state.leaderEpoch - one.state.leaderEpoch)
    for (const { broker, state } of leaders) {
      const end = committed.last(committed.size - 1) + 1
      if (state.log.highWatermark <= end) continue
      const batches = this.batchesOf(broker)
      for (let i = batches.indexOf(end); i < batches.size; i++) {
        if (batches.base(i) >= end && batches.last(i) < state.log.highWatermark) committed.pushFrom(batches, i)
      }
    }
    return before
  }
}

function isInOffice(broker: number, { role, leaderEpoch }: ObservedReplica, state: PartitionState): boolean {
  return role === 'leader' && state.leader === broker && leaderEpoch === state.leaderEpoch
}

/** What the leader in office has deleted nobody is asked for; 0 while nobody is. */
function startInOffice(replicas: readonly NaiveReplica[], state: PartitionState): number {
  return (
    replicas.find(({ broker, state: replica }) => isInOffice(broker, replica, state))?.state.log.logStartOffset ?? 0
  )
}
