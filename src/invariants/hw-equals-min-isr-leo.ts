// What people say of the high watermark, word for word, in the states where it must hold exactly (R-78 says where not): the
// leader is in office and knows the present ISR, no change of it is pending, it is at or above the minimum, every member has
// fetched and none lower than before, and no outsider that is behind could have held the high watermark back. Looked
// at only after events in which the leader must have tried to raise it.

import type { ObservedReplica } from './cluster-view.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

const TRIED = HAPPENED.appended | HAPPENED.highWatermark | HAPPENED.role
/** And more often than that it is noted how far followers are. */
const NOTED = TRIED | HAPPENED.isr | HAPPENED.truncated

/** How far each follower was seen to be in one tenure of one leader. */
class Tenure {
  readonly state: ObservedReplica
  readonly leaderEpoch: number
  readonly farthest = new Map<number, number>()

  constructor(state: ObservedReplica) {
    this.state = state
    this.leaderEpoch = state.leaderEpoch
  }
}

class HwEqualsMinIsrLeo implements InvariantCheck {
  readonly concerns = { leader: NOTED, follower: 0 }
  private readonly report: Report
  private readonly tenures: (Tenure | undefined)[] = []

  constructor(report: Report) {
    this.report = report
  }

  checkReplica(replica: WatchedReplica): void {
    const { state, happened, home, broker } = replica
    if (state === undefined || state.role !== 'leader') return
    const lowest = this.lowestLogEnd(replica, state)
    if ((happened & TRIED) === 0 || lowest < 0 || !replica.isCurrentLeader) return
    if (state.isrChangeInFlight || state.partitionEpoch !== home.committed?.partitionEpoch) return
    if (state.committedIsr.length < state.effectiveMinIsr) return
    const { highWatermark } = state.log
    if (highWatermark === lowest) return
    const members = `the ISR [${state.committedIsr.join(', ')}] of broker ${broker} in epoch ${state.leaderEpoch}`
    this.report(
      home.key,
      `the high watermark is ${highWatermark} and the least log end of ${members} is ${lowest}`,
      home.committedOrdinal,
    )
  }

  /** The least log end of the ISR as the leader knows it; −1 where it need not be the high watermark. */
  private lowestLogEnd(replica: WatchedReplica, state: ObservedReplica): number {
    const tenure = this.tenureOf(replica, state)
    let lowest = state.log.logEndOffset
    let leastOutside = Infinity
    let exact = true
    for (const id of state.assignedReplicas) {
      if (id === replica.broker) continue
      const end = state.remoteReplicas.get(id)?.logEndOffset ?? -1
      const inIsr = state.committedIsr.includes(id)
      if (end < (tenure.farthest.get(id) ?? 0)) exact = false
      else tenure.farthest.set(id, end)
      if (inIsr && end < lowest) lowest = end
      if (!inIsr && end < leastOutside) leastOutside = end
    }
    return exact && leastOutside >= lowest ? lowest : -1
  }

  private tenureOf({ index }: WatchedReplica, state: ObservedReplica): Tenure {
    let tenure = this.tenures[index]
    if (tenure === undefined || tenure.state !== state || tenure.leaderEpoch !== state.leaderEpoch) {
      tenure = new Tenure(state)
      while (this.tenures.length <= index) this.tenures.push(undefined)
      this.tenures[index] = tenure
    }
    return tenure
  }
}

export const hwEqualsMinIsrLeo: Invariant = {
  id: 'hw-equals-min-isr-leo',
  rule: 'RI-13',
  statement:
    'With a leader in office, a settled ISR at or above the minimum and every member heard of, the high watermark is the least log end of the ISR.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (_, report) => new HwEqualsMinIsrLeo(report),
}
