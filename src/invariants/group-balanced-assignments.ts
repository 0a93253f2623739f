// IG-14, as far as one assignment shows it, and members all ask for the same: range is even within each topic, the others in
// all; and what sticks is not taken from a member that has less than its share. A cooperative assignor withholds what
// moves, so there only too much counts. That equal input gives equal output is a test of the assignors.

import type { AssignmentComputed } from '../trace/group-event.ts'
import { COOPERATIVE } from './group-whole-assignments.ts'
import type { Invariant } from './invariant.ts'

export const groupBalancedAssignments: Invariant = {
  id: 'group-balanced-assignments',
  rule: 'IG-14',
  statement:
    'Members that ask for the same get the same number of partitions, give or take one, and keep what they may.',
  assumes: ['C4'],
  create: (cluster, report) => ({
    hears: ['assignment-computed'],
    hear: (heard) => {
      // It hears nothing else.
      const event = heard as AssignmentComputed
      if (!asksForTheSame(event)) return
      const problem = unevenness(event) ?? needlessMove(event)
      if (problem !== undefined) report(event.group, `in generation ${event.generation} ${problem}`, cluster.ordinal)
    },
  }),
}

function asksForTheSame({ members }: AssignmentComputed): boolean {
  const [first] = members
  if (first === undefined) return false
  const topics = new Set(first.topics)
  return members.every((member) => member.topics.length === topics.size && member.topics.every((t) => topics.has(t)))
}

function partitionsOf({ topics, members }: AssignmentComputed): number {
  const asked = members[0]?.topics ?? []
  return topics.reduce((sum, { name, partitions }) => sum + (asked.includes(name) ? partitions : 0), 0)
}

function unevenness(event: AssignmentComputed): string | undefined {
  const { protocol, topics, members } = event
  switch (protocol) {
    case 'range':
      for (const { name } of topics) {
        const sizes = members.map(({ assigned }) => assigned.filter((each) => topicOf(each) === name).length)
        const problem = differenceOf(sizes, ` of ${name}`)
        if (problem !== undefined) return problem
      }
      return undefined
    case 'roundrobin':
    case 'sticky':
      return differenceOf(members.map(({ assigned }) => assigned.length))
    case COOPERATIVE: {
      const most = Math.ceil(partitionsOf(event) / members.length)
      const greedy = members.find(({ assigned }) => assigned.length > most)
      return greedy && `${greedy.id} gets ${greedy.assigned.length} partitions, and ${most} are its share`
    }
    default:
      return undefined
  }
}

function differenceOf(sizes: readonly number[], ofWhat = ''): string | undefined {
  let least = Infinity
  let most = 0
  for (const size of sizes) {
    if (size < least) least = size
    if (size > most) most = size
  }
  return most - least > 1 ? `one member gets ${most} partitions${ofWhat} and another ${least}` : undefined
}

/** Somebody lost what only it claimed, in the newest generation, and has less than everybody's share now. */
function needlessMove(event: AssignmentComputed): string | undefined {
  const { protocol, members, hasRacks } = event
  if (protocol !== COOPERATIVE || hasRacks) return undefined
  const share = Math.floor(partitionsOf(event) / members.length)
  const claims = new Map<string, number>()
  let newest = -1
  for (const { owned, generation } of members) {
    newest = Math.max(newest, generation)
    for (const partition of owned) claims.set(partition, (claims.get(partition) ?? 0) + 1)
  }
  const sizes = new Map(event.topics.map(({ name, partitions }) => [name, partitions]))
  for (const { id, owned, generation, assigned } of members) {
    if (generation !== newest || assigned.length >= share) continue
    const taken = owned.find(
      (partition) => claims.get(partition) === 1 && exists(partition, sizes) && !assigned.includes(partition),
    )
    if (taken === undefined) continue
    return `${id} has to give up ${taken} and is left with ${assigned.length} partitions, where ${share} are its share`
  }
  return undefined
}

function exists(partition: string, sizes: ReadonlyMap<string, number>): boolean {
  return Number(partition.slice(partition.lastIndexOf('-') + 1)) < (sizes.get(topicOf(partition)) ?? 0)
}

function topicOf(partition: string): string {
  return partition.slice(0, partition.lastIndexOf('-'))
}
