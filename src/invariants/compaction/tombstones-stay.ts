// R-33 (KIP-534), by the clock of the broker that compacts: what a follower copied from its leader keeps the date that it
// came with.

import type { Invariant } from '../invariant.ts'
import { SwapReport } from './compaction-keeps-last.ts'

export const tombstonesStay: Invariant = {
  id: 'tombstones-stay',
  rule: 'R-33',
  statement:
    'A tombstone that is the last of its key stays for delete.retention.ms after the first round of compaction that saw it.',
  assumes: ['C4'],
  create: (cluster, report) => new SwapReport(cluster, report, ['tombstone']),
}
