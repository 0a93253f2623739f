// RI-1. Words of Hachikuji's Kafka replication model, with the guard it lacks: no leader is no contradiction.

import { NO_LEADER } from '../metadata/partition-state.ts'
import type { Invariant } from './invariant.ts'

export const leaderInIsr: Invariant = {
  id: 'leader-in-isr',
  rule: 'RI-1',
  statement: 'The leader that the controller names is a member of the ISR.',
  assumes: [],
  create: (_, report) => ({
    checkPartition({ key, committed, committedOrdinal }) {
      if (committed === undefined || committed.leader === NO_LEADER || committed.isr.includes(committed.leader)) return
      const { leader, leaderEpoch, isr } = committed
      report(key, `broker ${leader} leads epoch ${leaderEpoch} and the ISR is [${isr.join(', ')}]`, committedOrdinal)
    },
  }),
}
