// Laws of all assignors on groups that live: members come, go and change their minds, each tells what it got last, some
// tell what they got long ago (IG-4, IG-5, IG-14).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Assignments, Assignor, GroupMember, TopicRacks } from '../../../src/client/assignors/assignor.ts'
import { ASSIGNOR_NAMES, assignorNamed, commonProtocol } from '../../../src/client/assignors/assignors.ts'
import { assignConstrained } from '../../../src/client/assignors/constrained-sticky.ts'
import { assignGeneral } from '../../../src/client/assignors/general-sticky.ts'
import { RackInfo } from '../../../src/client/assignors/rack-info.ts'
import { PartitionTable, resolveClaims } from '../../../src/client/assignors/sticky-claims.ts'
import type { TopicPartition } from '../../../src/protocol/consumer-protocol.ts'
import { member, topicsOf, written } from './group-rig.ts'

const key = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`

interface Step {
  /** Of each member, the topics it subscribes to; undefined if it is away. */
  readonly members: readonly (readonly number[] | undefined)[]
  /** Members that miss this generation and claim an old one in the next. */
  readonly asleep: readonly number[]
}

interface Story {
  readonly topics: TopicRacks
  readonly steps: readonly Step[]
}

const RACKS = ['a', 'b', 'c']

function stories(alike: boolean): fc.Arbitrary<Story> {
  const topicNumbers = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 })
  const members = alike
    ? fc
        .array(fc.boolean(), { minLength: 6, maxLength: 6 })
        .map((here) => here.map((is) => (is ? [0, 1, 2, 3] : undefined)))
    : fc.array(fc.option(topicNumbers, { nil: undefined, freq: 3 }), { minLength: 6, maxLength: 6 })
  const step = fc.record({ members, asleep: fc.uniqueArray(fc.nat(5), { maxLength: 2 }) })
  return fc.record({
    topics: fc
      .array(fc.array(fc.subarray(RACKS), { maxLength: 7 }), { minLength: 4, maxLength: 4 })
      .map(
        (counts) =>
          new Map(counts.map((partitions, at) => [`t${at}`, partitions.map((racks) => new Set(racks))] as const)),
      ),
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  })
}

interface Round {
  readonly group: readonly GroupMember[]
  readonly assignments: Assignments
}

/** Every rebalance of the story, the follow-ups of cooperative ones included. */
function play(story: Story, create: () => Assignor, withRacks: boolean): Round[] {
  const leader = create()
  const owned = new Map<string, { partitions: readonly TopicPartition[]; generation: number }>()
  const rounds: Round[] = []
  let generation = 0
  for (const { members, asleep } of story.steps) {
    const here = members.flatMap((topics, at) => (topics === undefined ? [] : [{ at, topics }]))
    if (here.length === 0) continue
    // Two where all members are alike. Else the second may come to another ideal than the first; and where racks
    // matter, too, partitions may go to and fro for ever: what a rack does not match is given up each time.
    const isAlike = here.every(({ topics }) => topics.length === 4)
    const mostRounds = isAlike && !withRacks ? 2 : 20
    for (let again = true, phase = 0; again; phase++) {
      if (phase === mostRounds && !isAlike && withRacks) break
      expect(phase, 'rounds until the group settles').toBeLessThan(mostRounds)
      const group = here.map(({ at, topics }) => {
        const names = topics.map((topic) => `t${topic}`)
        const had = owned.get(`C${at}`)
        const claims = had?.partitions.filter(({ topic }) => names.includes(topic))
        const rack = withRacks ? { rack: RACKS[at % 3] ?? '' } : {}
        return member(`C${at}`, names, { ...rack, ...(had && claims && { owned: claims, generation: had.generation }) })
      })
      generation += 1
      const assignments = leader.assign(story.topics, group)
      rounds.push({ group, assignments })
      again = commonProtocol([leader]) === 'cooperative' && !isComplete(story.topics, group, assignments)
      for (const { at } of here) {
        if (!again && asleep.includes(at)) continue
        owned.set(`C${at}`, { partitions: assignments.get(`C${at}`) ?? [], generation })
      }
    }
  }
  return rounds
}

function wantedPartitions(topics: TopicRacks, group: readonly GroupMember[]): string[] {
  const names = new Set(group.flatMap(({ subscription }) => subscription.topics))
  return [...names].flatMap((name) => (topics.get(name) ?? []).map((_, index) => `${name}-${index}`)).sort()
}

function isComplete(topics: TopicRacks, group: readonly GroupMember[], assignments: Assignments): boolean {
  return [...assignments.values()].flat().length === wantedPartitions(topics, group).length
}

const sizes = (assignments: Assignments) =>
  [...assignments.values()].map((partitions) => partitions.length).sort((a, b) => a - b)

describe.each([...ASSIGNOR_NAMES])('%s', (name) => {
  const create = () => {
    const assignor = assignorNamed(name)
    if (assignor === undefined) throw new Error(name)
    return assignor
  }

  it.each([
    ['subscribe alike', true, false],
    ['subscribe differently', false, false],
    ['have racks', false, true],
    ['subscribe alike and have racks', true, true],
  ])('gives each partition to one member that wants it, when members %s (IG-4, IG-5)', (_, alike, racks) => {
    // That of kafkajs deals out in turn, whatever each member subscribes to: where members differ, only the first half
    // of the law is its own.
    const asksWhatMembersWant = alike || name !== 'RoundRobinAssigner'
    fc.assert(
      fc.property(stories(alike), (story) => {
        for (const { group, assignments } of play(story, create, racks)) {
          const given = [...assignments.values()].flat().map(key).sort()
          const wanted = new Set(wantedPartitions(story.topics, group))
          const unwanted = group.flatMap(({ memberId, subscription }) =>
            (assignments.get(memberId) ?? []).filter(({ topic }) => !subscription.topics.includes(topic)),
          )
          if (asksWhatMembersWant) expect(unwanted).toEqual([])
          if (name !== 'cooperative-sticky') expect(given).toEqual([...wanted])
          else {
            expect(new Set(given).size).toBe(given.length)
            expect(given.filter((partition) => !wanted.has(partition))).toEqual([])
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})

it('RoundRobinAssigner deals out what its leader subscribes to, to everybody, and nothing else', () => {
  const wants = (memberId: string, ...topics: string[]) => member(memberId, topics)
  const group = [wants('C0', 't0'), wants('C1', 't1'), wants('C2', 't0')]
  const assigned = assignorNamed('RoundRobinAssigner')!.assign(topicsOf('t0:4,t1:2'), group, ['t0'])
  expect(written(assigned)).toEqual({ C0: 't0-0,t0-3', C1: 't0-1', C2: 't0-2' })
})

it('RoundRobinAssigner leaves sizes that differ by at most one, whatever members subscribe to', () => {
  fc.assert(
    fc.property(stories(false), (story) => {
      for (const { assignments } of play(story, () => assignorNamed('RoundRobinAssigner')!, true)) {
        const counts = sizes(assignments)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }
    }),
    { numRuns: 40 },
  )
})

const COOPERATIVE_OR_NOT = [...ASSIGNOR_NAMES].filter((name) => name.endsWith('sticky'))

describe.each(COOPERATIVE_OR_NOT)('%s', (name) => {
  const settled = (story: Story) =>
    play(story, () => assignorNamed(name)!, false).filter(({ group, assignments }) =>
      isComplete(story.topics, group, assignments),
    )

  it('leaves sizes that differ by at most one, when members subscribe alike (IG-14)', () => {
    fc.assert(
      fc.property(stories(true), (story) => {
        for (const { assignments } of settled(story)) {
          const counts = sizes(assignments)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('moves no more than balance asks for, when members subscribe alike (IG-14)', () => {
    fc.assert(
      fc.property(stories(true), (story) => {
        for (const { group, assignments } of settled(story)) {
          const quota = Math.ceil(wantedPartitions(story.topics, group).length / group.length)
          const claims = new Map<string, number>()
          for (const partition of group.flatMap(({ subscription }) => subscription.ownedPartitions)) {
            claims.set(key(partition), (claims.get(key(partition)) ?? 0) + 1)
          }
          const movedTooMuch = group.filter(({ memberId, subscription }) => {
            const own = subscription.ownedPartitions.map(key)
            const now = new Set((assignments.get(memberId) ?? []).map(key))
            // Who wins what two claim is another law.
            const undisputed = own.filter((partition) => claims.get(partition) === 1).length
            return own.filter((partition) => now.has(partition)).length < Math.min(undisputed, quota - 1)
          })
          expect(movedTooMuch).toEqual([])
        }
      }),
      { numRuns: 50 },
    )
  })

  it('leaves nobody who could have a partition of a member with at least two more (A-6)', () => {
    fc.assert(
      fc.property(stories(false), (story) => {
        for (const { group, assignments } of settled(story)) {
          const owner = new Map([...assignments].flatMap(([id, all]) => all.map((one) => [key(one), id] as const)))
          const load = (id: string) => assignments.get(id)?.length ?? 0
          const couldHave = group.flatMap(({ memberId, subscription }) =>
            subscription.topics.flatMap((topic) =>
              [...(story.topics.get(topic) ?? []).keys()]
                .map((index) => `${topic}-${index}`)
                .filter((partition) => load(owner.get(partition) ?? '') > load(memberId) + 1),
            ),
          )
          expect(couldHave).toEqual([])
        }
      }),
      { numRuns: 50 },
    )
  })

  it('changes nothing when nothing changed', () => {
    fc.assert(
      fc.property(stories(false), (story) => {
        const last = settled(story).at(-1)
        if (last === undefined) return
        const group = last.group.map(({ memberId, subscription: { topics } }) =>
          member(memberId, topics, { owned: last.assignments.get(memberId) ?? [], generation: 99 }),
        )
        const again = assignorNamed(name)!.assign(story.topics, group)
        const sorted = (all: Assignments) =>
          [...all].map(([id, parts]) => `${id}: ${parts.map(key).sort().join()}`).sort()
        expect(sorted(again)).toEqual(sorted(last.assignments))
      }),
      { numRuns: 50 },
    )
  })
})

it('the fast path of the sticky engine balances as well as the general one, and keeps as much', () => {
  fc.assert(
    fc.property(stories(true), (story) => {
      for (const { group } of play(story, () => assignorNamed('sticky')!, false)) {
        const table = new PartitionTable()
        const ownedBy = ({ subscription }: GroupMember) => ({
          partitions: subscription.ownedPartitions,
          generation: subscription.generationId,
        })
        const known = new Map([...story.topics].filter(([, partitions]) => partitions.length > 0))
        const newest = Math.max(...group.map(({ subscription }) => subscription.generationId))
        const claims = () => resolveClaims(known, group, table, ownedBy)
        expect(claims().allSubscribeAlike).toBe(true)
        const racks = new RackInfo(known, group)
        const fast = assignConstrained(known, claims(), table, racks).assignments
        const general = assignGeneral(known, claims(), table, racks, newest)
        expect(sizes(fast)).toEqual(sizes(general))
      }
    }),
    { numRuns: 40 },
  )
})

it('claims of anybody, of any generation, never end in a topic that a member does not want (B-47)', () => {
  const claim = fc.record({ topic: fc.constantFrom('t0', 't1', 't2'), partition: fc.nat(2) })
  const one = fc.record({
    topics: fc.subarray(['t0', 't1', 't2'], { minLength: 1 }),
    owned: fc.uniqueArray(claim, { selector: key, maxLength: 5 }),
    generation: fc.integer({ min: -1, max: 3 }),
  })
  fc.assert(
    fc.property(
      fc.array(one, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...COOPERATIVE_OR_NOT),
      (specs, name) => {
        const group = specs.map((spec, at) => member(`C${at}`, spec.topics, spec))
        const assignments = assignorNamed(name)!.assign(topicsOf('t0:3,t1:3,t2:3'), group)
        for (const { memberId, subscription } of group) {
          for (const { topic } of assignments.get(memberId) ?? []) expect(subscription.topics).toContain(topic)
        }
      },
    ),
    { numRuns: 300 },
  )
})

it('[range, cooperative-sticky] is eager, as Kafka defaults are; cooperative-sticky alone is not (A-0)', () => {
  const common = (...names: string[]) => commonProtocol(names.map((name) => assignorNamed(name)!))
  expect(common('range', 'cooperative-sticky')).toBe('eager')
  expect(common('cooperative-sticky')).toBe('cooperative')
  expect(assignorNamed('org.apache.kafka.clients.consumer.StickyAssignor')?.name).toBe('sticky')
  expect(assignorNamed('nonsense')).toBeUndefined()
})
