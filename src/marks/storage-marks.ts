// Situations of logs on their disks: what retention and the cleaner took, and what disks did.

import { mark } from './mark.ts'

export const STORAGE_MARKS = [
  mark(
    'segments-deleted',
    'retention-deleted',
    'R-22',
    'A replica dropped segments that were old enough, or too many.',
    (event) => {
      return event.reason !== 'log-start'
    },
  ),
  mark(
    'segments-deleted',
    'segments-below-start-deleted',
    'R-22',
    'A replica dropped segments below its log start.',
    (event) => {
      return event.reason === 'log-start'
    },
  ),
  mark('segments-replaced', 'cleaner-swapped', 'R-32', 'The cleaner put a segment in the place of others.', () => true),
  mark(
    'log-cleaned',
    'cleaner-dropped-records',
    'R-32',
    'The cleaner dropped records that others of their keys follow.',
    (event) => {
      return event.recordsAfter < event.recordsBefore
    },
  ),
  mark('log-cleaned', 'tombstone-removed', 'R-33', 'A tombstone had been kept for long enough, and went.', (event) => {
    return event.tombstonesGone > 0
  }),
  mark(
    'log-uncleanable',
    'log-uncleanable',
    'R-26',
    'The cleaner could not read a log, and left it alone.',
    () => true,
  ),
  mark('log-dir-failed', 'log-dir-offline', 'R-9', 'A log directory went offline.', () => true),
  mark('bytes-rotted', 'bit-rot', 'R-26', 'A bit of a log changed of itself.', () => true),
  mark(
    'bytes-refused',
    'follower-refused-rot',
    'R-26',
    'A follower was given bytes that failed their checksum.',
    (event) => {
      return event.by === 'follower'
    },
  ),
  mark(
    'bytes-refused',
    'consumer-refused-rot',
    'C-9',
    'A consumer was given bytes that failed their checksum.',
    (event) => {
      return event.by === 'consumer'
    },
  ),
  mark(
    'log-recovered',
    'recovery-cut-at-rot',
    'R-25',
    'Recovery cut a log at a batch that had rotted.',
    (log, seen) => {
      if (log.clean) return false
      return seen
        .rotsOf(log.partition, log.broker)
        .some(({ first, last }) => first <= log.logEndOffset && log.logEndOffset <= last)
    },
  ),
]
