// What is remembered of one replica between events, whether its process runs or not.

import type { ObservedReplica } from './cluster-view.ts'
import { ReplicaTrail } from './replica-trail.ts'
import type { WatchedPartition } from './watched-partition.ts'

/** What happened to a replica in an event: a set of bits. */
export const HAPPENED = { appended: 1, truncated: 2, highWatermark: 4, role: 8, isr: 16, answered: 32 } as const

export class WatchedReplica {
  readonly broker: number
  readonly home: WatchedPartition
  /** A small number, unique in the run: checks keep what they remember of replicas in arrays. */
  readonly index: number
  readonly trail: ReplicaTrail
  /** The replica at the end of the last event that touched it; undefined if its process did not run. */
  state: ObservedReplica | undefined = undefined
  /** HAPPENED bits of the event being executed; 0 outside. */
  happened = 0
  /** It lost what it had not synced, and has not been seen to hold everything committed since. */
  lossy = false

  constructor(broker: number, home: WatchedPartition, index: number) {
    this.broker = broker
    this.home = home
    this.index = index
    this.trail = new ReplicaTrail(home.ledger)
  }

  /** It leads, and the controller knows no later leader epoch. */
  get isCurrentLeader(): boolean {
    const { state } = this
    const { committed } = this.home
    return (
      state !== undefined &&
      state.role === 'leader' &&
      committed !== undefined &&
      committed.leader === this.broker &&
      committed.leaderEpoch === state.leaderEpoch
    )
  }
}
