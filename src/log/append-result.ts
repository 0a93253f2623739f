// What became of an append.

/** Where batches come from, and so how much of them is checked; the names are those of Kafka's own origins. */
export type AppendOrigin = 'client' | 'coordinator' | 'replication' | 'raft-leader'

export type LeaderAppend = Appended | DuplicateAppend | RejectedAppend
export type FollowerAppend = Appended | NothingAppended | RejectedAppend

export interface Appended {
  readonly kind: 'appended'
  readonly firstOffset: number
  readonly lastOffset: number
  /** With LogAppendTime the time given to the records; else −1. */
  readonly logAppendTimeMs: number
}

/** The producer's retry of a batch that is in the log: a success, with the offsets it got then. */
export interface DuplicateAppend {
  readonly kind: 'duplicate'
  readonly firstOffset: number
  readonly lastOffset: number
  /** Largest timestamp of the batch in the log. */
  readonly logAppendTimeMs: number
}

/** There was no whole batch. */
export interface NothingAppended {
  readonly kind: 'nothing'
}

/** The log is unchanged. */
export interface RejectedAppend {
  readonly kind: 'rejected'
  /** Kafka's error code. */
  readonly error: number
  readonly message: string
}

export const NOTHING_APPENDED: NothingAppended = Object.freeze({ kind: 'nothing' })

export function rejected(error: number, message: string): RejectedAppend {
  return { kind: 'rejected', error, message }
}
