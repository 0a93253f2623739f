// RI-11. Of every replica, leader or not.

import type { Invariant } from './invariant.ts'
import { ANYTHING, HAPPENED } from './watched-replica.ts'

const ALL_BUT_ANSWERS = ANYTHING & ~(HAPPENED.answered | HAPPENED.isr)

export const highWatermarkBounds: Invariant = {
  id: 'high-watermark-bounds',
  rule: 'RI-11',
  statement: 'On every replica: log start ≤ last stable offset ≤ high watermark ≤ log end.',
  assumes: [],
  create: (cluster, report) => ({
    concerns: { leader: ALL_BUT_ANSWERS, follower: ALL_BUT_ANSWERS },
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
