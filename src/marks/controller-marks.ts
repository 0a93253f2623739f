// Situations that the controller brought about.

import { SESSION_OF_BROKER } from '../trace/kafka-event.ts'
import { mark } from './mark.ts'

const T = 'partition-changed'

export const CONTROLLER_MARKS = [
  mark(
    T,
    'partition-without-leader',
    'R-97',
    'A partition lost its leader and nobody could follow it.',
    (now, seen) => {
      return now.leader < 0 && (seen.partition(now.partition)?.leader ?? -1) >= 0
    },
  ),
  mark(T, 'leader-after-none', 'R-97', 'A partition without a leader got one.', (now, seen) => {
    return now.leader >= 0 && seen.partition(now.partition)?.leader === -1
  }),
  mark(T, 'last-isr-member-kept', 'R-99', 'The last member stayed in the ISR when it was fenced.', (now, seen) => {
    const before = seen.partition(now.partition)
    return now.leader < 0 && now.isr.length === 1 && before?.leader === now.isr[0]
  }),
  mark(T, 'unclean-election', 'R-102', 'A leader was elected that need not have what was committed.', (now, seen) => {
    const before = seen.partition(now.partition)
    if (before === undefined || now.leader < 0 || now.leader === before.leader) return false
    return !before.isr.includes(now.leader) && !before.elr.includes(now.leader)
  }),
  mark(T, 'elected-from-elr', 'R-100', 'An eligible leader replica was elected from outside the ISR.', (now, seen) => {
    const before = seen.partition(now.partition)
    return (
      before !== undefined && now.leader >= 0 && !before.isr.includes(now.leader) && before.elr.includes(now.leader)
    )
  }),
  mark(
    T,
    'replica-became-eligible',
    'R-100',
    'A replica that left an ISR below the minimum stayed eligible.',
    (now, seen) => {
      return now.elr.length > (seen.partition(now.partition)?.elr.length ?? 0)
    },
  ),
  mark(
    T,
    'leader-back-to-preferred',
    'R-107',
    'The first replica took over from a leader that was well.',
    (now, seen) => {
      const before = seen.partition(now.partition)
      if (before === undefined || before.leader < 0 || before.leader === now.leader) return false
      return now.leader === now.replicas[0] && now.isr.includes(before.leader)
    },
  ),
  mark(T, 'same-leader-new-epoch', 'R-103', 'The leader was named again, in a new epoch.', (now, seen) => {
    const before = seen.partition(now.partition)
    return (
      before !== undefined && before.leader === now.leader && now.leader >= 0 && now.leaderEpoch > before.leaderEpoch
    )
  }),
  mark(
    T,
    'isr-down-to-leader',
    'R-81',
    'The leader was left alone in the ISR of a replicated partition.',
    (now, seen) => {
      const before = seen.partition(now.partition)
      return before !== undefined && before.isr.length > 1 && now.isr.length === 1 && now.leader === now.isr[0]
    },
  ),
  mark(T, 'isr-grew', 'R-82', 'A replica came back into the ISR.', (now, seen) => {
    const before = seen.partition(now.partition)
    return before !== undefined && before.isr.length < now.isr.length
  }),
  mark(T, 'fenced-member-left-isr', 'R-93', 'A silent broker was taken out of the ISR and fenced.', (now, seen) => {
    const before = seen.partition(now.partition)
    return before !== undefined && now.reason.startsWith(SESSION_OF_BROKER) && now.isr.length < before.isr.length
  }),
  mark('broker-state-changed', 'broker-fenced', 'R-93', 'A broker was fenced.', ({ state }) => state === 'fenced'),
  mark('broker-state-changed', 'broker-registered-again', 'R-89', 'A broker registered anew.', (now, seen) => {
    return now.state === 'registered' && seen.brokerState(now.broker) !== undefined
  }),
  mark(
    'broker-state-changed',
    'registration-before-fencing',
    'RB-34',
    'A broker registered anew before it was fenced.',
    (now, seen) => {
      return now.state === 'registered' && seen.brokerState(now.broker) === 'unfenced'
    },
  ),
  mark(
    'broker-state-changed',
    'controlled-shutdown',
    'R-95',
    'A broker asked to stop and gave its offices up.',
    ({ state }) => {
      return state === 'controlled-shutdown'
    },
  ),
  mark('topic-deleted', 'topic-deleted', 'R-108', 'A topic was deleted.', () => true),
]
