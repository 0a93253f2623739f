// Where the replicas of new partitions go: Kafka's striped placement. Racks in order, one replica per rack in
// turn, starting one further for each partition; fenced brokers only after unfenced ones.

import { assert, type Rng } from '../../sim/index.ts'

export interface PlaceableBroker {
  readonly id: number
  readonly rack: string | null
  readonly fenced: boolean
}

export type PlacementResult =
  | { readonly ok: true; readonly replicas: readonly (readonly number[])[] }
  | { readonly ok: false; readonly reason: string }

/** Replica lists of `partitions` new partitions. `brokers` excludes those in controlled shutdown. */
export function placeReplicas(
  brokers: readonly PlaceableBroker[],
  partitions: number,
  replicationFactor: number,
  rng: Rng,
): PlacementResult {
  if (replicationFactor < 1) return refused(`Invalid replication factor ${replicationFactor}: it must be at least 1.`)
  if (brokers.every((broker) => broker.fenced)) return refused('All brokers are currently fenced.')
  if (replicationFactor > brokers.length) {
    return refused(
      `The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} broker(s) are registered.`,
    )
  }
  const racks = new RackList(brokers, rng)
  const replicas: number[][] = []
  for (let i = 0; i < partitions; i++) replicas.push(racks.place(replicationFactor))
  return { ok: true, replicas }
}

function refused(reason: string): PlacementResult {
  return { ok: false, reason }
}

/** A ring of brokers that is handed out from a moving start. */
class Ring {
  private readonly ids: number[]
  private offset = 0
  private epoch = 0
  private index = 0

  constructor(ids: readonly number[]) {
    this.ids = [...ids]
  }

  get size(): number {
    return this.ids.length
  }

  begin(rng: Rng): void {
    this.ids.sort((a, b) => a - b)
    this.offset = this.ids.length === 0 ? 0 : rng.below(this.ids.length)
  }

  reshuffle(rng: Rng): void {
    const mixed = rng.shuffled(this.ids)
    this.ids.splice(0, this.ids.length, ...mixed)
  }

  /** The next unused broker of this placement round, or −1. Each round starts one further. */
  next(epoch: number): number {
    if (this.epoch !== epoch) {
      this.epoch = epoch
      this.index = 0
      this.offset = this.ids.length === 0 ? 0 : (this.offset + 1) % this.ids.length
    }
    if (this.index >= this.ids.length) return -1
    const id = this.ids[(this.offset + this.index) % this.ids.length]
    this.index += 1
    return id ?? -1
  }
}

class Rack {
  private readonly unfenced: Ring
  private readonly fenced: Ring

  constructor(brokers: readonly PlaceableBroker[], rng: Rng) {
    this.unfenced = new Ring(brokers.filter((broker) => !broker.fenced).map((broker) => broker.id))
    this.fenced = new Ring(brokers.filter((broker) => broker.fenced).map((broker) => broker.id))
    this.fenced.begin(rng)
    this.unfenced.begin(rng)
  }

  nextUnfenced(epoch: number): number {
    return this.unfenced.next(epoch)
  }

  next(epoch: number): number {
    const id = this.unfenced.next(epoch)
    return id >= 0 ? id : this.fenced.next(epoch)
  }

  reshuffle(rng: Rng): void {
    this.fenced.reshuffle(rng)
    this.unfenced.reshuffle(rng)
  }
}

class RackList {
  private racks: Rack[]
  private readonly rng: Rng
  private readonly unfencedCount: number
  private start: number
  private epoch = 0

  constructor(brokers: readonly PlaceableBroker[], rng: Rng) {
    const names = [...new Set(brokers.map((broker) => broker.rack ?? ''))].sort()
    this.rng = rng
    this.racks = names.map(
      (name) =>
        new Rack(
          brokers.filter((broker) => (broker.rack ?? '') === name),
          rng,
        ),
    )
    this.unfencedCount = brokers.filter((broker) => !broker.fenced).length
    this.start = rng.below(this.racks.length)
  }

  place(replicationFactor: number): number[] {
    // After as many partitions as unfenced brokers the pattern would repeat: mix the racks and rings anew.
    if (this.epoch === this.unfencedCount && this.unfencedCount > 1) {
      this.racks = this.rng.shuffled(this.racks)
      for (const rack of this.racks) rack.reshuffle(this.rng)
      this.epoch = 0
    }
    const count = this.racks.length
    const replicas: number[] = []
    // The first replica must be able to lead, so its rack may not be the one at the start.
    let first = this.start % count
    for (;;) {
      const id = this.rack(first).nextUnfenced(this.epoch)
      if (id >= 0) {
        replicas.push(id)
        break
      }
      first = (first + 1) % count
    }
    // The others go round the racks from the start, once past the rack that gave the first one.
    let skip = first
    for (let i = this.start % count; replicas.length < replicationFactor; i = (i + 1) % count) {
      if (i === skip) {
        skip = -1
        continue
      }
      const id = this.rack(i).next(this.epoch)
      if (id >= 0) replicas.push(id)
    }
    this.epoch += 1
    this.start = (this.start % count) + 1
    return replicas
  }

  private rack(index: number): Rack {
    const rack = this.racks[index]
    assert(rack !== undefined, 'rack index in range')
    return rack
  }
}
