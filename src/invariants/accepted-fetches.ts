// What leaders took note of, remembered outside of them: the last fetch of each follower that a leader accepted, and in
// which of its epochs. A leader that trusts what it has no right to cannot hide it here.

export class AcceptedFetches {
  /** By index of the leader's replica: offset and epoch of each follower's last fetch. */
  private readonly byLeader: (Map<number, Fetch> | undefined)[] = []

  note(leader: number, follower: number, offset: number, epoch: number): void {
    let fetches = this.byLeader[leader]
    if (fetches === undefined) {
      fetches = new Map()
      while (this.byLeader.length < leader) this.byLeader.push(undefined)
      this.byLeader[leader] = fetches
    }
    const fetch = fetches.get(follower)
    if (fetch === undefined) fetches.set(follower, { offset, epoch })
    else {
      fetch.offset = offset
      fetch.epoch = epoch
    }
  }

  /** The offset of the last one, if the leader accepted it in `sinceEpoch` or later; else −1. */
  offsetSince(sinceEpoch: number, leader: number, follower: number): number {
    const fetch = this.byLeader[leader]?.get(follower)
    return fetch === undefined || fetch.epoch < sinceEpoch ? -1 : fetch.offset
  }
}

interface Fetch {
  offset: number
  epoch: number
}
