// IG-5, its other half: a leader's assignor gives members nothing that they did not ask for (B-47).

import type { AssignmentComputed } from '../trace/group-event.ts'
import type { Invariant } from './invariant.ts'

export const groupSubscribedAssignments: Invariant = {
  id: 'group-subscribed-assignments',
  rule: 'IG-5',
  statement:
    'No member is assigned a partition of a topic that it does not subscribe to, or that its leader does not know.',
  assumes: ['C4'],
  create: (cluster, report) => ({
    hears: ['assignment-computed'],
    hear: (heard) => {
      // It hears nothing else.
      const { group, generation, topics, members } = heard as AssignmentComputed
      const sizes = new Map(topics.map(({ name, partitions }) => [name, partitions]))
      for (const member of members) {
        const stray = member.assigned.find((partition) => {
          const dash = partition.lastIndexOf('-')
          const topic = partition.slice(0, dash)
          return !member.topics.includes(topic) || Number(partition.slice(dash + 1)) >= (sizes.get(topic) ?? 0)
        })
        if (stray === undefined) continue
        const text = `generation ${generation} gives ${stray} to ${member.id}, which subscribes to [${member.topics.join(', ')}]`
        report(group, text, cluster.ordinal)
      }
    },
  }),
}
