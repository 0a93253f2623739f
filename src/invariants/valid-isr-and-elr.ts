// RI-18. The eligible leader replicas (KIP-966) are those that left the ISR while it was below the minimum: with the ISR at
// or above it there are none.

import type { Invariant } from './invariant.ts'

export const validIsrAndElr: Invariant = {
  id: 'valid-isr-and-elr',
  rule: 'RI-18',
  statement:
    'ISR and eligible leader replicas are parts of the assignment without a common member, and none are eligible beside an ISR at or above the minimum.',
  assumes: [],
  create: (cluster, report) => ({
    checkPartition({ key, topic, committed, committedOrdinal }) {
      if (committed === undefined) return
      const { isr, replicas } = committed
      const elr = committed.elr ?? NONE
      const what = `ISR [${isr.join(', ')}]`
      const stranger = isr.find((member) => !replicas.includes(member))
      if (stranger !== undefined) {
        report(key, `${what} and the assignment [${replicas.join(', ')}]`, committedOrdinal, stranger)
      }
      if (elr.length === 0) return
      const eligible = `the eligible [${elr.join(', ')}]`
      const misplaced = elr.find((member) => !replicas.includes(member))
      if (misplaced !== undefined) {
        report(key, `${eligible} and the assignment [${replicas.join(', ')}]`, committedOrdinal, misplaced)
      }
      const both = elr.find((member) => isr.includes(member))
      if (both !== undefined) report(key, `${what} and ${eligible} share broker ${both}`, committedOrdinal, both)
      const minimum = Math.min(cluster.minIsrOf(topic), replicas.length)
      if (isr.length >= minimum) {
        report(key, `${what}, of ${minimum} needed, and ${eligible} beside it`, committedOrdinal)
      }
    },
  }),
}

const NONE: readonly number[] = []
