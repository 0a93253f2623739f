// IG-12. A join phase ends, and so does the wait for assignments: whoever waits in JoinGroup or SyncGroup is answered as
// soon as the rules allow at the latest. Time does not count in which the coordinator's process is down, stands still or is
// disturbed in any other way, and what was sent to a process that died is answered by nobody.

import { DEADLY_VERBS, type FaultApplied, type FaultHealed, type ProcessChanged } from '../trace/kafka-event.ts'
import type {
  GroupJoinAnswered,
  GroupMemberChanged,
  GroupRequestParked,
  GroupSyncAnswered,
} from '../trace/group-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

interface Parked {
  readonly group: string
  readonly member: string
  readonly request: 'join' | 'sync'
  readonly atMostUs: number
  readonly sinceUs: number
  readonly ordinal: number
  /** Counted anew when its coordinator was disturbed. */
  fromUs: number
}

type Heard =
  | GroupRequestParked
  | GroupJoinAnswered
  | GroupSyncAnswered
  | GroupMemberChanged
  | FaultApplied
  | FaultHealed
  | ProcessChanged

/** Timers are looked at by threads that have other work to do, on clocks that drift. */
const SLACK_US = 2_000_000
const SLACK_SHARE = 0.01
const BROKER = 'broker-'

class GroupRequestsAnswered implements InvariantCheck {
  readonly hears = [
    'group-request-parked',
    'group-join-answered',
    'group-sync-answered',
    'group-member-changed',
    'fault-applied',
    'fault-healed',
    'process-changed',
  ] as const
  readonly looksAlways = true
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By broker, then by group, member and request. */
  private readonly parked = new Map<number, Map<string, Parked>>()
  /** The member id that a static member has at a coordinator, by broker, group and instance id. */
  private readonly memberOf = new Map<string, string>()
  /** Faults that act on it, by broker. */
  private readonly disturbed = new Map<number, Set<string>>()
  /** Nobody is late before that. */
  private nextUs = Infinity

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: Heard): void {
    switch (event.type) {
      case 'group-request-parked':
        return this.parks(event)
      case 'group-join-answered':
        return this.answered(event.broker, event.group, event.member, 'join')
      case 'group-sync-answered':
        return this.answered(event.broker, event.group, event.member, 'sync')
      case 'group-member-changed': {
        const { broker, group, member, instance, change } = event
        if (instance !== null) this.takesPlace(broker, group, member, instance)
        // Whoever left or was silent for too long is told so, if it waits, under whatever name it came.
        if (change !== 'left' && change !== 'expired') return
        return this.ends(broker, group, member)
      }
      case 'process-changed':
        if (event.process.startsWith(BROKER)) this.parked.delete(Number(event.process.slice(BROKER.length)))
        return
      case 'fault-applied':
        return this.disturbs(event)
      case 'fault-healed':
        return this.healed(event)
      default:
        return event satisfies never
    }
  }

  afterEvent(): void {
    const { nowUs } = this.cluster
    if (nowUs <= this.nextUs) return
    this.nextUs = Infinity
    for (const [broker, waiting] of this.parked) {
      if ((this.disturbed.get(broker)?.size ?? 0) > 0) continue
      for (const [key, parked] of waiting) {
        const untilUs = latestUs(parked)
        if (nowUs <= untilUs) {
          this.nextUs = Math.min(this.nextUs, untilUs)
          continue
        }
        waiting.delete(key)
        const { group, member, request, sinceUs, atMostUs, ordinal } = parked
        const what = request === 'join' ? 'JoinGroup' : 'SyncGroup'
        const text = `${what} of ${member} has waited at broker ${broker} for ${seconds(nowUs - sinceUs)}, and the rules allow ${seconds(atMostUs)}`
        this.report(group, text, ordinal)
      }
    }
  }

  private parks({ broker, group, member, request, atMostMs }: GroupRequestParked): void {
    const { nowUs: sinceUs, ordinal } = this.cluster
    const waiting = this.parked.get(broker) ?? new Map<string, Parked>()
    this.parked.set(broker, waiting)
    const key = `${group} ${member} ${request}`
    const atMostUs = atMostMs * 1000
    const known = waiting.get(key)
    // Another request takes the place of the first: the phase it waits for is the same.
    const parked = known ?? { group, member, request, atMostUs, sinceUs, ordinal, fromUs: sinceUs }
    waiting.set(key, parked)
    this.nextUs = Math.min(this.nextUs, latestUs(parked))
  }

  /** Who had the instance id before, under another member id, is told that it is fenced, if it waits. */
  private takesPlace(broker: number, group: string, member: string, instance: string): void {
    const key = `${broker} ${group} ${instance}`
    const before = this.memberOf.get(key)
    if (before !== undefined && before !== member) this.ends(broker, group, before)
    this.memberOf.set(key, member)
  }

  private ends(broker: number, group: string, member: string): void {
    this.answered(broker, group, member, 'join')
    this.answered(broker, group, member, 'sync')
  }

  private answered(broker: number, group: string, member: string, request: 'join' | 'sync'): void {
    this.parked.get(broker)?.delete(`${group} ${member} ${request}`)
  }

  private disturbs({ fault, verb, targets }: FaultApplied): void {
    for (const process of targets) {
      if (!process.startsWith(BROKER)) continue
      const broker = Number(process.slice(BROKER.length))
      // It ends at once, and does not say so itself.
      if (DEADLY_VERBS.has(verb)) this.parked.delete(broker)
      this.disturbed.set(broker, (this.disturbed.get(broker) ?? new Set()).add(fault))
    }
  }

  private healed({ fault }: FaultHealed): void {
    const { nowUs } = this.cluster
    for (const [broker, faults] of this.disturbed) {
      if (!faults.delete(fault)) continue
      for (const parked of this.parked.get(broker)?.values() ?? []) {
        parked.fromUs = nowUs
        this.nextUs = Math.min(this.nextUs, latestUs(parked))
      }
    }
  }
}

function latestUs({ fromUs, atMostUs }: Parked): number {
  return fromUs + atMostUs * (1 + SLACK_SHARE) + SLACK_US
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(1)} s`
}

export const groupRequestsAnswered: Invariant = {
  id: 'group-requests-answered',
  rule: 'IG-12',
  statement:
    'A join phase ends with the rebalance timeout at the latest, and no JoinGroup or SyncGroup waits for longer.',
  assumes: ['C4'],
  create: (cluster, report) => new GroupRequestsAnswered(cluster, report),
}
