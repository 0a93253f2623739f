// G-1, G-41. An old coordinator may go on until it learns that it is one; but an epoch has one.

import type { CoordinatorChanged } from '../trace/group-event.ts'
import type { Invariant } from './invariant.ts'

export const oneCoordinatorPerEpoch: Invariant = {
  id: 'one-coordinator-per-epoch',
  rule: 'G-41',
  statement: 'In one leader epoch of a partition of __consumer_offsets, its groups have one coordinator.',
  assumes: ['C4'],
  create: (cluster, report) => {
    const offices = new Map<string, { readonly broker: number; readonly ordinal: number }>()
    return {
      hears: ['coordinator-changed'],
      hear: (heard) => {
        // It hears nothing else.
        const { broker, partition, state, epoch } = heard as CoordinatorChanged
        if (state !== 'active') return
        const key = `${partition} ${epoch}`
        const known = offices.get(key)
        if (known === undefined) offices.set(key, { broker, ordinal: cluster.ordinal })
        else if (known.broker !== broker) {
          report(partition, `broker ${known.broker} and broker ${broker} coordinate in epoch ${epoch}`, known.ordinal)
        }
      },
    }
  },
}
