// IG-9, IG-12 and IG-14 beside a naive second implementation each, which keeps all that happened and looks through it again
// after every event: both say the same of whatever may happen to a group.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { SOUGHT } from '../../src/client/position-requests.ts'
import { groupBalancedAssignments } from '../../src/invariants/group-balanced-assignments.ts'
import { groupOffsetsAdvance } from '../../src/invariants/group-offsets-advance.ts'
import { groupRequestsAnswered } from '../../src/invariants/group-requests-answered.ts'
import { type Invariant, InvariantChecker } from '../../src/invariants/index.ts'
import type { AssignmentComputed, CommitSent, GroupOffsetCommitted } from '../../src/trace/group-event.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'

interface Timed {
  readonly atUs: number
  readonly event: KafkaEvent
}

/** How often it was violated, after each event. */
function counts(invariant: Invariant, events: readonly Timed[]): number[] {
  const loop = new EventLoop()
  const bus = new TraceBus<KafkaEvent>(loop)
  const owner = new Owner(1, 'test')
  const view = { brokerIds: [], metadata: undefined, partitionsOf: () => undefined, broker: () => undefined }
  const checker = new InvariantChecker([invariant], view, loop, bus)
  return events.map(({ atUs, event }) => {
    loop.schedule(atUs, owner, 'test', 0, () => bus.emit(event, 'test'))
    loop.run(atUs)
    return checker.violations.reduce((sum, { count }) => sum + count, 0)
  })
}

const after = (events: readonly KafkaEvent[]): Timed[] => events.map((event, i) => ({ atUs: (i + 1) * 1000, event }))

describe('group-offsets-advance (IG-9)', () => {
  const CLIENTS = ['a', 'b'] as const
  const ACKED = ['acked', 'acked', 'acked', 'acked', 'acked'] as const
  const happenings = fc.array(
    fc.record({
      client: fc.constantFrom(...CLIENTS),
      what: fc.constantFrom('sent', 'sent', 'told', 'failed', 'assigned', 'moved', 'sought', 'gone', ...ACKED),
      generation: fc.integer({ min: 1, max: 2 }),
      offset: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 30 },
  )

  function eventOf({
    client,
    what,
    generation,
    offset,
  }: {
    client: string
    what: string
    generation: number
    offset: number
  }): KafkaEvent {
    const member = `${client}-id`
    const commit = { client, group: 'g', generation, kind: 'async' as const, offsets: [{ partition: 't-0', offset }] }
    switch (what) {
      case 'sent':
        return { type: 'commit-sent', member, ...commit }
      case 'told':
        return { type: 'commit-answered', error: null, ...commit }
      case 'failed':
        return { type: 'commit-answered', error: 'REQUEST_TIMED_OUT', ...commit }
      case 'moved':
        return { type: 'position-moved', client, partition: 't-0', from: offset, to: 2, why: 'reset' }
      case 'sought':
        return { type: 'position-moved', client, partition: 't-0', from: 0, to: offset, why: SOUGHT }
      case 'assigned':
        return { type: 'partitions-assigned', client, group: 'g', member, generation, added: ['t-0'], owned: ['t-0'] }
      case 'gone':
        return {
          type: 'group-offset-removed',
          broker: 1,
          group: 'g',
          groupState: 'Stable',
          partition: 't-0',
          why: 'deleted',
        }
      default:
        return {
          type: 'group-offset-committed',
          broker: 1,
          home: '__consumer_offsets-0',
          epoch: 0,
          group: 'g',
          member,
          generation,
          groupGeneration: generation,
          groupState: 'Stable',
          partition: 't-0',
          offset,
          acknowledged: true,
        }
    }
  }

  /** What this client has sent in its latest generation, and has not been told of. */
  function outstanding(past: readonly KafkaEvent[], client: string): CommitSent[] {
    const sent = past.filter((event): event is CommitSent => event.type === 'commit-sent' && event.client === client)
    const newest = sent.at(-1)?.generation
    const since = sent.findLastIndex(({ generation }) => generation !== newest) + 1
    const open = sent.slice(since)
    const first = past.indexOf(open[0] ?? past[0]!)
    for (const [at, event] of past.entries()) {
      if (event.type !== 'commit-answered' || event.client !== client || event.error !== null || at < first) continue
      const index = open.findIndex(
        (one) =>
          past.indexOf(one) < at &&
          one.generation === event.generation &&
          one.offsets[0]?.offset === event.offsets[0]?.offset,
      )
      if (index >= 0) open.splice(index, 1)
    }
    return open
  }

  function goesBack(past: readonly KafkaEvent[], now: GroupOffsetCommitted): boolean {
    const kept = past.slice(past.findLastIndex(({ type }) => type === 'group-offset-removed') + 1)
    const last = kept.findLast((event): event is GroupOffsetCommitted => event.type === 'group-offset-committed')
    if (last === undefined || now.offset >= last.offset) return false
    const isKnown = past.some((event) => event.type === 'commit-sent' && event.member === now.member)
    if (!isKnown) return false
    const client = now.member.replace('-id', '')
    const assignedAt = past.findLastIndex((event) => event.type === 'partitions-assigned' && event.client === client)
    const wentBack = past
      .slice(assignedAt + 1)
      .some(
        (event) =>
          event.type === 'position-moved' && event.client === client && (event.to < event.from || event.why === SOUGHT),
      )
    if (wentBack) return false
    const overtook =
      last.member === now.member &&
      last.generation === now.generation &&
      outstanding(past, client).some(
        ({ generation, offsets }) => generation === now.generation && offsets[0]?.offset === now.offset,
      )
    return !overtook
  }

  it('is found wherever an offset went back for no reason, and nowhere else', () => {
    let found = 0
    fc.assert(
      fc.property(happenings, (steps) => {
        const events = steps.map(eventOf)
        let expected = 0
        const naive = events.map((event, i) => {
          if (event.type === 'group-offset-committed' && goesBack(events.slice(0, i), event)) expected += 1
          return expected
        })
        found += expected
        expect(counts(groupOffsetsAdvance, after(events))).toEqual(naive)
      }),
      { numRuns: 500 },
    )
    expect(found).toBeGreaterThan(20)
  })
})

describe('group-requests-answered (IG-12)', () => {
  const AT_MOST_MS = 1000
  /** With the slack for threads and clocks. */
  const LIMIT_US = AT_MOST_MS * 1000 * 1.01 + 2_000_000
  const happenings = fc.array(
    fc.record({
      member: fc.constantFrom('m', 'n'),
      what: fc.constantFrom(
        'join',
        'join',
        'sync',
        'joined',
        'synced',
        'left',
        'paused',
        'healed',
        'died',
        'nothing',
        'nothing',
      ),
      waitMs: fc.constantFrom(1, 500, 1500, 4000),
    }),
    { maxLength: 25 },
  )

  function eventOf(what: string, member: string): KafkaEvent {
    const whom = { broker: 1, group: 'g', member }
    switch (what) {
      case 'join':
      case 'sync':
        return { type: 'group-request-parked', request: what, atMostMs: AT_MOST_MS, ...whom }
      case 'joined':
        return {
          type: 'group-join-answered',
          ...whom,
          error: null,
          generation: 1,
          protocol: null,
          leader: '',
          members: [],
        }
      case 'synced':
        return { type: 'group-sync-answered', ...whom, error: null, generation: 1, assignment: new Uint8Array(0) }
      case 'left':
        return { type: 'group-member-changed', ...whom, generation: 1, instance: null, clientId: '', change: 'left' }
      case 'paused':
        return { type: 'fault-applied', fault: 'f', verb: 'pause', detail: '', targets: ['broker-1'] }
      case 'healed':
        return { type: 'fault-healed', fault: 'f', verb: 'pause', targets: ['broker-1'] }
      case 'died':
        return { type: 'process-changed', process: 'broker-1', state: 'crashed', detail: '' }
      default:
        // Time passes: invariants look when something happens that concerns them.
        return { type: 'fault-healed', fault: 'another', verb: 'pause', targets: [] }
    }
  }

  const ends = (event: KafkaEvent, member: string, request: string) =>
    event.type === 'process-changed' ||
    (event.type === 'group-member-changed' && event.member === member) ||
    (event.type === 'group-join-answered' && event.member === member && request === 'join') ||
    (event.type === 'group-sync-answered' && event.member === member && request === 'sync')

  const isHeal = (event: KafkaEvent) => event.type === 'fault-healed' && event.fault === 'f'
  const healedAt = (past: readonly Timed[]) => past.findLastIndex(({ event }) => isHeal(event))
  const pausedAt = (past: readonly Timed[]) => past.findLastIndex(({ event }) => event.type === 'fault-applied')

  it('is found wherever somebody waits for longer than the rules allow, undisturbed, and nowhere else', () => {
    let found = 0
    fc.assert(
      fc.property(happenings, (steps) => {
        let atUs = 0
        const events = steps.map(({ what, member, waitMs }): Timed => {
          atUs += waitMs * 1000
          return { atUs, event: eventOf(what, member) }
        })
        // Told of once; then it may begin anew.
        const told = new Map<string, number>()
        let expected = 0
        const naive = events.map(({ atUs: nowUs }, i) => {
          const past = events.slice(0, i + 1)
          if (pausedAt(past) > healedAt(past)) return expected
          for (const member of ['m', 'n']) {
            for (const request of ['join', 'sync']) {
              const ended = past.findLastIndex(({ event }) => ends(event, member, request))
              const from = Math.max(ended, told.get(`${member} ${request}`) ?? -1) + 1
              const parked = past.find(
                ({ event }, at) =>
                  at >= from &&
                  event.type === 'group-request-parked' &&
                  event.member === member &&
                  event.request === request,
              )
              if (parked === undefined) continue
              const healed = past.findLast(
                ({ event }, at) => isHeal(event) && pausedAt(past.slice(0, at)) > healedAt(past.slice(0, at)),
              )
              const sinceUs = Math.max(parked.atUs, healed?.atUs ?? 0)
              if (nowUs <= sinceUs + LIMIT_US) continue
              expected += 1
              told.set(`${member} ${request}`, i)
            }
          }
          return expected
        })
        found += expected
        expect(counts(groupRequestsAnswered, events)).toEqual(naive)
      }),
      { numRuns: 200 },
    )
    expect(found).toBeGreaterThan(20)
  })
})

describe('group-balanced-assignments (IG-14)', () => {
  const PARTITIONS = ['t-0', 't-1', 't-2', 't-3', 'u-0', 'u-1']
  const assignments = fc
    .record({
      protocol: fc.constantFrom('range', 'roundrobin', 'sticky', 'cooperative-sticky'),
      members: fc.array(fc.record({ owned: fc.subarray(PARTITIONS), generation: fc.integer({ min: 1, max: 2 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      /** To whom each partition goes; too high a number is nobody. */
      to: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: PARTITIONS.length, maxLength: PARTITIONS.length }),
      hasRacks: fc.boolean(),
    })
    .map(({ protocol, members, to, hasRacks }): AssignmentComputed => ({
      type: 'assignment-computed',
      client: 'c',
      group: 'g',
      leader: '0',
      generation: 3,
      protocol,
      topics: [
        { name: 't', partitions: 4 },
        { name: 'u', partitions: 2 },
      ],
      members: members.map((member, i) => ({
        ...member,
        id: String(i),
        topics: ['t', 'u'],
        assigned: PARTITIONS.filter((_, at) => to[at] === i),
      })),
      hasRacks,
    }))

  /** As even as so many can be. */
  const isEven = (sizes: readonly number[]): boolean => {
    const total = sizes.reduce((sum, size) => sum + size, 0)
    const even = sizes.map((_, i) => Math.floor((total + i) / sizes.length))
    return sizes.toSorted((a, b) => a - b).join() === even.toSorted((a, b) => a - b).join()
  }

  function isUnfair({ protocol, members, hasRacks }: AssignmentComputed): boolean {
    const sizes = members.map(({ assigned }) => assigned.length)
    if (protocol === 'range') {
      return ['t', 'u'].some(
        (name) => !isEven(members.map(({ assigned }) => assigned.filter((each) => each.startsWith(name)).length)),
      )
    }
    if (protocol !== 'cooperative-sticky') return !isEven(sizes)
    const share = PARTITIONS.length / members.length
    if (sizes.some((size) => size >= share + 1)) return true
    if (hasRacks) return false
    const newest = Math.max(...members.map(({ generation }) => generation))
    return PARTITIONS.some((partition) => {
      const claimants = members.filter(({ owned }) => owned.includes(partition))
      const [only] = claimants
      if (claimants.length !== 1 || only === undefined || only.generation < newest) return false
      return !only.assigned.includes(partition) && only.assigned.length + 1 <= share
    })
  }

  it('is found wherever an assignment is uneven or takes what could stay, and nowhere else', () => {
    let found = 0
    fc.assert(
      fc.property(assignments, (event) => {
        const expected = isUnfair(event) ? 1 : 0
        found += expected
        expect(counts(groupBalancedAssignments, after([event]))).toEqual([expected])
      }),
      { numRuns: 300 },
    )
    expect(found).toBeGreaterThan(50)
    expect(found).toBeLessThan(290)
  })
})
