// KU-9: partitions that nobody of a group will ever notice. A static leader that comes back is told to go on with the
// assignment there is (KIP-814), and takes the metadata it finds for what that assignment was made of: what came while it
// was away it takes for known.

import type { TraceBus } from '../../sim/index.ts'
import type { KafkaEvent } from '../trace/kafka-event.ts'

const HEARD = ['partition-changed', 'group-changed', 'group-member-changed', 'group-join-answered'] as const

interface Watched {
  /** When the last join phase ended. */
  rebalancedUs: number
  /** When a leader last came back to its place, and was told that it leads. */
  returnedUs: number
  /** Whoever has taken somebody's place since then. */
  readonly replaced: Set<string>
}

export class UnseenGrowth {
  private readonly groups = new Map<string, Watched>()
  /** When there first was such a partition. */
  private readonly createdUs = new Map<string, number>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(HEARD, (event, { atUs }) => {
      switch (event.type) {
        case 'partition-changed':
          if (!this.createdUs.has(event.partition)) this.createdUs.set(event.partition, atUs)
          return
        case 'group-changed':
          if (event.from === 'PreparingRebalance') this.rebalanced(this.of(event.group), atUs)
          return
        case 'group-member-changed':
          if (event.change === 'replaced') this.of(event.group).replaced.add(event.member)
          return
        case 'group-join-answered': {
          const leads = event.error === null && event.leader === event.member
          if (leads && this.of(event.group).replaced.has(event.member)) this.of(event.group).returnedUs = atUs
          return
        }
        default:
          return
      }
    })
  }

  /** Has this partition come between the last rebalance and the return of a leader that did not assign? */
  hides(group: string, partition: string): boolean {
    const watched = this.groups.get(group)
    const createdUs = this.createdUs.get(partition)
    if (watched === undefined || createdUs === undefined) return false
    return watched.rebalancedUs < createdUs && createdUs < watched.returnedUs
  }

  private rebalanced(watched: Watched, atUs: number): void {
    watched.rebalancedUs = atUs
    watched.replaced.clear()
  }

  private of(group: string): Watched {
    let watched = this.groups.get(group)
    if (watched === undefined) {
      watched = { rebalancedUs: -1, returnedUs: -1, replaced: new Set() }
      this.groups.set(group, watched)
    }
    return watched
  }
}
