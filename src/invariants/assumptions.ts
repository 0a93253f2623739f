// Which assumption no longer holds, for which partition, since when and why: what excuses violations. What was broken once
// stays broken, since what it led to may show at any time later.

import { unreachable } from '../../sim/assert.ts'
import type { WatchedPartition } from './watched-partition.ts'

/**
 * C1: no unclean election. C2: fewer replicas than the minimum ISR lose what was not synced before the partition is whole
 * again, and never the last member of its ISR. C4: no defect is brought back by a switch.
 */
export type Assumption = 'C1' | 'C2' | 'C4'

/** What excuses a violation, in words that name cause and time. */
export class Assumptions {
  private readonly defects: string | null

  /** `defects` names the switches that a scenario set away from what the version has. */
  constructor(defects: readonly string[]) {
    this.defects = defects.length === 0 ? null : `C4: ${defects.join(', ')} switched on purpose`
  }

  /** A leader from outside the ISR, as config or an admin allowed. */
  uncleanElection(partition: WatchedPartition, leader: number, leaderEpoch: number, atUs: number): void {
    partition.brokenC1 ??= `C1: broker ${leader} was elected from outside the ISR, in epoch ${leaderEpoch} (${inMs(atUs)})`
  }

  /** A broker lost bytes of this partition that it had not synced. Breaks C2 only if it is one too many. */
  lostUnsynced(partition: WatchedPartition, broker: number, detail: string, atUs: number): void {
    const replica = partition.replica(broker)
    replica.lossy = true
    partition.lastLoss = `broker ${broker} lost ${detail} that it had not synced (${inMs(atUs)})`
    this.judgeLosses(partition)
  }

  /** After a loss, and after a change of the ISR: is C2 broken now? */
  judgeLosses(partition: WatchedPartition): void {
    if (partition.brokenC2 !== null || partition.lastLoss === '') return
    let lossy = 0
    for (const replica of partition.replicas) if (replica.lossy) lossy += 1
    const last = partition.committed?.isr.length === 1 ? partition.committed.isr[0] : undefined
    const lastIsLossy = last !== undefined && partition.replica(last).lossy
    if (lossy >= partition.effectiveMinIsr || lastIsLossy) partition.brokenC2 = `C2: ${partition.lastLoss}`
  }

  /** Null: everything this rests on holds for the partition. */
  excuseFor(assumes: readonly Assumption[], partition: WatchedPartition | undefined): string | null {
    for (const assumption of assumes) {
      const broken = this.brokenBy(assumption, partition)
      if (broken !== null) return broken
    }
    return null
  }

  private brokenBy(assumption: Assumption, partition: WatchedPartition | undefined): string | null {
    switch (assumption) {
      case 'C1':
        return partition?.brokenC1 ?? null
      case 'C2':
        return partition?.brokenC2 ?? null
      case 'C4':
        return this.defects
      default:
        return unreachable(assumption, 'assumption')
    }
  }
}

function inMs(atUs: number): string {
  return `at ${(atUs / 1000).toFixed(3)} ms`
}
