// Which invariants look at a replica after an event: those that what happened to it concerns. Found once for each
// combination of what can happen, so that the many appends and fetches cost only the checks they can break.

import type { InvariantCheck } from './invariant.ts'
import { ANYTHING, type WatchedReplica } from './watched-replica.ts'

type Check = (replica: WatchedReplica) => void

class CheckList {
  private readonly checks: readonly Check[]

  constructor(checks: readonly Check[]) {
    this.checks = checks
  }

  run(replica: WatchedReplica): void {
    const { checks } = this
    for (let i = 0; i < checks.length; i++) checks[i]!(replica)
  }
}

interface Entry {
  readonly leader: number
  readonly follower: number
  readonly check: Check
}

export class ReplicaChecks {
  private readonly entries: Entry[] = []
  private readonly ofLeader: (CheckList | undefined)[] = []
  private readonly ofFollower: (CheckList | undefined)[] = []

  constructor() {
    for (let happened = 0; happened <= ANYTHING; happened++) {
      this.ofLeader.push(undefined)
      this.ofFollower.push(undefined)
    }
  }

  /** Before the first event. Checks run in the order they were added. */
  add(check: InvariantCheck): void {
    if (check.checkReplica === undefined) return
    const { leader, follower } = check.concerns ?? { leader: ANYTHING, follower: ANYTHING }
    this.entries.push({ leader, follower, check: (replica) => check.checkReplica!(replica) })
  }

  /** For a replica that leads, or does not, and to which `happened` happened. */
  of(leads: boolean, happened: number): CheckList {
    const lists = leads ? this.ofLeader : this.ofFollower
    return lists[happened] ?? this.make(lists, leads, happened)
  }

  private make(lists: (CheckList | undefined)[], leads: boolean, happened: number): CheckList {
    const concerned = this.entries.filter(({ leader, follower }) => ((leads ? leader : follower) & happened) !== 0)
    const list = new CheckList(concerned.map(({ check }) => check))
    lists[happened] = list
    return list
  }
}
