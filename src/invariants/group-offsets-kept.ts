// IG-11. A group in the middle of a rebalance may not know what it subscribes to: nothing of it may expire (KAFKA-13636).

import type { GroupChanged, GroupOffsetRemoved } from '../trace/group-event.ts'
import type { Invariant } from './invariant.ts'

export const groupOffsetsKept: Invariant = {
  id: 'group-offsets-kept',
  rule: 'IG-11',
  statement: 'No committed offset expires while its group rebalances.',
  assumes: ['C4'],
  create: (cluster, report) => {
    const moves = new Map<string, { readonly to: string; readonly ordinal: number }>()
    return {
      hears: ['group-changed', 'group-offset-removed'],
      hear: (heard) => {
        // These are what it hears.
        const event = heard as GroupChanged | GroupOffsetRemoved
        const key = `${event.broker}/${event.group}`
        if (event.type === 'group-changed') return void moves.set(key, { to: event.to, ordinal: cluster.ordinal })
        const move = moves.get(key)
        if (event.why !== 'expired' || move === undefined) return
        if (move.to === 'Empty' || move.to === 'Stable') return
        report(event.group, `the offset of ${event.partition} expired in ${move.to}`, move.ordinal)
      },
    }
  },
}
