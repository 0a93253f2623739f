// IC-4. What an application is told of a partition alternates: it is assigned, then revoked or lost, then assigned again.

import type { MemberStarted, PartitionsAssigned, PartitionsRevoked } from '../trace/group-event.ts'
import type { Invariant } from './invariant.ts'

export const consumerToldInTurn: Invariant = {
  id: 'consumer-told-in-turn',
  rule: 'IC-4',
  statement: 'An application is told that a partition is its own, and that it is not any more, in turn.',
  assumes: ['C4'],
  create: (cluster, report) => {
    /** Since when it has each. */
    const held = new Map<string, Map<string, number>>()
    return {
      hears: ['partitions-assigned', 'partitions-revoked', 'member-started'],
      hear: (heard) => {
        // These are what it hears.
        const event = heard as PartitionsAssigned | PartitionsRevoked | MemberStarted
        const { client, group } = event
        const own = held.get(client) ?? new Map<string, number>()
        held.set(client, own)
        switch (event.type) {
          case 'partitions-assigned':
            for (const partition of event.added) {
              const since = own.get(partition)
              if (since !== undefined) report(group, `${client} is assigned ${partition}, and has it already`, since)
              own.set(partition, cluster.ordinal)
            }
            return
          case 'partitions-revoked': {
            const missing = event.partitions.find((partition) => !own.has(partition))
            const how = event.lost ? 'loses' : 'is to give up'
            if (missing !== undefined)
              report(group, `${client} ${how} ${missing}, and does not have it`, cluster.ordinal)
            for (const partition of event.partitions) own.delete(partition)
            return
          }
          case 'member-started':
            own.clear()
            return
          default:
            event satisfies never
        }
      },
    }
  },
}
