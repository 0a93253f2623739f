// IC-2. What a client commits unasked is what it has handed over, and nothing beyond: the offset after the last record, or
// where its position was moved to. Of a partition of which it has handed over nothing yet, its position is what it was told.

import type { CommitSent, MemberStarted, PartitionsAssigned } from '../trace/group-event.ts'
import type { PositionMoved, RecordsDelivered } from '../trace/kafka-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

interface Place {
  next: number
  ordinal: number
}

class ConsumerCommitsPosition implements InvariantCheck {
  readonly hears = [
    'commit-sent',
    'records-delivered',
    'position-moved',
    'partitions-assigned',
    'member-started',
  ] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** Of members of groups, by client, then by partition. */
  private readonly places = new Map<string, Map<string, Place>>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: CommitSent | RecordsDelivered | PositionMoved | PartitionsAssigned | MemberStarted): void {
    switch (event.type) {
      case 'commit-sent':
        return event.kind === 'auto' ? this.sent(event) : undefined
      case 'records-delivered': {
        const last = event.records.at(-1)
        if (last !== undefined) this.reaches(event.client, event.partition, last.offset + 1)
        return
      }
      case 'position-moved':
        return this.reaches(event.client, event.partition, event.to)
      case 'partitions-assigned':
        for (const partition of event.added) this.places.get(event.client)?.delete(partition)
        return
      case 'member-started':
        this.places.set(event.client, new Map())
        return
      default:
        return event satisfies never
    }
  }

  private reaches(client: string, partition: string, next: number): void {
    const places = this.places.get(client)
    if (places === undefined) return
    const place = places.get(partition)
    if (place === undefined) places.set(partition, { next, ordinal: this.cluster.ordinal })
    else {
      place.next = next
      place.ordinal = this.cluster.ordinal
    }
  }

  private sent({ client, group, generation, offsets }: CommitSent): void {
    const places = this.places.get(client)
    for (const { partition, offset } of offsets) {
      const place = places?.get(partition)
      if (place === undefined || offset <= place.next) continue
      const text = `${client} commits ${partition} = ${offset} of itself, in generation ${generation}, and has handed over up to ${place.next}`
      this.report(group, text, place.ordinal)
    }
  }
}

export const consumerCommitsPosition: Invariant = {
  id: 'consumer-commits-position',
  rule: 'IC-2',
  statement: 'A client that commits by itself commits nothing beyond what it has handed to its application.',
  assumes: ['C4'],
  create: (cluster, report) => new ConsumerCommitsPosition(cluster, report),
}
