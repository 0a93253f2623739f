// Which assumption no longer holds, for which partition, since when and why: what excuses violations. What was broken once
// stays broken, since what it led to may show at any time later.

import { unreachable } from '../../sim/assert.ts'
import type { Defects, MissingFix } from '../switches/defects.ts'
import type { FencedInOffice } from './fenced-in-office.ts'
import type { Invariant } from './invariant.ts'
import { UnsyncedLoss } from './unsynced-loss.ts'
import type { WatchedPartition } from './watched-partition.ts'
import type { WatchedReplica } from './watched-replica.ts'

/**
 * C1: no unclean election. C2: never do all whom the controller may elect, so never the last one, lack committed records
 * that they had and had not synced. C4: no defect is brought back by a switch, or not yet mended in the release. C5: no bit of
 * a replica's files changed of itself. C6: no disk says that it synced what it did not, or leaves zeros in an index that was not synced. And Kafka's own
 * (known-upstream.ts): a leader in office that knows of every member, no member that one counts by mistake, nobody in office
 * whom the controller put or left there fenced, no leader that returns to an epoch it led before, and no log with a hole.
 */
export type Assumption =
  | 'C1'
  | 'C2'
  | 'C4'
  | 'C5'
  | 'C6'
  | 'upstream-view'
  | 'upstream-data'
  | 'upstream-office'
  | 'upstream-epoch'
  | 'upstream-hole'

/** What excuses a violation, in words that name cause and time. */
export class Assumptions {
  private readonly defects: Defects
  private readonly office: FencedInOffice
  /** By broker. */
  private readonly lies = new Map<number, string>()

  constructor(defects: Defects, office: FencedInOffice) {
    this.defects = defects
    this.office = office
  }

  /** A leader from outside the ISR, as config or an admin allowed. */
  uncleanElection(partition: WatchedPartition, leader: number, leaderEpoch: number, atUs: number): void {
    partition.brokenC1 ??= `C1: broker ${leader} was elected from outside the ISR, in epoch ${leaderEpoch} (${inMs(atUs)})`
  }

  /** A bit of a log changed. */
  rotted(partition: WatchedPartition, process: string, atUs: number): void {
    partition.brokenC5 ??= `C5: a bit of the log of ${process} changed of itself (${inMs(atUs)})`
  }

  /** Kafka does not sync what a stop in order adds to a time index: a power loss may leave zeros there, and nobody looks. */
  zeroedIndex(broker: number, atUs: number): void {
    if (!this.lies.has(broker))
      this.lies.set(broker, `C6: broker ${broker} was left with zeros in an index (${inMs(atUs)})`)
  }

  /** The disk of a broker begins to lie. */
  lied(broker: number, atUs: number): void {
    if (!this.lies.has(broker))
      this.lies.set(broker, `C6: the disk of broker ${broker} lied about syncs (${inMs(atUs)})`)
  }

  /**
   * A broker, registered with this epoch, lost bytes of this partition that it had not synced. Whether records that were
   * committed are among them shows when its log is loaded again.
   */
  lostUnsynced(replica: WatchedReplica, brokerEpoch: number, detail: string, atUs: number): void {
    const { trail, home, broker } = replica
    const endBefore = Math.max(trail.endOffset, replica.loss?.endBefore ?? 0)
    const text = `broker ${broker} lost ${detail} that it had not synced (${inMs(atUs)})`
    replica.loss = new UnsyncedLoss(text, endBefore, trail.log, brokerEpoch)
    home.hadLoss = true
  }

  /** The broker was fenced, or registered with this epoch: if that is new, its losses are no secret any more. */
  registrationEnded(partition: WatchedPartition, broker: number, brokerEpoch: number, isFenced: boolean): void {
    if (!partition.hadLoss) return
    const { loss } = partition.replica(broker)
    if (loss === null || (!isFenced && brokerEpoch <= loss.brokerEpoch)) return
    loss.unnoticed = false
    if (!partition.lastHopes.includes(broker)) loss.asMember = false
  }

  /** After the log of a replica with a loss was read: nothing is missing any more, or it counts. */
  recovered(replica: WatchedReplica): void {
    const { loss, trail } = replica
    if (loss === null || trail.log === loss.logBefore) return
    if (trail.endOffset >= loss.endBefore && trail.holdsAllCommitted) replica.loss = null
    else this.judgeLosses(replica.home)
  }

  /** After a change of the ISR, of what is committed, or of what a member holds: is C2 broken now? */
  judgeLosses(partition: WatchedPartition): void {
    if (partition.brokenC2 !== null || !partition.hadLoss) return
    let text: string | null = null
    for (const broker of partition.lastHopes) {
      const member = partition.replica(broker)
      if (member.loss === null || !member.loss.asMember || !member.lacksWhatItLost) return
      text ??= member.loss.text
    }
    if (text !== null) partition.brokenC2 = `C2: ${text}`
  }

  /** Null: everything this rests on holds for the partition, and for the replica at fault on `broker`, if it is one. */
  excuseFor(
    { assumes, rule }: Pick<Invariant, 'assumes' | 'rule'>,
    partition: WatchedPartition | undefined,
    broker: number | undefined,
  ): string | null {
    for (const assumption of assumes) {
      const broken =
        assumption === 'C4' ? this.defectBehind(rule, partition, broker) : this.brokenBy(assumption, partition, broker)
      if (broken !== null) return broken
    }
    return null
  }

  /**
   * What a scenario switched on purpose may lead to anything; what a release lacks of itself only to what is known of it,
   * or an old release would excuse every defect of the simulation.
   */
  private defectBehind(
    rule: string,
    partition: WatchedPartition | undefined,
    broker: number | undefined,
  ): string | null {
    const { onPurpose, missingFixes } = this.defects
    if (onPurpose.length > 0) return `C4: ${onPurpose.join(', ')} switched on purpose`
    const behind = missingFixes.filter((fix) => fix.breaks.includes(rule) && mayExplain(fix, partition, broker))
    return behind.length === 0 ? null : `C4: ${behind.map(({ text }) => text).join(' and ')}`
  }

  private brokenBy(
    assumption: Exclude<Assumption, 'C4'>,
    partition: WatchedPartition | undefined,
    broker: number | undefined,
  ): string | null {
    switch (assumption) {
      case 'C1':
        return partition?.brokenC1 ?? null
      case 'C2':
        return partition?.brokenC2 ?? null
      case 'C5':
        return partition?.brokenC5 ?? null
      case 'C6':
        return broker === undefined ? null : (this.lies.get(broker) ?? null)
      case 'upstream-view':
        return partition?.hazard?.excusesView(broker) ?? null
      case 'upstream-data':
        return partition?.hazard?.excusesData(broker) ?? null
      case 'upstream-epoch':
        return partition?.hazard?.excusesEpoch ?? null
      case 'upstream-hole':
        return partition?.hazard?.excusesHole(broker) ?? null
      case 'upstream-office':
        return partition === undefined || broker === undefined ? null : this.office.excuses(partition, broker)
      default:
        return unreachable(assumption, 'assumption')
    }
  }
}

function mayExplain(
  { where }: MissingFix,
  partition: WatchedPartition | undefined,
  broker: number | undefined,
): boolean {
  switch (where) {
    case 'anywhere':
      return true
    case 'after a loss':
      return partition?.hadLoss === true
    case 'at followers':
      return broker === undefined || partition?.replica(broker).state?.role !== 'leader'
    default:
      return unreachable(where, 'place of a missing fix')
  }
}

function inMs(atUs: number): string {
  return `at ${(atUs / 1000).toFixed(3)} ms`
}
