// IC-1. What an application is handed of a partition goes on where it ended, from when it has the partition until it is given
// it anew or its position is moved. Between two records that it is handed nothing is committed that it is not handed, unless
// compaction may have taken it; nor before the first, behind what its group had ever said of the partition. (A coordinator
// of yesterday may know less than that: who reads something again is found out elsewhere.)

import { RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import type {
  GroupOffsetCommitted,
  GroupOffsetRemoved,
  MemberStarted,
  PartitionsAssigned,
} from '../trace/group-event.ts'
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
  /** The offset it must go on from; −1 before it was handed anything. */
  next: number
  /** The furthest that its group had committed when it was given the partition; −1 if nothing, or if it goes by something else. */
  begin: number
  ordinal: number
}

type Heard =
  | RecordsDelivered
  | PositionMoved
  | PartitionsAssigned
  | GroupOffsetCommitted
  | GroupOffsetRemoved
  | MemberStarted
  | ProcessChanged
  | FaultApplied

const CONSUMER_PROCESS = 'consumer-'

class ConsumerReadsOn implements InvariantCheck {
  readonly hears = [
    'records-delivered',
    'position-moved',
    'partitions-assigned',
    'member-started',
    'group-offset-committed',
    'group-offset-removed',
    'process-changed',
    'fault-applied',
  ] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By client, then by partition. */
  private readonly places = new Map<string, Map<string, Place>>()
  /** By group and partition, the furthest commit that a coordinator took. */
  private readonly committed = new Map<string, number>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: Heard): void {
    switch (event.type) {
      case 'records-delivered':
        return this.delivered(event)
      case 'position-moved': {
        const place = this.places.get(event.client)?.get(event.partition)
        if (place === undefined) return
        if (place.next >= 0) place.next = event.to
        else place.begin = -1
        return
      }
      case 'partitions-assigned':
        return this.assigned(event)
      case 'group-offset-committed': {
        const key = `${event.group} ${event.partition}`
        this.committed.set(key, Math.max(event.offset, this.committed.get(key) ?? -1))
        return
      }
      case 'group-offset-removed':
        return this.removed(event)
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

  private assigned({ client, group, added }: PartitionsAssigned): void {
    for (const partition of added) {
      this.places.get(client)?.delete(partition)
      this.placeOf(client, partition).begin = this.committed.get(`${group} ${partition}`) ?? -1
    }
  }

  /** Whoever asks now is told that there is none. */
  private removed({ group, partition }: GroupOffsetRemoved): void {
    this.committed.delete(`${group} ${partition}`)
    for (const places of this.places.values()) {
      const place = places.get(partition)
      if (place !== undefined && place.next < 0) place.begin = -1
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
    const begin = place.begin < 0 ? first.offset : Math.min(place.begin, first.offset)
    let next = place.next < 0 ? begin : place.home === home ? place.next : first.offset
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
      place = { home: undefined, next: -1, begin: -1, ordinal: this.cluster.ordinal }
      places.set(key, place)
    }
    return place
  }
}

export const consumerReadsOn: Invariant = {
  id: 'consumer-reads-on',
  rule: 'IC-1',
  statement:
    'An application is handed the records of a partition in order, each once and none left out, from where its group left off.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new ConsumerReadsOn(cluster, report),
}
