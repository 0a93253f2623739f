// What an error in a produce response means for the records: try again, give up, and whether they may be in the log.

import { Errors, isRetriable } from '../protocol/error-codes.ts'

/** Outcome as histories know it: `fail` only if no attempt can have been appended. */
export type SendOutcome = 'ok' | 'fail' | 'unknown'

export type ProduceVerdict = 'success' | 'retry' | 'out-of-order' | 'unknown-producer' | 'too-large' | 'give-up'

export function verdictOn(errorCode: number): ProduceVerdict {
  switch (errorCode) {
    case Errors.NONE:
    // The broker has it already; old brokers said so (P-17).
    case Errors.DUPLICATE_SEQUENCE_NUMBER:
      return 'success'
    case Errors.OUT_OF_ORDER_SEQUENCE_NUMBER:
      return 'out-of-order'
    case Errors.UNKNOWN_PRODUCER_ID:
      return 'unknown-producer'
    case Errors.MESSAGE_TOO_LARGE:
      return 'too-large'
    default:
      return isRetriable(errorCode) ? 'retry' : 'give-up'
  }
}

/** After this error the records may nevertheless be in the log: the leader may have appended before it failed. */
export function mayHaveAppended(errorCode: number, acks: number): boolean {
  switch (errorCode) {
    case Errors.REQUEST_TIMED_OUT:
    case Errors.NETWORK_EXCEPTION:
    case Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case Errors.KAFKA_STORAGE_ERROR:
    case Errors.UNKNOWN_SERVER_ERROR:
      return true
    // With acks=all these also end a wait that began with an append (R-40a).
    case Errors.NOT_LEADER_OR_FOLLOWER:
    case Errors.UNKNOWN_TOPIC_OR_PARTITION:
      return acks === -1
    default:
      return false
  }
}
