// RI-8, also across unclean elections: from a batch of an epoch its leader's whole log follows. Each batch is compared with
// the one before it only; what lies before that was compared when it was read.

import type { Invariant } from './invariant.ts'

export const strongLogMatching: Invariant = {
  id: 'strong-log-matching',
  rule: 'RI-8',
  statement: 'Two logs with a batch of the same offset and leader epoch are the same below it.',
  assumes: ['C4', 'upstream-epoch'],
  create: (_, report) => ({
    checkReplica({ past, home, broker }) {
      if (past.conflicts.length === 0) return
      for (const { kind, base, epoch, firstBroker, firstOrdinal, detail } of past.conflicts) {
        if (kind !== 'past') continue
        const what = `broker ${broker} has offset ${base} of epoch ${epoch} with ${detail} before it on broker`
        report(home.key, `${what} ${firstBroker}`, firstOrdinal, broker)
      }
    },
  }),
}
