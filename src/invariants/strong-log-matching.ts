// RI-8, also across unclean elections: from a batch of an epoch its leader's whole log follows. Each batch is compared with
// the one before it only; what lies before that was compared when it was read.

import type { Invariant } from './invariant.ts'
import { HAPPENED } from './watched-replica.ts'

export const strongLogMatching: Invariant = {
  id: 'strong-log-matching',
  rule: 'RI-8',
  statement: 'Two logs with a batch of the same offset and leader epoch are the same below it.',
  assumes: ['C4', 'C5', 'upstream-epoch', 'upstream-hole'],
  create: (_, report) => ({
    concerns: { leader: HAPPENED.oddPast, follower: HAPPENED.oddPast },
    checkReplica({ past, home, broker }) {
      for (const { kind, base, epoch, firstBroker, firstOrdinal, detail } of past.conflicts) {
        if (kind !== 'past') continue
        const what = `broker ${broker} has offset ${base} of epoch ${epoch} with ${detail} before it on broker`
        report(home.key, `${what} ${firstBroker}`, firstOrdinal, broker)
      }
    },
  }),
}
