// What a failed write of the coordinator is to the client that caused it (G-38).

import { Errors } from '../protocol/error-codes.ts'

/** Kafka's mapping of an operation's error to the answer's. */
export function answerError(errorCode: number): number {
  switch (errorCode) {
    case Errors.UNKNOWN_TOPIC_OR_PARTITION:
    case Errors.NOT_ENOUGH_REPLICAS:
    case Errors.REQUEST_TIMED_OUT:
      return Errors.COORDINATOR_NOT_AVAILABLE
    case Errors.NOT_LEADER_OR_FOLLOWER:
    case Errors.KAFKA_STORAGE_ERROR:
      return Errors.NOT_COORDINATOR
    case Errors.MESSAGE_TOO_LARGE:
    case Errors.RECORD_LIST_TOO_LARGE:
    case Errors.INVALID_FETCH_SIZE:
      return Errors.UNKNOWN_SERVER_ERROR
    default:
      return errorCode
  }
}

/** For OffsetFetch, so that old clients look for the coordinator anew instead of giving up. */
export function fetchError(errorCode: number): number {
  const answer = answerError(errorCode)
  return answer === Errors.COORDINATOR_NOT_AVAILABLE ? Errors.NOT_COORDINATOR : answer
}
