// What an application that reads as a member of a group is like: how long it works on a record, what it cannot handle and
// what it does then, when it commits, how many of its threads work.

import type { Quantiles } from '../../sim/index.ts'
import type { ClientLibrary } from '../client/partitioners/make-partitioner.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { Switches } from '../switches/switches.ts'

/** When the application commits what a poll returned; with enable.auto.commit the client does so as well. */
export const COMMIT_MODES = ['after', 'async', 'before', 'never'] as const
export type CommitMode = (typeof COMMIT_MODES)[number]

/** What an application seeks when it is given a partition, whatever its group has committed. */
export const STARTING_POINTS = ['beginning', 'end'] as const
export type StartingPoint = (typeof STARTING_POINTS)[number]

/** What an application does with a record that it cannot handle: closes its consumer, as by `finally`, or dies. */
export const FAILURE_ENDS = ['close', 'crash'] as const
export type FailureEnd = (typeof FAILURE_ENDS)[number]

export interface HandlerFailure {
  /** The n-th record that this process handles, from 1. */
  readonly at: number
  readonly end: FailureEnd
}

/** Records that take much longer than the others. */
export type SlowRecords = { readonly takesUs: number } & (
  | { readonly every: number }
  /** The n-th record that the first process handles, from 1. */
  | { readonly at: number }
)

/** In what way a poisonous record is tried again: at once, without polling, or by way of a seek and the next poll. */
export const RETRY_WAYS = ['in-place', 'seek'] as const
/** What is done with it in the end. */
export const GIVE_UPS = ['skip', 'dead-letter', 'close', 'crash'] as const

/** What an application does with a record that nobody can ever handle. */
export interface PoisonPolicy {
  /** How often it tries in all; Infinity: until it is asked to stop. */
  readonly tries: number
  /** Between two tries. */
  readonly backoffMs: number
  readonly by: (typeof RETRY_WAYS)[number]
  readonly giveUp: (typeof GIVE_UPS)[number]
  /** Where `dead-letter` writes, and as what producer. */
  readonly deadLetters: { readonly topic: string; readonly config: ProducerConfig } | undefined
}

/** Threads that work on what poll returned, while the one that polls goes on. */
export interface Workers {
  readonly count: number
  /** When so many records wait for a worker, the application pauses its partitions and goes on polling. */
  readonly queue: number
}

export interface GroupMemberOptions {
  /** `billing[0]`. */
  readonly client: string
  readonly group: string
  /** What its client is written with. */
  readonly library: ClientLibrary
  readonly topics: readonly string[]
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ConsumerConfig
  /** Of one record; drawn for each from a table. */
  readonly processUs: number | Quantiles
  readonly slow: SlowRecords | undefined
  readonly commit: CommitMode
  /** Where it begins with each partition that it gets; undefined: where its group left off. */
  readonly from: StartingPoint | undefined
  /** Of the first process only: who is started again has been mended. */
  readonly failure: HandlerFailure | undefined
  readonly poison: PoisonPolicy
  /** Undefined: the thread that polls does the work. */
  readonly workers: Workers | undefined
  readonly switches?: Switches
}
