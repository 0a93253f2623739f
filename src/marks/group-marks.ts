// Situations of consumer groups, as coordinators and members told them.

import { mark } from './mark.ts'

const G = 'group-changed'
const M = 'group-member-changed'

export const GROUP_MARKS = [
  mark(
    G,
    'rebalance-in-rebalance',
    'G-17',
    'A group began to rebalance while it waited for an assignment.',
    (event) => {
      return event.from === 'CompletingRebalance' && event.to === 'PreparingRebalance'
    },
  ),
  mark(G, 'group-emptied', 'G-15', 'The last member of a group was gone.', ({ from, to }) => {
    return from === 'PreparingRebalance' && to === 'Empty'
  }),
  mark(
    G,
    'coordinator-lost-in-rebalance',
    'G-40',
    'Another coordinator found a group that had been rebalancing, as it had been before.',
    (now, seen) => {
      const before = seen.group(now.group)
      if (now.from !== null || before === undefined || before.epoch >= now.epoch) return false
      return before.to === 'PreparingRebalance' || before.to === 'CompletingRebalance'
    },
  ),
  mark(G, 'generation-fell', 'G-40', 'Another coordinator found an older generation than was told.', (now, seen) => {
    const before = seen.group(now.group)
    return now.from === null && before !== undefined && before.epoch < now.epoch && now.generation < before.generation
  }),
  mark(M, 'static-member-returned', 'G-36', 'A process took the place of the one with its instance id.', (event) => {
    return event.change === 'replaced'
  }),
  mark(M, 'member-session-ended', 'G-31', 'A member was silent for its whole session.', ({ change }) => {
    return change === 'expired'
  }),
  mark(M, 'member-missed-rebalance', 'G-28', 'A member did not join, or did not sync, in time.', ({ change }) => {
    return change === 'removed'
  }),
  mark(
    M,
    'static-member-absent',
    'G-28',
    'A generation began without a static member, which keeps its place.',
    (event) => {
      return event.change === 'absent'
    },
  ),
  mark(
    'member-left',
    'member-polled-too-late',
    'C-11',
    'A member left because its application did not poll.',
    (event) => {
      return event.reason.startsWith('consumer poll timeout')
    },
  ),
  mark(
    'partitions-revoked',
    'partitions-lost',
    'C-20',
    'A member had lost its partitions before it was told.',
    (event) => {
      return event.lost && event.partitions.length > 0
    },
  ),
  mark('group-join-answered', 'join-of-unknown-member', 'C-13', 'UNKNOWN_MEMBER_ID answered a join.', ({ error }) => {
    return error === 'UNKNOWN_MEMBER_ID'
  }),
  mark('commit-answered', 'commit-of-lost-generation', 'C-18', 'A commit failed: its generation was over.', (event) => {
    return event.error === 'CommitFailedException'
  }),
  mark('commit-answered', 'commit-in-rebalance', 'C-18', 'A commit failed: its group was rebalancing.', ({ error }) => {
    return error === 'RebalanceInProgressException'
  }),
  mark(
    'group-offset-removed',
    'committed-offset-expired',
    'O-5',
    'A committed offset was old enough to go.',
    (event) => {
      return event.why === 'expired'
    },
  ),
  mark(
    'coordinator-changed',
    'coordinator-resigned',
    'G-20',
    'A coordinator of groups gave up its office.',
    (event) => {
      return event.state === 'resigned' && event.groups > 0
    },
  ),
]
