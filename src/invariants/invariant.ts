// What an invariant is, and what is said when one is violated. A definition is plain data and a factory; all state
// belongs to one run.

import type { TraceContext } from '../../sim/trace.ts'
import type { KafkaEvent } from '../trace/kafka-event.ts'
import type { Assumption } from './assumptions.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'
import type { WatchedReplica } from './watched-replica.ts'

/** One invariant broken on one subject: the first time, and how often since. */
export interface Violation {
  readonly invariant: string
  readonly rule: string
  readonly statement: string
  /** The broken assumption that explains it: shown, and fails nothing. Null: nothing explains it. */
  readonly excused: string | null
  readonly atUs: number
  /** Name of the partition, e.g. 'orders-0'. */
  readonly subject: string
  readonly message: string
  /** Ordinals of the two events that disagree, the later one last. */
  readonly events: readonly [number, number]
  /** Times it was seen on this subject, this one included; with an excuse and without are counted apart. */
  readonly count: number
}

/**
 * Tells of a violation now. `sinceOrdinal` is the earlier of the two events that disagree; `broker` has the replica at
 * fault, if it is one.
 */
export type Report = (subject: string, message: string, sinceOrdinal: number, broker?: number) => void

export interface Invariant {
  /** Kebab-case; what `finds:` and reports name it by. */
  readonly id: string
  /** 'RI-1'. */
  readonly rule: string
  /** One sentence. */
  readonly statement: string
  /** What it rests on: when one of these was broken before, a violation is excused. */
  readonly assumes: readonly Assumption[]
  readonly create: (cluster: WatchedCluster, report: Report) => InvariantCheck
}

/** What of a replica's life can break an invariant, while it leads and while it does not: HAPPENED bits. */
export interface Concerns {
  readonly leader: number
  readonly follower: number
}

/** An invariant at work in one run. What it does not need, it leaves out. */
export interface InvariantCheck {
  /** The trace events `hear` is called with. */
  readonly hears?: readonly KafkaEvent['type'][]
  /** At the moment of emission, in the middle of an event: may look at state in memory, never at logs. */
  hear?(event: KafkaEvent, context: TraceContext): void
  /** After an event that touched this replica, whose process is running, in a way that `concerns` names. */
  checkReplica?(replica: WatchedReplica): void
  /** What has to have happened for `checkReplica` to be called; default: anything, to anyone. */
  readonly concerns?: Concerns
  /** After an event that changed the committed state of this partition, or of brokers. */
  checkPartition?(partition: WatchedPartition): void
  /** Last, after an event in which it heard anything. */
  afterEvent?(): void
  /** `afterEvent` is about time: it is called after each event with anything to check. */
  readonly looksAlways?: boolean
}
