// The whole world as invariants see it: what is now, and what is remembered of it.

import type { EventLoop } from '../../sim/event-loop.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { Defects } from '../switches/defects.ts'
import { Assumptions } from './assumptions.ts'
import type { ClusterView, ObservedReplica } from './cluster-view.ts'
import { WatchedPartition } from './watched-partition.ts'
import type { WatchedReplica } from './watched-replica.ts'

export interface WatchOptions {
  /** Known defects that the cluster has: C4 is broken from the start. Default: none. */
  readonly defects?: Defects
  /** Does this broker's version hold the high watermark while the ISR is below the minimum (3.7, R-76)? Default: yes. */
  readonly hwMinIsrGate?: (broker: number) => boolean
  /** `unclean.leader.election.enable` in the controller's own config. Default false. */
  readonly uncleanElectionEnabled?: boolean
}

export class WatchedCluster {
  readonly view: ClusterView
  readonly assumptions: Assumptions
  readonly hwMinIsrGate: (broker: number) => boolean
  readonly uncleanElectionEnabled: boolean
  private readonly loop: EventLoop
  private readonly byKey = new Map<string, WatchedPartition>()
  private replicaCount = 0

  constructor(view: ClusterView, loop: EventLoop, options: WatchOptions) {
    this.view = view
    this.loop = loop
    this.assumptions = new Assumptions(options.defects ?? { onPurpose: [], missingFixes: [] })
    this.hwMinIsrGate = options.hwMinIsrGate ?? (() => true)
    this.uncleanElectionEnabled = options.uncleanElectionEnabled ?? false
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
    return this.byKey.get(key) ?? this.watch(key)
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

  /** The replica as it is now; undefined if its process does not run, or does not host it. */
  stateOf(replica: WatchedReplica): ObservedReplica | undefined {
    return this.view.partitionsOf(replica.broker)?.get(replica.home.key)
  }

  /** It runs, and has not been restarted since its trail was read: what the trail says is so. */
  isRunning(replica: WatchedReplica): boolean {
    const { log } = replica.trail
    return log !== undefined && this.stateOf(replica)?.log === log
  }

  private watch(key: string): WatchedPartition {
    const topic = key.slice(0, key.lastIndexOf('-'))
    const topicId = this.metadata?.topics.get(topic)?.id ?? ''
    const partition = new WatchedPartition(key, topicId, () => this.replicaCount++)
    this.byKey.set(key, partition)
    return partition
  }
}
