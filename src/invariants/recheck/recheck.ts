// Checks the checker: now and then, and at the end, the invariants about state are looked at again by a second, simple
// implementation. What that finds and the incremental one did not is a defect of this program; so is, where every event is
// looked at, what the incremental one alone finds. Left out: what is about events (raises, answers, elections, reads), and
// replicas that lost what they had not synced.

import { DefectError } from '../../../sim/assert.ts'
import type { EventLoop, LoopObserver } from '../../../sim/event-loop.ts'
import type { TraceBus } from '../../../sim/trace.ts'
import { RESOURCE_TYPE } from '../../metadata/metadata-image.ts'
import type { PartitionState } from '../../metadata/partition-state.ts'
import type { KafkaEvent } from '../../trace/kafka-event.ts'
import type { ClusterView } from '../cluster-view.ts'
import type { Violation } from '../invariant.ts'
import { partitionOfFile } from '../partition-of-file.ts'
import { NaiveCheckpoint } from './naive-checkpoint.ts'
import type { Compaction } from './naive-log.ts'
import { NaivePartition, type NaiveReplica } from './naive-partition.ts'

/** After every event, after every so many and at each change of leader, or never. */
export type RecheckEvery = 'every' | 'off' | number

/** Those about nothing but what is now: here both must find the same. */
const BOTH_WAYS: ReadonlySet<string> = new Set([
  'leader-in-isr',
  'valid-controller-state',
  'valid-isr-and-elr',
  'high-watermark-bounds',
  'log-matching',
  'isr-holds-committed',
  'weak-isr',
])
/** After one of these other records count as committed. */
const REWRITES: ReadonlySet<string> = new Set(['true-high-watermark-monotone', 'leader-completeness'])

export class Recheck implements LoopObserver {
  private readonly view: ClusterView
  private readonly loop: EventLoop
  private readonly violations: () => readonly Violation[]
  private readonly every: number
  private readonly minIsr: number
  private readonly compactionOf: (partition: string) => Compaction
  private readonly partitions = new Map<string, NaivePartition>()
  private readonly leaders = new Map<string, number>()
  private readonly losses = new Set<string>()
  private readonly undone = new Set<number>()
  private readonly recoveryPoints = new NaiveCheckpoint('recovery-point-offset-checkpoint')
  /** Partitions of which a log changed of itself: the checker goes by what it read before. */
  private readonly rotten = new Set<string>()
  private nextAt: number
  private isDue = false
  private seen = 0
  private looks = 0
  private isOver = false

  /** To be made after the checker, whose `violations` it is held against, so that it is called after it. */
  constructor(
    view: ClusterView,
    loop: EventLoop,
    trace: TraceBus<KafkaEvent>,
    violations: () => readonly Violation[],
    every: Exclude<RecheckEvery, 'off'>,
    minInsyncReplicas: number,
    compactionOf: (partition: string) => Compaction = () => undefined,
  ) {
    this.view = view
    this.loop = loop
    this.violations = violations
    this.every = every === 'every' ? 1 : every
    this.minIsr = minInsyncReplicas
    this.compactionOf = compactionOf
    this.nextAt = this.every
    trace.subscribe(['partition-changed'], (event) => {
      if (event.type !== 'partition-changed' || this.leaders.get(event.partition) === event.leader) return
      this.leaders.set(event.partition, event.leader)
      this.isDue = true
    })
    trace.subscribe(['bytes-rotted'], (event) => {
      if (event.type !== 'bytes-rotted') return
      const key = event.partition ?? partitionOfFile(event.path)
      if (key !== undefined) this.rotten.add(key)
    })
    loop.observe(this)
  }

  /** This replica is not asked any more for what it had. */
  lostUnsynced(broker: number, partition: string): void {
    this.losses.add(`${broker} ${partition}`)
  }

  /** As the checker's: what its checkpoints say is not asked any more. */
  checkpointsUndone(broker: number): void {
    this.undone.add(broker)
  }

  onEvent(ordinal: number): void {
    if (ordinal < this.nextAt && !this.isDue) return
    this.nextAt = ordinal + this.every
    this.isDue = false
    this.run()
  }

  /** At the end: all logs from their start. */
  finish(): void {
    for (const partition of this.partitions.values()) partition.forgetWhatWasRead()
    this.isOver = true
    this.run()
    this.isOver = false
  }

  private run(): void {
    const { metadata } = this.view
    if (metadata === undefined) return
    const known = this.violations()
    this.looks += 1
    for (const topic of metadata.topics.values()) {
      const minIsr = this.minIsrOf(topic.name)
      for (const state of topic.partitions) {
        if (this.rotten.has(state.key)) continue
        const partition = this.partition(state)
        const replicas = this.replicasOf(state)
        const found = partition.check(replicas, state, metadata, minIsr)
        const filesCount = this.every === 1 || this.isOver
        this.compare(state.key, filesCount ? this.withFiles(found, partition, state, replicas) : found, known)
        if (known.some(({ subject, invariant }) => subject === state.key && REWRITES.has(invariant)))
          partition.forgetWhatWasCommitted()
      }
    }
    this.seen = known.length
  }

  private compare(key: string, found: ReadonlySet<string>, known: readonly Violation[]): void {
    for (const id of found) {
      if (known.some(({ invariant, subject }) => invariant === id && subject === key)) continue
      throw this.disagreement(`${id} is violated on ${key}, and only the re-check found it`)
    }
    if (this.every > 1 || this.seen === known.length || [...this.losses].some((replica) => replica.endsWith(` ${key}`)))
      return
    for (let i = this.seen; i < known.length; i++) {
      const { invariant, subject, message } = known[i]!
      if (subject !== key || !BOTH_WAYS.has(invariant) || found.has(invariant)) continue
      throw this.disagreement(`${invariant} was reported on ${key} (${message}), and the re-check does not find it`)
    }
  }

  /** A topic made anew has another id, and none of the past of the one before it. */
  private partition({ key, topicId }: PartitionState): NaivePartition {
    let partition = this.partitions.get(key)
    if (partition?.topicId !== topicId) {
      partition = new NaivePartition(topicId, () => this.compactionOf(key))
      this.partitions.set(key, partition)
    }
    return partition
  }

  private withFiles(
    found: ReadonlySet<string>,
    partition: NaivePartition,
    state: PartitionState,
    replicas: readonly NaiveReplica[],
  ): ReadonlySet<string> {
    const ofFiles = partition.checkFiles(replicas)
    if (this.isAhead(state, replicas)) ofFiles.add('checkpoints-not-ahead')
    return ofFiles.size === 0 ? found : new Set([...found, ...ofFiles])
  }

  /** Does a file say of a replica that more is synced than there is? */
  private isAhead({ key }: PartitionState, replicas: readonly NaiveReplica[]): boolean {
    return replicas.some(({ broker, state }) => {
      if (this.undone.has(broker)) return false
      return this.recoveryPoints.of(this.view, broker, key, this.looks) > state.log.logEndOffset
    })
  }

  private disagreement(what: string): DefectError {
    return new DefectError(`the invariant checker is wrong: after event ${this.loop.executed} ${what}`)
  }

  private replicasOf({ key, topicId, replicas }: PartitionState): NaiveReplica[] {
    const found: NaiveReplica[] = []
    for (const broker of replicas) {
      const state = this.view.partitionsOf(broker)?.get(key)
      // One without a role yet has just been loaded.
      if (state === undefined || state.topicId !== topicId || state.role === 'none') continue
      found.push({ broker, state, hadLoss: this.losses.size > 0 && this.losses.has(`${broker} ${key}`) })
    }
    return found
  }

  private minIsrOf(topic: string): number {
    const { metadata } = this.view
    const name = 'min.insync.replicas'
    const said = metadata?.configOf(RESOURCE_TYPE.topic, topic).get(name)
    return Number(said ?? metadata?.configOf(RESOURCE_TYPE.broker, '').get(name) ?? this.minIsr)
  }
}
