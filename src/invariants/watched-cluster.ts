// The whole world as invariants see it: what is now, and what is remembered of it.

import type { EventLoop } from '../../sim/event-loop.ts'
import type { ClientLibrary } from '../client/partitioners/make-partitioner.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import { type MetadataImage, RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import type { Defects } from '../switches/defects.ts'
import { Assumptions } from './assumptions.ts'
import { type ControllerFix, FencedInOffice } from './fenced-in-office.ts'
import type { ClusterView, ObservedReplica } from './cluster-view.ts'
import { CompactedForms } from './compaction/compacted-forms.ts'
import { judgeSwap, LatestOfKeys, type SegmentSwap, type SwapProblem } from './compaction/segment-swaps.ts'
import { WatchedPartition } from './watched-partition.ts'
import type { WatchedReplica } from './watched-replica.ts'

const MIN_ISR = 'min.insync.replicas'
const DELETE_RETENTION = 'delete.retention.ms'
const DAY_MS = 86_400_000

/** What the cleaner of a broker did in the event being executed, judged. */
export interface JudgedSwap {
  readonly partition: WatchedPartition
  readonly broker: number
  readonly problems: readonly SwapProblem[]
}

/** How a producer is set, and what it is written with. */
export interface WatchedProducer {
  readonly config: ProducerConfig
  readonly library: ClientLibrary
}

export interface WatchOptions {
  /** Known defects that the cluster has: C4 is broken from the start. Default: none. */
  readonly defects?: Defects
  /** Does this broker's version hold the high watermark while the ISR is below the minimum (3.7, R-76)? Default: yes. */
  readonly hwMinIsrGate?: (broker: number) => boolean
  /** `min.insync.replicas` of the brokers, for topics that say nothing. Default 1. */
  readonly minInsyncReplicas?: number
  /** `log.cleaner.delete.retention.ms` of the brokers, likewise. Default: Kafka's, a day. */
  readonly deleteRetentionMs?: number | undefined
  /** `unclean.leader.election.enable` in the controller's own config. Default false. */
  readonly uncleanElectionEnabled?: boolean
  /** Does the controller's version look at that config (3.9, R-102)? Default: yes. */
  readonly uncleanElectionByConfig?: boolean
  /** The producer of this name (`web[0]`, `web[0]/2`). Default: nobody knows. */
  readonly producerOf?: (client: string) => WatchedProducer | undefined
  /** Fixes that the controller's own release does not have yet. Default none. */
  readonly controllerLacks?: readonly ControllerFix[]
}

export class WatchedCluster {
  readonly view: ClusterView
  readonly assumptions: Assumptions
  readonly hwMinIsrGate: (broker: number) => boolean
  readonly uncleanElectionEnabled: boolean
  readonly uncleanElectionByConfig: boolean
  readonly producerOf: (client: string) => WatchedProducer | undefined
  readonly fencedInOffice: FencedInOffice
  /** Emptied after each event. */
  readonly swaps: JudgedSwap[] = []
  private readonly latestOfKeys = new LatestOfKeys()
  private readonly minInsyncReplicas: number
  private readonly deleteRetentionMs: number
  /** By topic. */
  private readonly deleteRetentions = new Map<string, number>()
  private readonly loop: EventLoop
  private readonly byKey = new Map<string, WatchedPartition>()
  private readonly gone = new Map<string, WatchedPartition>()
  private last: WatchedPartition | undefined = undefined
  private replicaCount = 0

  constructor(view: ClusterView, loop: EventLoop, options: WatchOptions) {
    this.view = view
    this.loop = loop
    this.fencedInOffice = new FencedInOffice(options.controllerLacks ?? [], () => loop.nowUs)
    this.assumptions = new Assumptions(options.defects ?? { onPurpose: [], missingFixes: [] }, this.fencedInOffice)
    this.hwMinIsrGate = options.hwMinIsrGate ?? (() => true)
    this.producerOf = options.producerOf ?? (() => undefined)
    this.minInsyncReplicas = options.minInsyncReplicas ?? 1
    this.deleteRetentionMs = options.deleteRetentionMs ?? DAY_MS
    this.uncleanElectionEnabled = options.uncleanElectionEnabled ?? false
    this.uncleanElectionByConfig = options.uncleanElectionByConfig ?? true
  }

  get nowUs(): number {
    return this.loop.nowUs
  }

  /** Of the event being executed. */
  get ordinal(): number {
    return this.loop.executed
  }

  get metadata(): MetadataImage | undefined {
    return this.view.metadata
  }

  get partitions(): Iterable<WatchedPartition> {
    return this.byKey.values()
  }

  partition(key: string): WatchedPartition {
    // What an event does, it mostly does to one partition.
    const { last } = this
    if (last !== undefined && last.key === key) return last
    const partition = this.byKey.get(key) ?? this.watch(key)
    this.last = partition
    return partition
  }

  /** Its topic was deleted: nothing is asked of it any more, and of who holds it still. */
  forget(partition: WatchedPartition): void {
    if (this.byKey.get(partition.key) !== partition) return
    this.byKey.delete(partition.key)
    this.last = undefined
    this.gone.set(partition.key, partition)
  }

  find(key: string): WatchedPartition | undefined {
    return this.byKey.get(key)
  }

  /** As `partition`; if the topic was deleted and made anew, nothing of the old one counts any more. */
  partitionAsCommitted(key: string): WatchedPartition {
    const partition = this.partition(key)
    const topicId = this.metadata?.topics.get(partition.topic)?.id
    return topicId === undefined || topicId === partition.topicId ? partition : this.watch(key)
  }

  /** The replica as it is now; undefined if its process does not run, or does not host it but one of another topic. */
  stateOf(replica: WatchedReplica): ObservedReplica | undefined {
    const state = this.view.partitionsOf(replica.broker)?.get(replica.home.key)
    return state !== undefined && state.topicId === replica.home.topicId ? state : undefined
  }

  /** Its topic is deleted: what the controller said of it last means nothing any more. */
  isGone(partition: WatchedPartition): boolean {
    const { metadata } = this
    return metadata !== undefined && metadata.topics.get(partition.topic)?.id !== partition.topicId
  }

  /** It runs, and has not been restarted since its trail was read: what the trail says is so. */
  isRunning(replica: WatchedReplica): boolean {
    const { log } = replica.trail
    return log !== undefined && this.stateOf(replica)?.log === log
  }

  /** Where the log of the leader in office starts; 0 while nobody is. */
  startInOffice({ committed, replicas }: WatchedPartition): number {
    const leader = replicas.find(({ broker }) => broker === committed?.leader)
    if (leader?.isCurrentLeader !== true) return 0
    return this.stateOf(leader)?.log.logStartOffset ?? 0
  }

  /** The cleaner of this replica put a segment in the place of others. */
  segmentsReplaced(replica: WatchedReplica, swap: SegmentSwap): void {
    const { home, broker } = replica
    const log = this.stateOf(replica)?.log
    if (log === undefined) return
    home.forms ??= new CompactedForms()
    const context = { forms: home.forms, log, deleteRetentionMs: this.deleteRetentionOf(home.topic) }
    this.swaps.push({ partition: home, broker, problems: judgeSwap(swap, this.latestOfKeys, context) })
  }

  /** As the controller has it; while none runs, as it was known last. */
  private deleteRetentionOf(topic: string): number {
    const { metadata } = this
    if (metadata?.topics.has(topic) === true) {
      const said = metadata.configOf(RESOURCE_TYPE.topic, topic).get(DELETE_RETENTION)
      this.deleteRetentions.set(topic, Number(said ?? this.deleteRetentionMs))
    }
    return this.deleteRetentions.get(topic) ?? this.deleteRetentionMs
  }

  /** `min.insync.replicas` of the topic, as the controller has it. */
  minIsrOf(topic: string): number {
    const { metadata } = this
    const said = metadata?.configOf(RESOURCE_TYPE.topic, topic).get(MIN_ISR)
    const byDefault = metadata?.configOf(RESOURCE_TYPE.broker, '').get(MIN_ISR)
    return Number(said ?? byDefault ?? this.minInsyncReplicas)
  }

  private watch(key: string): WatchedPartition {
    const topic = key.slice(0, key.lastIndexOf('-'))
    const topicId = this.metadata?.topics.get(topic)?.id ?? ''
    const former = this.byKey.get(key) ?? this.gone.get(key)
    const known = former !== undefined && former.topicId !== '' ? former : undefined
    const partition = new WatchedPartition(key, topicId, () => this.replicaCount++, known)
    this.byKey.set(key, partition)
    this.last = undefined
    return partition
  }
}
