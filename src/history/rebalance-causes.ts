// Why each rebalance of a group began, as far as the trace says: a member was silent or late, died, was stopped and started,
// or the topics of the group changed. Online; a new member that was here before comes back for the reason it went.

import type { TraceBus } from '../../sim/index.ts'
import type { GroupChanged, GroupMemberChanged } from '../trace/group-event.ts'
import { DEADLY_VERBS, type KafkaEvent } from '../trace/kafka-event.ts'

/**
 * `poll-interval`: its application did not poll in time (C-11), or it did not come back within the rebalance timeout.
 * `session`: nothing was heard of it. `crash`: its process died. `comes-and-goes`: it was started or stopped. `metadata`: what
 * it subscribes to changed, or the topics did. `other`: none of these.
 */
export type RebalanceKind = 'poll-interval' | 'session' | 'crash' | 'comes-and-goes' | 'metadata' | 'other'

export interface RebalanceCause {
  readonly kind: RebalanceKind
  /** Whose doing it was; '' if nobody's. */
  readonly client: string
  /** What its process died of, if it said so. */
  readonly detail: string
}

const CONSUMER_PROCESS = 'consumer-'
const HEARD = ['group-changed', 'group-member-changed', 'member-left', 'process-changed', 'fault-applied'] as const
/** Why clients join again, in their own words (KIP-800). */
const FOLLOWS_UP = 'need to revoke partitions and re-join'
const METADATA = /cached metadata has changed|changes what it supports/
const POLL_TIMEOUT = 'consumer poll timeout has expired'

interface Exit {
  readonly kind: RebalanceKind
  readonly detail: string
}

/** A member that was never here before. */
const NEW: Exit = { kind: 'other', detail: '' }
const NOBODY: RebalanceCause = { kind: 'other', client: '', detail: '' }

export class RebalanceCauses {
  /** How each client ended last, if it has not come back since. */
  private readonly exits = new Map<string, Exit>()
  /** What a member said as it left. */
  private readonly lastWords = new Map<string, string>()
  private readonly dead = new Map<string, string>()
  private readonly clientOf = new Map<string, string>()
  /** Of the rebalance under way, or the last one, by group. */
  private readonly current = new Map<string, RebalanceCause>()
  /** The last member of a group that came or went, in which event. */
  private lastChange: { readonly group: string; readonly ordinal: number; readonly cause: RebalanceCause } | undefined

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(HEARD, (event, { ordinal }) => this.hear(event, ordinal))
  }

  /** Of the rebalance that is under way. */
  of(group: string): RebalanceCause {
    return this.current.get(group) ?? NOBODY
  }

  private hear(event: KafkaEvent, ordinal: number): void {
    switch (event.type) {
      case 'group-changed':
        if (event.to === 'PreparingRebalance') this.current.set(event.group, this.causeOf(event, ordinal))
        return
      case 'group-member-changed':
        return this.memberChanged(event, ordinal)
      case 'member-left':
        this.lastWords.set(event.client, event.reason)
        return
      case 'process-changed':
        if (event.state === 'halted') this.dies(event.process, event.detail)
        return
      case 'fault-applied':
        if (DEADLY_VERBS.has(event.verb)) for (const process of event.targets) this.dies(process, '')
        return
      default:
        return
    }
  }

  private dies(process: string, detail: string): void {
    if (process.startsWith(CONSUMER_PROCESS)) this.dead.set(process.slice(CONSUMER_PROCESS.length), detail)
  }

  private memberChanged({ group, member, clientId: client, change }: GroupMemberChanged, ordinal: number): void {
    if (change === 'given-id' || change === 'absent') return
    this.clientOf.set(member, client)
    const detail = this.dead.get(client)
    const exit = ((): Exit => {
      switch (change) {
        case 'joined':
        case 'replaced':
          // It is back from wherever it was.
          return detail === undefined ? (this.exits.get(client) ?? NEW) : { kind: 'crash', detail }
        case 'left': {
          const isLate = this.lastWords.get(client)?.includes(POLL_TIMEOUT) === true
          return { kind: isLate ? 'poll-interval' : 'comes-and-goes', detail: '' }
        }
        case 'expired':
          return detail === undefined ? { kind: 'session', detail: '' } : { kind: 'crash', detail }
        case 'removed':
          return detail === undefined ? { kind: 'poll-interval', detail: '' } : { kind: 'crash', detail }
        default:
          return change satisfies never
      }
    })()
    if (change === 'joined' || change === 'replaced') {
      this.exits.delete(client)
      this.dead.delete(client)
    } else this.exits.set(client, exit)
    this.lastChange = { group, ordinal, cause: { client, ...exit } }
  }

  private causeOf({ group, leader, reason }: GroupChanged, ordinal: number): RebalanceCause {
    const { lastChange } = this
    if (lastChange?.group === group && lastChange.ordinal === ordinal) return lastChange.cause
    // A cooperative member gives up what goes to another, in a rebalance of its own (C-21).
    if (reason.includes(FOLLOWS_UP)) return this.of(group)
    if (!METADATA.test(reason)) return NOBODY
    return { kind: 'metadata', client: this.clientOf.get(leader ?? '') ?? '', detail: '' }
  }
}
