// The first look at a run: which records ever lay at an offset, and the facts that help somebody who asked for one that
// is not there.

import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import { recordAt } from './records-in-log.ts'

export interface RecordId {
  readonly client: string
  readonly n: number
}

export class RecordScout {
  /** In the order they came. */
  readonly found: RecordId[] = []
  /** The highest end that a log of this partition ever had. */
  highestEnd = 0
  /** How many records each client was asked to send. */
  readonly sent = new Map<string, number>()
  private readonly cluster: SimulatedCluster

  constructor(cluster: SimulatedCluster, partition?: string, offset = -1) {
    this.cluster = cluster
    const { trace } = cluster.world
    trace.subscribe(['produce-invoked'], (event) => {
      if (event.type === 'produce-invoked') this.sent.set(event.client, event.n + 1)
    })
    if (partition === undefined) return
    trace.subscribe(['log-appended'], (event) => {
      if (event.type !== 'log-appended' || event.partition !== partition) return
      this.highestEnd = Math.max(this.highestEnd, event.lastOffset + 1)
      if (event.firstOffset <= offset && offset <= event.lastOffset) this.look(event.broker, partition, offset)
    })
  }

  get partitions(): string[] {
    return [...(this.cluster.metadata?.topics.values() ?? [])].flatMap(({ partitions }) =>
      partitions.map(({ key }) => key),
    )
  }

  /** Of the leader that counts; undefined without one. */
  logEndOffset(partition: string): number | undefined {
    for (const { name, partitions } of this.cluster.metadata?.topics.values() ?? []) {
      const index = partitions.find(({ key }) => key === partition)?.index
      const log = index === undefined ? undefined : this.cluster.currentLeader(name, index)?.log
      if (log !== undefined) return log.logEndOffset
    }
    return undefined
  }

  private look(broker: number, partition: string, offset: number): void {
    const log = this.cluster.partitionsOf(broker)?.get(partition)?.log
    const record = log === undefined ? undefined : recordAt(log, offset)
    if (record === undefined || record.client === '') return
    const { client, n } = record
    if (!this.found.some((known) => known.client === client && known.n === n)) this.found.push({ client, n })
  }
}
