// The story of one record as data: what happened to it, step by step, and where it is in the end. Reports tell it.

import type { SendOutcome } from '../../client/producer-outcome.ts'

export interface RecordStory {
  readonly scenario: string
  readonly seed: number
  readonly kafka: string
  /** As asked for. */
  readonly record: string
  /** One, or of an offset all that were ever there, in the order they came. */
  readonly accounts: readonly RecordAccount[]
  readonly simulatedMs: number
  readonly traceHash: string
  readonly reproduce: string
}

/**
 * What became of a record:
 * - `safe`: acknowledged, and in the log that counts
 * - `lost`: acknowledged, and not there; `deleted`: not there because somebody asked for that
 * - `duplicated`: there at two offsets, acknowledged or not
 * - `unacknowledged`: there, though its producer was never told so
 * - `absent`: not there, and its producer was not told that it is
 * - `undecided`: acknowledged, and its partition has no leader in the end, so no log counts
 */
export type Fate = 'safe' | 'lost' | 'deleted' | 'duplicated' | 'unacknowledged' | 'absent' | 'undecided'

export interface RecordAccount {
  /** `web[0]#4822`; '' for a record that no producer of the scenario sent. */
  readonly record: string
  readonly fate: Fate
  /** What its producer knows in the end. */
  readonly outcome: SendOutcome | 'pending'
  readonly acks: number
  /** Why it is lost; null for other fates, and where nothing explains it. */
  readonly loss: LossCause | null
  readonly places: readonly RecordPlace[]
  readonly steps: readonly StoryStep[]
}

/** One offset at which it lies or lay. */
export interface RecordPlace {
  readonly partition: string
  readonly offset: number
  /** Leader epochs in which it was appended there, in order. */
  readonly epochs: readonly number[]
  /** In the end, by broker. */
  readonly replicas: readonly ReplicaAtEnd[]
}

export interface ReplicaAtEnd {
  readonly broker: number
  /**
   * `here`: it is there. `other`: another record is. `beyond-end`, `below-start`: nothing is. `down`: the broker does not
   * run; `hadIt` says how it was. `none`: it has no such replica.
   */
  readonly state: 'here' | 'other' | 'beyond-end' | 'below-start' | 'down' | 'none'
  readonly isLeader: boolean
  readonly hadIt: boolean
  /** Of what lies there, and in which epoch; null and −1 if nothing does. */
  readonly record: string | null
  readonly epoch: number
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
}

/** The acknowledgement, and the election that made it void. */
export interface LossCause {
  readonly broker: number
  readonly acks: number
  /** Brokers that had it when it was acknowledged. */
  readonly holders: readonly number[]
  readonly isr: readonly number[]
  readonly election: ElectionStep | null
  readonly fault: FaultStep | null
}

export type StoryStep =
  | Step<'sent'>
  | AttemptStep
  | RetryStep
  | AppendedStep
  | WatermarkStep
  | AnsweredStep
  | CompletedStep
  | DeliveredStep
  | GoneStep
  | RecoveredStep
  | ElectionStep
  | IsrStep
  | FaultStep
  | HealStep

interface Step<Kind extends string> {
  readonly kind: Kind
  readonly atMs: number
  /** Who: `web[0]`, `broker-3`, `orders-0`. */
  readonly who: string
}

/** A batch with it leaves its producer. */
export interface AttemptStep extends Step<'attempt'> {
  readonly attempt: number
  readonly broker: number
  readonly partition: string
  readonly batch: { readonly first: number; readonly last: number; readonly count: number }
}

export interface RetryStep extends Step<'retry'> {
  readonly attempt: number
  readonly error: string
  readonly answered: boolean
}

export interface AppendedStep extends Step<'appended'> {
  readonly broker: number
  readonly as: 'leader' | 'follower'
  readonly partition: string
  readonly offset: number
  readonly epoch: number
  readonly batch: { readonly firstOffset: number; readonly lastOffset: number }
  /** The ISR as the leader knows it; empty on a follower. */
  readonly isr: readonly number[]
}

/** A replica's high watermark passes it. */
export interface WatermarkStep extends Step<'high-watermark'> {
  readonly broker: number
  readonly as: 'leader' | 'follower'
  readonly from: number
  readonly to: number
}

/** The leader decides its answer. */
export interface AnsweredStep extends Step<'answered'> {
  readonly broker: number
  readonly acks: number
  readonly error: string | null
  readonly offset: number
  /** Not appended again: it was there. */
  readonly duplicate: boolean
  readonly isr: readonly number[]
  readonly holders: readonly number[]
}

export interface CompletedStep extends Step<'completed'> {
  readonly outcome: SendOutcome
  readonly acks: number
  readonly offset: number
  readonly error: string | null
}

export interface DeliveredStep extends Step<'delivered'> {
  readonly partition: string
  readonly offset: number
  readonly epoch: number
}

/** It leaves a replica's log: `cut` off, not found again after a `crash`, `deleted` from below, or with its `topic`. */
export interface GoneStep extends Step<'gone'> {
  readonly how: 'cut' | 'crash' | 'deleted' | 'topic'
  /** −1 if it is gone everywhere. */
  readonly broker: number
  readonly offset: number
  /** Where the log ended before and ends now; −1 where that says nothing. */
  readonly from: number
  readonly to: number
  /** Whom the replica follows, and since which epoch; −1 for none. */
  readonly leader: number
  readonly leaderEpoch: number
}

/** A replica's log comes back from an unclean stop with it. */
export interface RecoveredStep extends Step<'recovered'> {
  readonly broker: number
  readonly logEndOffset: number
}

export interface ElectionStep extends Step<'election'> {
  readonly from: number
  readonly to: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly reason: string
  /** From outside the ISR, and not eligible otherwise. */
  readonly unclean: boolean
  /** Does the new leader hold it? Null while it is nowhere yet. */
  readonly leaderHasIt: boolean | null
}

export interface IsrStep extends Step<'isr'> {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly reason: string
}

export interface FaultStep extends Step<'fault'> {
  readonly verb: string
  readonly targets: readonly string[]
  readonly detail: string
}

export interface HealStep extends Step<'heal'> {
  readonly verb: string
}
