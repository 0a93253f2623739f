// What a probe may look at while a run goes on: the trace, the logs of running brokers, what the controller committed.

import type { ObservedReplica } from '../invariants/cluster-view.ts'
import type { PartitionState } from '../metadata/partition-state.ts'
import type { SimulatedCluster } from '../scenario/cluster/simulated-cluster.ts'
import type { KafkaEvent, PartitionChanged } from '../trace/kafka-event.ts'

type EventOf<Type extends KafkaEvent['type']> = Extract<KafkaEvent, { readonly type: Type }>

/** How kinds of frames that ask for something end. */
const REQUEST = '.request'

export class Witness {
  readonly cluster: SimulatedCluster
  /** Label of the row; '' without a matrix. */
  readonly row: string

  constructor(cluster: SimulatedCluster, row: string) {
    this.cluster = cluster
    this.row = row
  }

  on<Type extends KafkaEvent['type']>(type: Type, hear: (event: EventOf<Type>, atMs: number) => void): void {
    this.cluster.world.trace.subscribe([type], (event, { atUs }) => {
      if (isOf(event, type)) hear(event, atUs / 1000)
    })
  }

  /** Each change of a partition that has been created before, as the controller committed it. */
  onChange(hear: (now: PartitionChanged, before: PartitionChanged, atMs: number) => void): void {
    const last = new Map<string, PartitionChanged>()
    this.on('partition-changed', (now, atMs) => {
      const before = last.get(now.partition)
      last.set(now.partition, now)
      if (before !== undefined && before.partitionEpoch !== now.partitionEpoch) hear(now, before, atMs)
    })
  }

  /** After every event. */
  always(look: (nowMs: number) => void): void {
    const { loop } = this.cluster.world
    loop.observe({ onEvent: () => look(loop.nowUs / 1000) })
  }

  /** Each request that reaches a broker, by its API. */
  onRequest(hear: (api: string) => void): void {
    const { loop } = this.cluster.world
    loop.observe({
      onEvent: (ordinal) => {
        const event = loop.recorded?.event(ordinal)
        if (event?.node.startsWith('broker-') !== true || !event.kind.endsWith(REQUEST)) return
        hear(event.kind.slice(0, -REQUEST.length))
      },
    })
  }

  replica(broker: number, partition: string): ObservedReplica | undefined {
    return this.cluster.partitionsOf(broker)?.get(partition)
  }

  /** −1 if the broker does not run. */
  logEnd(broker: number, partition: string): number {
    return this.replica(broker, partition)?.log.logEndOffset ?? -1
  }

  /** −1 if the broker does not run. */
  highWatermark(broker: number, partition: string): number {
    return this.replica(broker, partition)?.log.highWatermark ?? -1
  }

  /** As the controller committed it. */
  committed(partition: string): PartitionState | undefined {
    for (const { partitions } of this.cluster.metadata?.topics.values() ?? []) {
      const state = partitions.find(({ key }) => key === partition)
      if (state !== undefined) return state
    }
    return undefined
  }

  /** Brokers that run and whose log goes beyond this offset. */
  holders(partition: string, offset: number): number[] {
    return this.cluster.brokerIds.filter((broker) => this.logEnd(broker, partition) > offset)
  }
}

function isOf<Type extends KafkaEvent['type']>(event: KafkaEvent, type: Type): event is EventOf<Type> {
  return event.type === type
}
