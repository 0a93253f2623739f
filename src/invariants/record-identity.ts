// RI-6, of all batches ever seen in any log, not only of those that still lie side by side: a leader writes an offset once
// in one epoch, and a restart that lost data is followed by another epoch. What of a batch counts is its last offset and
// checksum.

import type { Invariant } from './invariant.ts'
import { HAPPENED } from './watched-replica.ts'

export const recordIdentity: Invariant = {
  id: 'record-identity',
  rule: 'RI-6',
  statement: 'Batches at the same offset and of the same leader epoch are one and the same batch, whoever holds them.',
  assumes: ['C4', 'C5', 'upstream-epoch'],
  create: (_, report) => ({
    concerns: { leader: HAPPENED.oddPast, follower: HAPPENED.oddPast },
    checkReplica({ past, home, broker }) {
      for (const { kind, base, last, epoch, firstBroker, firstOrdinal } of past.conflicts) {
        if (kind !== 'batch') continue
        const what = `broker ${broker} has another batch at offsets ${base}–${last} of epoch ${epoch}`
        report(home.key, `${what} than broker ${firstBroker} had`, firstOrdinal, broker)
      }
    },
  }),
}
