// IC-1. What an application is handed of a partition goes on where it ended, from when it has the partition until it is given
// it anew or its position is moved. Between two records that it is handed nothing is committed that it is not handed, unless
// compaction may have taken it.

import { RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import type { MemberStarted, PartitionsAssigned } from '../trace/group-event.ts'
import {
  DEADLY_VERBS,
  type FaultApplied,
  type PositionMoved,
  type ProcessChanged,
  type RecordsDelivered,
} from '../trace/kafka-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'

interface Place {
  /** Topics of one name may follow each other. */
  home: WatchedPartition | undefined
  /** The offset it must go on from. */
  next: number
  ordinal: number
}

const CONSUMER_PROCESS = 'consumer-'

class ConsumerReadsOn implements InvariantCheck {
  readonly hears = [
    'records-delivered',
    'position-moved',
    'partitions-assigned',
    'member-started',
    'process-changed',
    'fault-applied',
  ] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By client, then by partition. */
  private readonly places = new Map<string, Map<string, Place>>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(
    event: RecordsDelivered | PositionMoved | PartitionsAssigned | MemberStarted | ProcessChanged | FaultApplied,
  ): void {
    switch (event.type) {
      case 'records-delivered':
        return this.delivered(event)
      case 'position-moved': {
        const place = this.places.get(event.client)?.get(event.partition)
        if (place !== undefined) place.next = event.to
        return
      }
      case 'partitions-assigned': {
        const places = this.places.get(event.client)
        if (places !== undefined) for (const partition of event.added) places.delete(partition)
        return
      }
      case 'member-started':
        this.places.delete(event.client)
        return
      case 'process-changed':
        return this.processGone(event.process)
      case 'fault-applied':
        if (DEADLY_VERBS.has(event.verb)) for (const process of event.targets) this.processGone(process)
        return
      default:
        return event satisfies never
    }
  }

  private processGone(process: string): void {
    if (process.startsWith(CONSUMER_PROCESS)) this.places.delete(process.slice(CONSUMER_PROCESS.length))
  }

  private delivered({ client, partition: key, records }: RecordsDelivered): void {
    const first = records[0]
    if (first === undefined) return
    const home = this.cluster.find(key)
    const place = this.placeOf(client, key)
    let next = place.next >= 0 && place.home === home ? place.next : first.offset
    let wrong = -1
    for (let i = 0; i < records.length; i++) {
      const { offset } = records[i]!
      if (offset > next) this.lookBetween(client, key, home, next, offset, place.ordinal)
      else if (offset < next && wrong < 0) wrong = offset
      next = offset + 1
    }
    if (wrong >= 0) {
      const text = `${client} is handed offset ${wrong} again, or out of order: it was to go on from ${place.next}`
      this.report(key, text, place.ordinal)
    }
    place.home = home
    place.next = next
    place.ordinal = this.cluster.ordinal
  }

  private lookBetween(
    client: string,
    key: string,
    home: WatchedPartition | undefined,
    next: number,
    offset: number,
    ordinal: number,
  ): void {
    const ledger = home?.ledger
    if (ledger === undefined || this.isCompacted(key)) return
    const index = ledger.indexOf(next)
    const isNothing = index >= ledger.size || ledger.baseOffset(index) >= offset
    if (isNothing) return
    this.report(
      key,
      `${client} is handed offset ${offset}, and was to go on from ${next}, where there is a record`,
      ordinal,
    )
  }

  private isCompacted(key: string): boolean {
    const topic = key.slice(0, key.lastIndexOf('-'))
    const policy = this.cluster.metadata?.configOf(RESOURCE_TYPE.topic, topic).get('cleanup.policy')
    return policy?.includes('compact') === true
  }

  private placeOf(client: string, key: string): Place {
    let places = this.places.get(client)
    if (places === undefined) {
      places = new Map()
      this.places.set(client, places)
    }
    let place = places.get(key)
    if (place === undefined) {
      place = { home: undefined, next: -1, ordinal: this.cluster.ordinal }
      places.set(key, place)
    }
    return place
  }
}

export const consumerReadsOn: Invariant = {
  id: 'consumer-reads-on',
  rule: 'IC-1',
  statement:
    'An application is handed the records of a partition in order, each once and none left out, while it has it.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new ConsumerReadsOn(cluster, report),
}
