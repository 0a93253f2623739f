// What a replica says of its epochs is what followers truncate by: it must be what its batches say. Looked at for
// the batch that was appended last.

import type { Invariant } from './invariant.ts'
import { HAPPENED } from './watched-replica.ts'

export const epochsFitBatches: Invariant = {
  id: 'epochs-fit-batches',
  rule: 'R-10',
  statement: 'The leader epoch that a replica’s epoch cache has for an offset is that of the batch there.',
  assumes: ['C4', 'C5'],
  create: (cluster, report) => ({
    concerns: { leader: HAPPENED.appended, follower: HAPPENED.appended },
    checkReplica({ state, trail, broker, home }) {
      const epochs = state?.log.epochs
      const { lastBase, lastEpoch } = trail
      // What lies before the start is nobody's any more.
      if (state === undefined || epochs === undefined || lastBase < state.log.logStartOffset || lastEpoch < 0) return
      const said = epochs.epochForOffset(lastBase)
      if (said === lastEpoch) return
      const what = `broker ${broker} has a batch of epoch ${lastEpoch} at offset ${lastBase}`
      report(home.key, `${what}, and its epoch cache says ${said ?? 'nothing'}`, cluster.ordinal, broker)
    },
  }),
}
