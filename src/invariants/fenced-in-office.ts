// Brokers that older controllers leave or put in office though they are fenced: recognised for exactly the broker, the
// partition and the time, and only where the controller's own release lacks the fix (known-upstream.ts, KU-3 and KU-4).

import type { BrokerStateChanged } from '../trace/kafka-event.ts'
import { KU_3, KU_4, type KnownUpstream } from './known-upstream.ts'
import type { CommittedPartition, WatchedPartition } from './watched-partition.ts'

/** Fixes that a controller's release may lack of itself; what a scenario takes away on purpose is not among them. */
export const CONTROLLER_FIXES = ['checkLastKnownAlive', 'fenceOnReregister'] as const

export type ControllerFix = (typeof CONTROLLER_FIXES)[number]

interface DeadLeader {
  readonly leader: number
  readonly leaderEpoch: number
  readonly text: string
}

interface Overtaken {
  readonly text: string
  /** Where it was left in the ISR, and has been since. */
  readonly memberOf: Set<WatchedPartition>
}

export class FencedInOffice {
  private readonly lacks: readonly ControllerFix[]
  private readonly nowUs: () => number
  private readonly dead = new Map<WatchedPartition, DeadLeader>()
  /** Brokers that registered anew before the registration they had was fenced, until they are fenced or unfenced. */
  private readonly overtaken = new Map<number, Overtaken>()
  private readonly unfenced = new Set<number>()

  constructor(lacks: readonly ControllerFix[], nowUs: () => number) {
    this.lacks = lacks
    this.nowUs = nowUs
  }

  /** KU-3: the last known leader is elected as it registers anew, fenced. */
  partitionChanged(partition: WatchedPartition, now: CommittedPartition, isFenced: (broker: number) => boolean): void {
    const { committed: before } = partition
    for (const [broker, { memberOf }] of this.overtaken) if (!now.isr.includes(broker)) memberOf.delete(partition)
    if (!this.lacks.includes('checkLastKnownAlive') || before === undefined) return
    const { leader, leaderEpoch } = now
    const isNext = now.partitionEpoch === before.partitionEpoch + 1
    const wasLastKnown = before.isr.length === 0 && before.lastKnownElr?.includes(leader) === true
    if (!isNext || !wasLastKnown || leader === before.leader || !isFenced(leader)) return
    const text = this.describe(KU_3, `broker ${leader} was elected in epoch ${leaderEpoch} though it was fenced`)
    this.dead.set(partition, { leader, leaderEpoch, text })
  }

  /**
   * KU-4: it registers, and nobody fenced the registration before; nor does anybody fence it when it registers once more.
   * Returns what to say of it then.
   */
  brokerChanged({ broker, state }: BrokerStateChanged): string | null {
    if (state === 'registered' && this.unfenced.has(broker) && this.lacks.includes('fenceOnReregister')) {
      const text = this.describe(KU_4, `broker ${broker} registered anew before it was fenced`)
      this.overtaken.set(broker, { text, memberOf: new Set() })
    } else if (state !== 'registered') this.overtaken.delete(broker)
    if (state === 'unfenced') this.unfenced.add(broker)
    else if (state !== 'controlled-shutdown') this.unfenced.delete(broker)
    return this.overtaken.get(broker)?.text ?? null
  }

  /** KU-4: who was overtaken is in the ISR of this partition. */
  leftInIsr(partition: WatchedPartition, broker: number): void {
    this.overtaken.get(broker)?.memberOf.add(partition)
  }

  /** Why `broker` is in the ISR of this partition or leads it, fenced as it is; null: nothing explains it. */
  excuses(partition: WatchedPartition, broker: number): string | null {
    const known = this.dead.get(partition)
    const isDead = known?.leader === broker && partition.committed?.leaderEpoch === known.leaderEpoch
    if (isDead) return known.text
    const overtaken = this.overtaken.get(broker)
    return overtaken?.memberOf.has(partition) === true ? overtaken.text : null
  }

  private describe({ id }: KnownUpstream, what: string): string {
    return `${id}: ${what} (at ${(this.nowUs() / 1000).toFixed(3)} ms)`
  }
}
