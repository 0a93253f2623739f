// Myths about what goes on in a rebalance: who leads, who assigns, who stops, who joins, and what is sent.

import { clientOf, named } from './group-members.ts'
import type { Myth } from './myth.ts'
import { seconds } from './seconds.ts'

const GROUP = 'billing'
/** All that a member of a group sends to its coordinator, and what is said to be among it. */
const GROUP_APIS = [
  'FindCoordinator',
  'JoinGroup',
  'SyncGroup',
  'Heartbeat',
  'LeaveGroup',
  'OffsetCommit',
  'OffsetFetch',
  'DescribeGroups',
]

export const REBALANCE_MYTHS: readonly Myth[] = [
  {
    id: 'M39',
    slug: 'first-to-ask-leads',
    claim: 'The first member that sends JoinGroup becomes the leader of the group.',
    verdict: 'false',
    truth:
      'The first that is added. Since 2.2 who joins for the first time is only given an id to ask again with (KIP-394). Who leads stays the leader in later generations, as long as it comes back.',
    rules: 'G-23, G-30',
    probe: (witness) => {
      const asked: string[] = []
      const added: string[] = []
      const leaders: string[] = []
      witness.on('group-member-changed', ({ change, clientId }) => {
        if (change === 'given-id' && !asked.includes(clientId)) asked.push(clientId)
        if (change === 'joined' && !added.includes(clientId)) added.push(clientId)
      })
      witness.on('group-changed', ({ to, leader }) => {
        if (to === 'Stable' && leader !== null) leaders.push(clientOf(leader))
      })
      return () => {
        const facts = [
          `JoinGroup was first sent by ${asked.join(', then ')}`,
          `members were added in this order: ${added.join(', ')}`,
          `leaders, generation by generation: ${leaders.join(', ')}`,
        ]
        const [first] = leaders
        return { holds: first === undefined || asked.length < 2 ? undefined : first === asked[0], facts }
      }
    },
  },
  {
    id: 'M40',
    slug: 'coordinator-assigns',
    claim: 'The coordinator computes which member has which partition.',
    verdict: 'false',
    truth:
      'In the classic protocol the leader does, which is one of the members: the coordinator tells it who is there, and hands out what it sends back. In the new protocol (KIP-848) the coordinator does.',
    rules: 'G-16, G-30, A-0',
    probe: (witness) => {
      let isHeld = false
      let completingMs: number | undefined
      let waitedMs: number | undefined
      const told = new Set<string>()
      let members = 0
      witness.on('fault-applied', () => (isHeld = true))
      witness.on('group-join-answered', (event) => {
        if (!isHeld || event.error !== null) return
        members += 1
        if (event.members.length > 0) told.add(clientOf(event.member))
      })
      witness.on('group-changed', ({ to }, atMs) => {
        if (!isHeld) return
        if (to === 'CompletingRebalance') completingMs = atMs
        if (to === 'Stable' && completingMs !== undefined) waitedMs ??= atMs - completingMs
      })
      return () => ({
        holds: waitedMs === undefined ? undefined : waitedMs < 1000,
        facts: [
          `of ${members} members that had joined, who else is in the group was told to ${named(told)}`,
          `from then on the group waited for an assignment for ${seconds(waitedMs ?? -1)}`,
        ],
      })
    },
  },
  {
    id: 'M41',
    slug: 'everyone-stops',
    claim: 'In a rebalance everyone stops.',
    verdict: 'false',
    truth:
      'Eager members (range, roundrobin, sticky) give up all they have. Cooperative ones keep what stays theirs and go on reading it; only what moves stops.',
    rules: 'C-20, C-21, A-7; KIP-429 (2.4)',
    rows: 'settings',
    probe: (witness) => {
      let isOn = false
      const owned = new Set<string>()
      const givenUp = new Set<string>()
      witness.on('fault-applied', () => (isOn = true))
      witness.on('partitions-assigned', ({ owned: now }) => {
        if (!isOn) for (const partition of now) owned.add(partition)
      })
      witness.on('partitions-revoked', ({ partitions }) => {
        if (isOn) for (const partition of partitions) givenUp.add(partition)
      })
      return () => ({
        holds: owned.size === 0 || givenUp.size === 0 ? undefined : givenUp.size === owned.size,
        facts: [`when a third member came, ${givenUp.size} of ${owned.size} partitions were given up`],
      })
    },
  },
  {
    id: 'M42',
    slug: 'all-join-anew',
    claim: 'Whenever a member goes or comes, all members must join anew.',
    verdict: 'false',
    truth:
      'Of dynamic members that is so. A static one that is back within its session takes its old place in the same generation, and the others do not hear of it.',
    rules: 'G-18, G-36, G-37; KIP-345 (2.3)',
    rows: 'settings',
    probe: (witness) => {
      let isOn = false
      const before = new Set<string>()
      const joined = new Set<string>()
      witness.on('fault-applied', () => (isOn = true))
      witness.on('group-join-answered', ({ error, member }) => {
        if (error === null) (isOn ? joined : before).add(clientOf(member))
      })
      return () => ({
        holds: before.size === 0 || joined.size === 0 ? undefined : joined.size >= before.size,
        facts: [`of ${before.size} members, one of which was restarted, these joined again: ${named(joined)}`],
      })
    },
  },
  {
    id: 'M47',
    slug: 'describe-group-rebalances',
    claim: 'A rebalance takes five requests: JoinGroup, SyncGroup, Heartbeat, LeaveGroup and DescribeGroup.',
    verdict: 'false',
    truth:
      'Members never describe their group: administrators do. What is missing in that list are FindCoordinator, OffsetCommit and OffsetFetch.',
    rules: 'G-5, G-23, C-6, C-17',
    probe: (witness) => {
      const sent = new Map(GROUP_APIS.map((api) => [api, 0]))
      let rebalances = 0
      witness.on('group-changed', ({ group, to }) => {
        if (group === GROUP && to === 'Stable') rebalances += 1
      })
      witness.onRequest((api) => {
        const count = sent.get(api)
        if (count !== undefined) sent.set(api, count + 1)
      })
      return () => ({
        holds: rebalances === 0 ? undefined : (sent.get('DescribeGroups') ?? 0) > 0,
        facts: [
          `in ${rebalances} rebalances the broker was sent ${[...sent].map(([api, count]) => `${api} × ${count}`).join(', ')}`,
        ],
      })
    },
  },
]
