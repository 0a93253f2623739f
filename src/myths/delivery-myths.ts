// Myths about what a group is handed: once, twice, or never.

import { list, seconds } from './seconds.ts'
import type { Myth } from './myth.ts'
import { Handed } from './handed.ts'

const P = 'orders-0'
const GROUP = 'billing'

export const DELIVERY_MYTHS: readonly Myth[] = [
  {
    id: 'M35',
    slug: 'removed-once-consumed',
    claim: 'With one group per topic Kafka is point to point: a record is removed once it has been consumed.',
    verdict: 'false',
    truth:
      'A group is a few offsets and nothing else. Records stay until retention takes them, and any other group may read them again.',
    rules: 'O-1, R-22',
    probe: (witness) => {
      const handed = new Handed(witness)
      let committed = 0
      witness.on('group-offset-committed', ({ group, acknowledged, offset }) => {
        if (group === GROUP && acknowledged) committed = Math.max(committed, offset)
      })
      return () => {
        const log = witness.replica(1, P)?.log
        const start = log?.logStartOffset ?? -1
        const facts = [
          `${GROUP} committed offset ${committed}: it has consumed all before it`,
          `the log starts at ${start} and ends at ${log?.logEndOffset}; audit, which came later, read ${handed.by('audit').records} records`,
        ]
        return { holds: committed === 0 ? undefined : start >= committed, facts }
      }
    },
  },
  {
    id: 'M36',
    slug: 'one-owner-so-no-duplicates',
    claim: 'A partition has one member of a group, so that no record is handled twice.',
    verdict: 'false',
    truth:
      'One owner at a time, as the coordinator knows it. Who stood still for longer than its session is taken for dead, and what it had not committed is handed to another as well.',
    rules: 'G-31, C-16, D-6',
    probe: (witness) => {
      const handed = new Handed(witness)
      let expired = 0
      witness.on('group-member-changed', ({ change }) => {
        if (change === 'expired') expired += 1
      })
      return ({ judged }) => {
        const { records, again } = handed.by(GROUP)
        const overlap = judged.find(({ text }) => text === 'no-ownership-overlap')
        const facts = [
          `${expired} member was taken for dead; partitions with two owners at once: ${overlap?.met === true ? 'none' : 'some'}`,
          `of ${records} records ${again} were handed to the group twice`,
        ]
        return { holds: expired === 0 || records === 0 ? undefined : again === 0, facts }
      }
    },
  },
  {
    id: 'M37',
    slug: 'a-group-reads-one-topic',
    claim: 'All members of a group consume one topic, the same.',
    verdict: 'false',
    truth:
      'A group subscribes to as many topics as it likes, by name or by pattern, and members need not even subscribe to the same ones.',
    rules: 'A-1, A-6, O-1',
    probe: (witness) => {
      const topics = new Map<string, Set<string>>()
      witness.on('records-delivered', ({ client, partition }) => {
        const ofMember = topics.get(client) ?? new Set()
        topics.set(client, ofMember.add(partition.slice(0, partition.lastIndexOf('-'))))
      })
      return () => {
        const all = new Set([...topics.values()].flatMap((ofMember) => [...ofMember]))
        const facts = [...topics].map(([member, its]) => `${member} read ${[...its].toSorted().join(' and ')}`)
        return { holds: all.size === 0 ? undefined : all.size === 1, facts: facts.toSorted() }
      }
    },
  },
  {
    id: 'M48',
    slug: 'all-consumed-again',
    claim: 'With auto-commit, everything is consumed again after a rebalance.',
    verdict: 'false',
    truth:
      'What was read since the last commit is: up to auto.commit.interval.ms of it after a crash, hardly anything after a rebalance in order, for then the client commits first.',
    rules: 'C-15, C-16, C-22',
    probe: (witness) => {
      const handed = new Handed(witness)
      let before = 0
      let killedMs = -1
      witness.on('fault-applied', (_, atMs) => {
        before = handed.by(GROUP).records
        killedMs = atMs
      })
      return () => {
        const { again } = handed.by(GROUP)
        const facts = [
          `when it was killed, at ${seconds(killedMs)}, the group had been handed ${before} records`,
          `${again} of those were handed to it again`,
        ]
        return { holds: before === 0 ? undefined : again >= before, facts }
      }
    },
  },
  {
    id: 'M49',
    slug: 'async-never-retries',
    claim: 'A commitAsync that failed is not tried again.',
    verdict: 'true',
    truth:
      'So it is, on purpose: the coordinator takes whatever comes last, so that a second attempt could undo a newer commit. The next commit makes up for it; the last one before a member goes should be a commitSync.',
    rules: 'C-18, C-19, O-2',
    probe: (witness) => {
      let failedAt: number | undefined
      let why = ''
      const sentLater: number[] = []
      witness.on('commit-answered', ({ kind, error, offsets }) => {
        const offset = offsets.find(({ partition }) => partition === P)?.offset
        if (offset === undefined) return
        if (failedAt !== undefined) sentLater.push(offset)
        else if (kind === 'async' && error !== null) {
          failedAt = offset
          why = error
        }
      })
      return () => {
        const failed = failedAt ?? -1
        const facts = [
          `the commit of offset ${failed} failed (${why}); the next ones were of ${list(sentLater.slice(0, 3))}`,
        ]
        const isSeen = failedAt !== undefined && sentLater.length > 0
        return {
          holds: isSeen ? !sentLater.includes(failed) : undefined,
          facts: isSeen ? facts : ['no commitAsync failed'],
        }
      }
    },
  },
  {
    id: 'M50',
    slug: 'earliest-never-loses',
    claim: 'With auto.offset.reset=earliest a group never misses a record.',
    verdict: 'false',
    truth:
      'earliest is the earliest that is still there. What retention took while the group was away it never sees, and nothing tells it so.',
    rules: 'C-7, R-22',
    probe: (witness) => {
      const handed = new Handed(witness)
      const moves: string[] = []
      witness.on('position-moved', ({ client, from, to, why }) => {
        if (client.startsWith(`${GROUP}[`)) moves.push(`${client} went from ${from} to ${to} (${why})`)
      })
      return ({ verdict }) => {
        const { acked } = verdict.history
        const { records } = handed.by(GROUP)
        const facts = [`of ${acked} records acknowledged the group was handed ${records}`, ...moves]
        return { holds: acked === 0 ? undefined : records >= acked, facts }
      }
    },
  },
]
