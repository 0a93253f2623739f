// IG-10, its other half: members commit what they were handed, so what is committed of a partition lies within what was ever
// committed to its log. What administrators set, from outside the group, is their business.

import type { GroupOffsetCommitted } from '../trace/group-event.ts'
import type { Invariant } from './invariant.ts'

export const groupOffsetsWithinLog: Invariant = {
  id: 'group-offsets-within-log',
  rule: 'IG-10',
  statement: 'No member commits an offset below zero, or beyond what is committed in the log of its partition.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => ({
    hears: ['group-offset-committed'],
    hear: (heard) => {
      // It hears nothing else.
      const { group, member, generation, partition: key, offset, acknowledged } = heard as GroupOffsetCommitted
      if (acknowledged || generation < 0) return
      const partition = cluster.find(key)
      let endOffset = 0
      for (let one = partition; one !== undefined; one = one.former)
        endOffset = Math.max(endOffset, one.ledger.endOffset)
      // Of a log in which nothing is known to be committed nobody knows where it begins.
      if (offset >= 0 && (endOffset === 0 || offset <= endOffset)) return
      report(
        key,
        `${member} of ${group} commits ${offset}, and the log is committed up to ${endOffset}`,
        cluster.ordinal,
      )
    },
  }),
}
