// Situations that clients saw.

import { mark } from './mark.ts'

const T = 'produce-answered'

export const CLIENT_MARKS = [
  mark(
    T,
    'duplicate-acknowledged-from-cache',
    'R-46',
    'A batch that was sent again was acknowledged and not appended.',
    ({ duplicate, error }) => {
      return duplicate && error === null
    },
  ),
  mark(T, 'out-of-order-sequence', 'R-46', 'OUT_OF_ORDER_SEQUENCE_NUMBER was answered.', ({ error }) => {
    return error === 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  }),
  mark(T, 'not-enough-replicas', 'R-38', 'A write was refused because the ISR was below the minimum.', ({ error }) => {
    return error === 'NOT_ENOUGH_REPLICAS'
  }),
  mark(T, 'not-enough-replicas-after-append', 'R-40', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND was answered.', ({ error }) => {
    return error === 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'
  }),
  mark(T, 'write-timed-out', 'R-40', 'A write was appended and not acknowledged in time.', ({ error }) => {
    return error === 'REQUEST_TIMED_OUT'
  }),
  mark(
    T,
    'write-refused-by-follower',
    'R-36',
    'A write came to a broker that did not lead.',
    ({ error, firstOffset }) => {
      return error === 'NOT_LEADER_OR_FOLLOWER' && firstOffset < 0
    },
  ),
  mark(
    T,
    'write-waited-across-loss-of-office',
    'R-40',
    'A write waited for its acknowledgement while its leader lost office.',
    ({ error, firstOffset }) => {
      return error === 'NOT_LEADER_OR_FOLLOWER' && firstOffset >= 0
    },
  ),
  mark(
    T,
    'zombie-acknowledged-write',
    'RB-29',
    'A leader out of office acknowledged a write with acks=1.',
    (now, seen) => {
      if (now.error !== null || now.acks !== 1 || now.duplicate) return false
      const committed = seen.partition(now.partition)
      return committed !== undefined && committed.leader !== now.broker
    },
  ),
  mark(
    T,
    'zombie-refused-write',
    'RB-29',
    'A leader out of office could not acknowledge a write with acks=all.',
    (now, seen) => {
      if (now.error === null || now.acks !== -1 || now.firstOffset < 0) return false
      const committed = seen.partition(now.partition)
      return committed !== undefined && committed.leader !== now.broker
    },
  ),
  mark(
    'produce-completed',
    'outcome-unknown',
    'R-41',
    'A producer never learned whether its record was written.',
    (now) => {
      return now.outcome === 'unknown' && now.acks !== 0
    },
  ),
  mark(
    'replica-fenced',
    'consumer-fenced',
    'R-130',
    'A client was refused for the leader epoch it knew.',
    ({ requester, error }) => {
      return requester < 0 && (error === 'FENCED_LEADER_EPOCH' || error === 'UNKNOWN_LEADER_EPOCH')
    },
  ),
  mark(
    'position-moved',
    'position-moved-back',
    'R-132',
    'The position of a consumer moved back.',
    ({ from, to }) => to < from && from >= 0,
  ),
  mark(
    'position-moved',
    'position-skipped-ahead',
    'R-131',
    'The position of a consumer skipped records.',
    ({ from, to }) => from >= 0 && to > from,
  ),
]
