// Runs every invariant over one world, from outside: it hears the trace while an event happens, and after the event looks
// at the replicas and partitions that the event touched, and at nothing else.

import type { EventLoop, LoopObserver } from '../../sim/event-loop.ts'
import type { TraceBus, TraceContext } from '../../sim/trace.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import {
  type BrokerStateChanged,
  type BytesRotted,
  type IsrViewChanged,
  type KafkaEvent,
  REPLACED_IN_SAME_EPOCH,
  type RoleChanged,
} from '../trace/kafka-event.ts'
import type { ClusterView } from './cluster-view.ts'
import type { CommittedLedger } from './committed-ledger.ts'
import type { CompactedForms } from './compaction/compacted-forms.ts'
import type { SegmentSwap } from './compaction/segment-swaps.ts'
import type { Invariant, InvariantCheck, Violation } from './invariant.ts'
import { UpstreamHazard } from './known-upstream.ts'
import type { SegmentRest } from './log-hole.ts'
import { partitionOfFile } from './partition-of-file.ts'
import { ReplicaChecks } from './replica-checks.ts'
import { ViolationLog } from './violation-log.ts'
import { WatchedCluster, type WatchOptions } from './watched-cluster.ts'
import type { CommittedPartition, WatchedPartition } from './watched-partition.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

/** An invariant at work, and whether it heard anything in the event being executed. */
interface AtWork {
  readonly check: InvariantCheck
  heard: boolean
}

export class InvariantChecker implements LoopObserver {
  private readonly cluster: WatchedCluster
  private readonly log: ViolationLog
  private readonly hearers = new Map<KafkaEvent['type'], AtWork[]>()
  private readonly replicaChecks = new ReplicaChecks()
  private readonly partitionChecks: InvariantCheck[] = []
  private readonly lastChecks: AtWork[] = []
  private readonly ends: readonly (() => void)[]
  /** Touched in the event being executed; emptied, never replaced. */
  private readonly touched: WatchedReplica[] = []
  private readonly changed: WatchedPartition[] = []
  private heard = false
  private brokersChanged = false
  /** Segments replaced in the event being executed: a log may do so more than once, and names only the last. */
  private readonly compacted: { readonly replica: WatchedReplica; readonly swap: SegmentSwap }[] = []
  private image: MetadataImage | undefined = undefined

  /** Watches until `stop`. `onViolation` is told of each new violation, not of its repetitions. */
  constructor(
    invariants: readonly Invariant[],
    view: ClusterView,
    loop: EventLoop,
    trace: TraceBus<KafkaEvent>,
    options: WatchOptions = {},
    onViolation: (violation: Violation) => void = () => {},
  ) {
    this.cluster = new WatchedCluster(view, loop, options)
    this.log = new ViolationLog(this.cluster, onViolation)
    for (const invariant of invariants) this.enlist(invariant)
    const types = new Set<KafkaEvent['type']>([...TOUCHING, ...this.hearers.keys()])
    // A subscription for each type: who hears it need not be looked up at each event.
    const subscriptions = [...types].map((type) => {
      const hearers = this.hearers.get(type) ?? []
      return trace.subscribe([type], (event, context) => this.hear(event, hearers, context))
    })
    this.ends = [...subscriptions, loop.observe(this)]
  }

  /** In the order found, each once for each subject. */
  get violations(): readonly Violation[] {
    return this.log.violations
  }

  /** What compaction did to a partition so far, and what was committed there; undefined: nothing. */
  compactionOf(partition: string): { readonly forms: CompactedForms; readonly ledger: CommittedLedger } | undefined {
    const { forms, ledger } = this.cluster.find(partition) ?? {}
    return forms === undefined || ledger === undefined ? undefined : { forms, ledger }
  }

  stop(): void {
    for (const end of this.ends) end()
  }

  /**
   * The world knows that a broker lost bytes of a partition's log that it had not synced (C2): to be called when the
   * power fails. `detail` says what, e.g. '3 batches'; `rests` are the segments that are shorter now.
   */
  lostUnsynced(broker: number, partition: string, detail: string, rests: readonly SegmentRest[] = []): void {
    const { cluster } = this
    if (rests.length > 0) {
      const home = cluster.partition(partition)
      home.hazard ??= new UpstreamHazard(cluster, home)
      home.hazard.lostTails(broker, rests)
    }
    const brokerEpoch = cluster.metadata?.brokers.get(broker)?.epoch ?? -1
    cluster.assumptions.lostUnsynced(cluster.partition(partition).replica(broker), brokerEpoch, detail, cluster.nowUs)
  }

  /** A power loss left zeros at the end of an index of this broker. */
  indexZeroed(broker: number): void {
    this.cluster.assumptions.zeroedIndex(broker, this.cluster.nowUs)
  }

  /** A power loss took back that checkpoints of this broker were replaced: what they say is older than what was told. */
  checkpointsUndone(broker: number): void {
    for (const partition of this.cluster.partitions) {
      const { written } = partition.replica(broker)
      written.recoveryPoint = written.cleaned = -1
    }
  }

  onEvent(ordinal: number): void {
    const { touched, changed } = this
    if (this.cluster.metadata !== this.image) this.adoptImage()
    if (!this.heard) return
    // Before anyone reads what is left.
    for (const { replica, swap } of this.compacted) this.cluster.segmentsReplaced(replica, swap)
    for (let i = 0; i < touched.length; i++) this.bringUpToDate(touched[i]!, ordinal)
    for (let i = 0; i < touched.length; i++) touched[i]!.home.hazard?.update()
    for (let i = 0; i < changed.length; i++) changed[i]!.hazard?.update()
    for (let i = 0; i < touched.length; i++) {
      const replica = touched[i]!
      const { state } = replica
      if (state !== undefined) this.replicaChecks.of(state.role === 'leader', replica.happened).run(replica)
    }
    if (this.brokersChanged) {
      for (const partition of this.cluster.partitions) this.checkPartition(partition)
    } else for (let i = 0; i < changed.length; i++) this.checkPartition(changed[i]!)
    for (let i = 0; i < this.lastChecks.length; i++) {
      const last = this.lastChecks[i]!
      if (!last.heard) continue
      last.heard = last.check.looksAlways === true
      last.check.afterEvent!()
    }
    // By `pop`, which keeps the arrays' memory for the next event.
    for (let replica = touched.pop(); replica !== undefined; replica = touched.pop()) {
      replica.happened = 0
      replica.past.reported()
    }
    while (changed.length > 0) changed.pop()
    while (this.compacted.length > 0) this.compacted.pop()
    while (this.cluster.swaps.length > 0) this.cluster.swaps.pop()
    this.heard = false
    this.brokersChanged = false
  }

  private enlist(invariant: Invariant): void {
    const check = invariant.create(this.cluster, (subject, message, since, broker) =>
      this.log.add(invariant, subject, message, since, broker),
    )
    const atWork = { check, heard: check.looksAlways === true }
    for (const type of check.hears ?? []) this.hearers.set(type, [...(this.hearers.get(type) ?? []), atWork])
    this.replicaChecks.add(check)
    if (check.checkPartition !== undefined) this.partitionChecks.push(check)
    if (check.afterEvent !== undefined) this.lastChecks.push(atWork)
  }

  private hear(event: KafkaEvent, hearers: readonly AtWork[], context: TraceContext): void {
    // A fetch is only remembered: by itself it changes nothing that is checked.
    if (event.type !== 'follower-fetched') this.heard = true
    this.note(event)
    for (let i = 0; i < hearers.length; i++) {
      const hearer = hearers[i]!
      hearer.heard = true
      hearer.check.hear!(event, context)
    }
    // Only now, so that those who heard it could still see what was before.
    if (event.type === 'partition-changed')
      this.partitionChanged(this.cluster.partitionAsCommitted(event.partition), event)
  }

  private note(event: KafkaEvent): void {
    switch (event.type) {
      case 'log-appended':
        return this.touch(event.broker, event.partition, HAPPENED.appended)
      case 'log-truncated': {
        this.touch(event.broker, event.partition, HAPPENED.truncated)
        this.cluster.partition(event.partition).replica(event.broker).trail.truncated(event.toOffset)
        return
      }
      case 'log-start-changed': {
        const replica = this.cluster.partition(event.partition).replica(event.broker)
        replica.highestStart = Math.max(replica.highestStart, event.to)
        return this.touch(event.broker, event.partition, HAPPENED.highWatermark | HAPPENED.start)
      }
      case 'high-watermark-changed':
        return this.touch(event.broker, event.partition, HAPPENED.highWatermark)
      case 'role-changed':
        this.touch(event.broker, event.partition, HAPPENED.role)
        return this.roleChanged(event)
      case 'isr-view-changed':
        this.touch(event.broker, event.partition, HAPPENED.isr)
        return this.isrViewChanged(event)
      case 'segments-replaced':
        this.touch(event.broker, event.partition, HAPPENED.compacted)
        return this.replaced(this.cluster.partition(event.partition).replica(event.broker))
      case 'produce-answered':
        return this.touch(event.broker, event.partition, HAPPENED.answered)
      case 'bytes-rotted':
        return this.rotted(event)
      case 'fault-applied':
        if (event.verb === 'lying-sync') this.diskLies(event.targets)
        return
      case 'broker-state-changed':
        this.brokersChanged = true
        return this.brokerChanged(event)
      default:
        return
    }
  }

  /** What is not in the directory of a partition concerns all that have a replica there. */
  private rotted({ process, partition, path }: BytesRotted): void {
    const { cluster } = this
    const key = partition ?? partitionOfFile(path)
    const concerned = key === undefined ? cluster.partitions : [cluster.partition(key)]
    for (const one of concerned) cluster.assumptions.rotted(one, process, cluster.nowUs)
  }

  private diskLies(processes: readonly string[]): void {
    for (const process of processes) {
      const broker = /^broker-(\d+)$/.exec(process)?.[1]
      if (broker !== undefined) this.cluster.assumptions.lied(Number(broker), this.cluster.nowUs)
    }
  }

  private replaced(replica: WatchedReplica): void {
    const swap = this.cluster.stateOf(replica)?.log.lastSwap
    if (swap !== undefined) this.compacted.push({ replica, swap })
  }

  private touch(broker: number, key: string, what: number): void {
    const replica = this.cluster.partition(key).replica(broker)
    if (replica.happened === 0) this.touched.push(replica)
    replica.happened |= what
  }

  private roleChanged({ broker, partition: key, role, leaderEpoch }: RoleChanged): void {
    const replica = this.cluster.partition(key).replica(broker)
    replica.tookRole(role === 'leader' ? leaderEpoch : -1, this.cluster.stateOf(replica)?.log)
    if (role !== 'leader' || replica.highestStart === 0) return
    const log = this.cluster.stateOf(replica)?.log
    if (log === undefined || !replica.hasForgottenEpochs(log)) return
    replica.home.hazard ??= new UpstreamHazard(this.cluster, replica.home)
    replica.home.hazard.lostEpochs(broker, log.logStartOffset, replica.highestStart)
  }

  private isrViewChanged({ broker, partition: key, maximalIsr, error }: IsrViewChanged): void {
    const partition = this.cluster.partition(key)
    const replica = partition.replica(broker)
    if (error === REPLACED_IN_SAME_EPOCH) {
      const members = replica.waitsFor.filter((member) => !maximalIsr.includes(member))
      const leader = this.cluster.stateOf(replica)
      if (members.length > 0 && leader !== undefined) {
        partition.hazard ??= new UpstreamHazard(this.cluster, partition)
        partition.hazard.forgot(members, broker, leader.leaderEpoch, leader.partitionEpoch)
      }
    }
    replica.waitsFor = maximalIsr
  }

  private brokerChanged(event: BrokerStateChanged): void {
    const { broker, brokerEpoch, state } = event
    const overtaken = this.cluster.fencedInOffice.brokerChanged(event)
    if (overtaken !== null) this.registrationOvertook(broker, overtaken)
    if (state !== 'fenced' && state !== 'registered') return
    for (const partition of this.cluster.partitions)
      this.cluster.assumptions.registrationEnded(partition, broker, brokerEpoch, state === 'fenced')
  }

  private registrationOvertook(broker: number, text: string): void {
    for (const partition of this.cluster.partitions) {
      if (partition.committed?.isr.includes(broker) !== true) continue
      this.cluster.fencedInOffice.leftInIsr(partition, broker)
      partition.hazard ??= new UpstreamHazard(this.cluster, partition)
      partition.hazard.overtook(broker, text)
    }
  }

  private partitionChanged(partition: WatchedPartition, now: CommittedPartition): void {
    const { fencedInOffice, metadata } = this.cluster
    fencedInOffice.partitionChanged(partition, now, (broker) => metadata?.brokers.get(broker)?.fenced !== false)
    partition.becomes(now, this.cluster.ordinal)
    this.cluster.assumptions.judgeLosses(partition)
    if (!this.changed.includes(partition)) this.changed.push(partition)
  }

  private bringUpToDate(replica: WatchedReplica, ordinal: number): void {
    const state = this.cluster.stateOf(replica)
    replica.state = state
    if (state === undefined) return
    const { trail, home } = replica
    trail.catchUp(state.log, ordinal)
    if (state.role === 'leader') {
      if (trail.commitTo(state.log.highWatermark, ordinal)) {
        replica.happened |= HAPPENED.committed
        home.compareAll()
        this.cluster.assumptions.judgeLosses(home)
      }
    }
    if (trail.differsFrom >= 0 || state.log.highWatermark > home.ledger.endOffset) home.disagreeing.add(replica)
    else if (home.disagreeing.size > 0) home.disagreeing.delete(replica)
    if (replica.past.isOdd) replica.happened |= HAPPENED.oddPast
    if (replica.loss !== null) this.cluster.assumptions.recovered(replica)
  }

  private checkPartition(partition: WatchedPartition): void {
    if (partition.committed === undefined) return
    if (this.cluster.isGone(partition)) return this.cluster.forget(partition)
    for (let i = 0; i < this.partitionChecks.length; i++) this.partitionChecks[i]!.checkPartition!(partition)
  }

  /** Another controller process: it need not have told of what it found committed. */
  private adoptImage(): void {
    const image = this.cluster.metadata
    if (image === undefined) return
    this.image = image
    for (const topic of image.topics.values()) {
      for (const state of topic.partitions) {
        const partition = this.cluster.partitionAsCommitted(state.key)
        if ((partition.committed?.partitionEpoch ?? -1) < state.partitionEpoch) this.partitionChanged(partition, state)
        for (const member of state.replicas) {
          const broker = image.brokers.get(member)
          if (broker !== undefined)
            this.cluster.assumptions.registrationEnded(partition, member, broker.epoch, broker.fenced)
        }
      }
    }
    if (this.changed.length > 0) this.heard = true
  }
}

const TOUCHING = [
  'log-appended',
  'log-truncated',
  'high-watermark-changed',
  'log-start-changed',
  'role-changed',
  'isr-view-changed',
  'segments-replaced',
  'produce-answered',
  'partition-changed',
  'broker-state-changed',
  'bytes-rotted',
  'fault-applied',
] as const
