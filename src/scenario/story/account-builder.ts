// What is known of one record while the run goes on: its steps, and which replicas hold it.

import type { SendOutcome } from '../../client/producer-outcome.ts'
import type { RecordId } from './record-scout.ts'
import type { StoryStep } from './record-story.ts'

export class WatchedPlace {
  readonly partition: string
  readonly offset: number
  readonly epochs: number[] = []
  /** The epoch in which it lies there, by broker. What a dead broker's disk holds counts. */
  readonly copies = new Map<number, number>()
  /** Replicas whose high watermark passed it since they have it. */
  readonly passed = new Set<number>()

  constructor(partition: string, offset: number) {
    this.partition = partition
    this.offset = offset
  }
}

export class AccountBuilder {
  readonly id: RecordId
  readonly steps: StoryStep[] = []
  readonly places: WatchedPlace[] = []
  outcome: SendOutcome | 'pending' = 'pending'
  acks = -1
  /** Of the partition it was first sent to; '' before. */
  partition = ''

  constructor(id: RecordId) {
    this.id = id
  }

  get name(): string {
    return `${this.id.client}#${this.id.n}`
  }

  placeAt(partition: string, offset: number): WatchedPlace | undefined {
    return this.places.find((place) => place.partition === partition && place.offset === offset)
  }

  /** It was found there in a leader's log. */
  addPlace(partition: string, offset: number): WatchedPlace {
    const known = this.placeAt(partition, offset)
    if (known !== undefined) return known
    const place = new WatchedPlace(partition, offset)
    this.places.push(place)
    return place
  }

  isAbout(partition: string): boolean {
    return this.partition === partition || this.places.some((place) => place.partition === partition)
  }
}
