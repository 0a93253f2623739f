// RI-11. Of every replica, leader or not.

import type { Invariant } from './invariant.ts'

export const highWatermarkBounds: Invariant = {
  id: 'high-watermark-bounds',
  rule: 'RI-11',
  statement: 'On every replica: log start ≤ last stable offset ≤ high watermark ≤ log end.',
  assumes: [],
  create: (cluster, report) => ({
    checkReplica({ state, broker, home }) {
      if (state === undefined) return
      const { logStartOffset, lastStableOffset, highWatermark, logEndOffset } = state.log
      const ordered =
        logStartOffset <= lastStableOffset && lastStableOffset <= highWatermark && highWatermark <= logEndOffset
      if (ordered) return
      const offsets = `start ${logStartOffset}, last stable ${lastStableOffset}, high watermark ${highWatermark}`
      report(home.key, `broker ${broker} has ${offsets}, end ${logEndOffset}`, cluster.ordinal)
    },
  }),
}
