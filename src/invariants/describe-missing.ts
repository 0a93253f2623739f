// Says in words what of the committed records a replica does not hold.

import type { WatchedReplica } from './watched-replica.ts'

/** 'without offsets 5–9, committed in epoch 1: its log ends at 5'. */
export function describeMissing({ trail, home }: WatchedReplica): string {
  const { ledger } = home
  const from = trail.firstMissing
  const epoch = ledger.leaderEpoch(ledger.indexOf(from))
  if (trail.differsFrom < 0) {
    return `without offsets ${from}–${ledger.endOffset - 1}, committed in epoch ${epoch}: its log ends at ${trail.endOffset}`
  }
  return `with other records at offsets ${from}–${trail.differsTo} than those committed in epoch ${epoch}`
}
