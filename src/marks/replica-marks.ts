// Situations that leaders and followers were in.

import { REPLACED_IN_SAME_EPOCH } from '../trace/kafka-event.ts'
import { mark } from './mark.ts'

const ISR = 'isr-view-changed'

export const REPLICA_MARKS = [
  mark(
    'high-watermark-changed',
    'truncated-below-high-watermark',
    'R-66',
    'A log was cut below the high watermark it had.',
    (now, seen) => now.to < now.from && seen.stateOf(now.partition, now.broker)?.log.logEndOffset === now.to,
  ),
  mark('log-truncated', 'truncated-to-nothing', 'R-16', 'A log was cut to nothing.', (cut) => {
    return cut.toOffset === 0 && cut.fromOffset > 0
  }),
  mark(
    'log-truncated',
    'former-leader-truncated',
    'R-65',
    'A replica that had led cut its log under another leader.',
    (cut, seen) => {
      return cut.toOffset < cut.fromOffset && seen.replica(cut.partition, cut.broker).hasLed
    },
  ),
  mark(
    'log-recovered',
    'recovered-with-high-watermark-0',
    'R-29',
    'A log with records came back with high watermark 0.',
    (log) => {
      return log.highWatermark === 0 && log.logEndOffset > 0
    },
  ),
  mark(
    'log-recovered',
    'recovered-after-unclean-stop',
    'R-25',
    'A log with records was recovered after an unclean stop.',
    (log) => {
      return !log.clean && log.logEndOffset > 0
    },
  ),
  mark(
    'log-recovered',
    'recovered-after-clean-stop',
    'R-30',
    'A log with records was loaded after a clean stop.',
    (log) => {
      return log.clean && log.logEndOffset > 0
    },
  ),
  mark(
    'log-recovered',
    'recovered-short-of-high-watermark',
    'R-28',
    'A log came back shorter than its high watermark was.',
    (log, seen) => {
      return log.logEndOffset < (seen.replica(log.partition, log.broker).state?.log.highWatermark ?? 0)
    },
  ),
  mark(
    'role-changed',
    'leader-with-high-watermark-below-epoch-start',
    'R-72',
    'A leader took office with a high watermark below its log end.',
    (now, seen) => {
      if (now.role !== 'leader') return false
      const log = seen.stateOf(now.partition, now.broker)?.log
      return log !== undefined && log.highWatermark < log.logEndOffset
    },
  ),
  mark(
    'role-changed',
    'leader-epoch-skipped',
    'R-109',
    'A broker learned of a leader epoch and never of the one before.',
    (now, seen) => {
      const before = seen.replica(now.partition, now.broker)
      return before.leaderEpoch >= 0 && now.leaderEpoch > before.leaderEpoch + 1
    },
  ),
  mark(
    'role-changed',
    'office-lost-and-regained-unseen',
    'RB-47',
    'A leader missed that another led in between.',
    (now, seen) => {
      const before = seen.replica(now.partition, now.broker)
      return before.role === 'leader' && now.role === 'leader' && now.leaderEpoch > before.leaderEpoch + 1
    },
  ),
  mark('role-changed', 'leader-stepped-down', 'R-73', 'A living leader became a follower.', (now, seen) => {
    return now.role === 'follower' && seen.replica(now.partition, now.broker).role === 'leader'
  }),
  mark(
    'role-changed',
    'same-leader-followed-anew',
    'R-62',
    'A follower began anew under the same leader in a new epoch.',
    (now, seen) => {
      const before = seen.replica(now.partition, now.broker)
      return before.role === 'follower' && now.role === 'follower' && now.leader >= 0 && before.leader === now.leader
    },
  ),
  mark(
    'high-watermark-changed',
    'follower-high-watermark-fell',
    'R-17',
    'A follower took a lower high watermark from its leader.',
    (now, seen) => {
      if (now.as !== 'follower' || now.to >= now.from) return false
      const log = seen.stateOf(now.partition, now.broker)?.log
      return log !== undefined && log.logEndOffset > now.to
    },
  ),
  mark(
    ISR,
    'isr-expand-asked',
    'R-82',
    'A leader asked to take a replica into the ISR.',
    ({ change }) => change === 'expand-sent',
  ),
  mark(
    ISR,
    'isr-shrink-asked',
    'R-81',
    'A leader asked to drop a member from the ISR.',
    ({ change }) => change === 'shrink-sent',
  ),
  mark(
    ISR,
    'isr-expanded-after-refusal',
    'R-85',
    'A leader asked to expand the ISR when its last change had been refused.',
    (now, seen) => {
      return now.change === 'expand-sent' && seen.replica(now.partition, now.broker).wasRefused
    },
  ),
  mark(
    ISR,
    'isr-change-refused-ineligible',
    'R-75',
    'AlterPartition was refused with INELIGIBLE_REPLICA.',
    ({ error }) => {
      return error === 'INELIGIBLE_REPLICA'
    },
  ),
  mark(
    ISR,
    'isr-change-refused-fenced-epoch',
    'R-104',
    'AlterPartition was refused with FENCED_LEADER_EPOCH.',
    ({ error }) => {
      return error === 'FENCED_LEADER_EPOCH'
    },
  ),
  mark(
    ISR,
    'isr-change-refused-version',
    'R-104',
    'AlterPartition was refused with INVALID_UPDATE_VERSION.',
    ({ error }) => {
      return error === 'INVALID_UPDATE_VERSION'
    },
  ),
  mark(
    ISR,
    'isr-change-forgotten',
    'R-72',
    'A leader forgot an ISR change for metadata of the same partition epoch.',
    ({ error }) => {
      return error === REPLACED_IN_SAME_EPOCH
    },
  ),
  mark(
    'replica-fenced',
    'follower-fenced',
    'R-54',
    'A follower was refused with FENCED_LEADER_EPOCH.',
    ({ requester, error }) => {
      return requester >= 0 && error === 'FENCED_LEADER_EPOCH'
    },
  ),
  mark(
    'replica-fenced',
    'follower-ahead-of-leader',
    'R-54',
    'A follower knew of an epoch that its leader had not heard of.',
    ({ requester, error }) => {
      return requester >= 0 && error === 'UNKNOWN_LEADER_EPOCH'
    },
  ),
  mark(
    'replica-fenced',
    'follower-of-an-old-registration',
    'R-69',
    'A fetch was refused to a follower by role or registration.',
    ({ requester, error }) => {
      return requester >= 0 && error === 'NOT_LEADER_OR_FOLLOWER'
    },
  ),
  mark(
    'replica-failed',
    'partition-given-up',
    'R-61',
    'A follower gave a partition up until the next leader epoch.',
    () => true,
  ),
  mark(
    'parked-fetch-ended',
    'fetch-parked-across-leadership-change',
    'R-58',
    'A fetch waited while its leader lost office.',
    () => true,
  ),
  mark('producers-expired', 'producers-expired', 'R-49', 'A replica forgot producers that were idle.', () => true),
]
