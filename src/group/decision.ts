// What an operation on a shard has decided. Whoever waits for it is answered when everything written before and with it is
// committed, also if it wrote nothing itself (G-42): an answer must not tell of what may still be lost.

import { Errors } from '../protocol/error-codes.ts'
import type { GroupRecord } from '../protocol/group-record.ts'

export interface Decision {
  readonly records: readonly GroupRecord[]
  /** Apply the records to memory as they are appended. False where memory is ahead of them already. */
  readonly replay: boolean
  /** Must the records stand in one batch? */
  readonly atomic: boolean
  /** Called exactly once: with NONE, or with the error of the log, or REQUEST_TIMED_OUT. */
  readonly done: (errorCode: number) => void
}

/** Undefined: whoever asked is answered already, or will be by something else; nothing is to be written. */
export type Outcome = Decision | undefined

/** An answer that waits for what was written before it. */
export function afterEarlierWrites(done: (errorCode: number) => void): Decision {
  return { records: [], replay: true, atomic: true, done }
}

/** Who waits for something else, a join phase say, is told all the same if what was written before its request is lost. */
export function orTellOfLoss(outcome: Outcome, tell: (errorCode: number) => void): Decision {
  const decision = outcome ?? afterEarlierWrites(() => {})
  return {
    ...decision,
    done: (errorCode) => {
      decision.done(errorCode)
      if (errorCode !== Errors.NONE) tell(errorCode)
    },
  }
}
