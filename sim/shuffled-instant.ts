// Breaks ties at random: holds the events of the current instant that have not run yet, and draws the next one when it
// is to run. Cancelled, dropped and deferred events take no part, so they cannot change the draws of the others; for
// the same reason the rest keeps its order when one is taken out.

import type { EventId, EventStore } from './event-store.ts'
import type { Rng } from './random/rng.ts'

export class ShuffledInstant {
  private readonly store: EventStore
  private readonly rng: Rng
  private readonly ids: EventId[] = []

  constructor(store: EventStore, rng: Rng) {
    this.store = store
    this.rng = rng
  }

  /** To be called in order of scheduling. */
  add(id: EventId): void {
    this.ids.push(id)
  }

  /** Leaves out what is no longer pending, moves what belongs to the paused to their backlogs; how many are left. */
  settle(): number {
    const { ids, store } = this
    let kept = 0
    for (const id of ids) {
      const slot = store.slotOf(id)
      if (slot < 0) continue
      const owner = store.ownerOf(slot)
      if (owner.state === 'paused') owner.backlog.push(id)
      else ids[kept++] = id
    }
    ids.length = kept
    return kept
  }

  /** Draws one and returns its slot. To be called after `settle`, when that left any; one alone needs no draw. */
  take(): number {
    const { ids, store } = this
    const [id = 0] = ids.splice(ids.length === 1 ? 0 : this.rng.below(ids.length), 1)
    return store.slotOf(id)
  }
}
