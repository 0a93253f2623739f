// Whatever members, administrators, brokers and time do, in whatever order: no promise is broken, nobody is let wait for
// ever, and a group whose members are all silent ends Empty.

import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RequestOf } from '../../src/protocol/messages.ts'
import { Watched } from '../invariants/watched-groups.ts'
import { type Asked, assignments, protocols, REBALANCE_MS, SESSION_MS } from './rig.ts'

/** One of three who may be dynamic or static, with what it has heard. */
interface Slot {
  readonly instance: string | null
  memberId: string
  generation: number
  join: Asked<'JoinGroup'> | undefined
}

type Step =
  | { readonly does: 'join'; readonly who: number; readonly changed: boolean; readonly old: boolean }
  | {
      readonly does: 'sync' | 'heartbeat' | 'leave' | 'commit' | 'forget'
      readonly who: number
      readonly wrong: boolean
    }
  | { readonly does: 'pass'; readonly ms: number }
  | { readonly does: 'replicate' | 'lose' | 'delete' | 'outside' }

const who = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constant('join' as const), who, changed: fc.boolean(), old: fc.boolean() }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom('sync', 'sync', 'heartbeat', 'commit', 'leave', 'forget'),
      who,
      wrong: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('pass' as const), ms: fc.constantFrom(1, 600, 5000, 11_000) }),
  },
  { weight: 5, arbitrary: fc.constant({ does: 'replicate' as const }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('lose', 'delete', 'outside') }) },
)

it('holds after any sequence of steps', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, lingers) => {
      const config = {
        'group.coordinator.append.linger.ms': lingers ? 5 : 0,
        'group.initial.rebalance.delay.ms': 500,
        'group.max.size': 2,
      }
      const watched = new Watched({ replicas: [1, 2, 3], config })
      watched.step((rig) => rig.lead())
      const slots: Slot[] = [null, null, 'i'].map((instance) => ({
        instance,
        memberId: '',
        generation: -1,
        join: undefined,
      }))
      for (const taken of steps) {
        watched.step(() => take(watched, slots, taken))
        slots.forEach(listen)
      }
      // Silence, longer than everything anybody waits for.
      for (let i = 0; i < 40; i++) {
        watched.step((rig) => rig.replicate())
        watched.step((rig) => rig.host.clock.advance(REBALANCE_MS / 4))
      }
      expect(watched.violations).toEqual([])
      expect(slots.map(({ join }) => join === undefined || join.answer !== undefined)).toEqual([true, true, true])
      expect(['Empty', 'Dead']).toContain(watched.step((rig) => rig.state))
    }),
    { numRuns: 150 },
  )
})

/** What it is told it believes. */
function listen(slot: Slot): void {
  const answer = slot.join?.answer
  if (answer === undefined) return
  if (answer.memberId !== '') slot.memberId = answer.memberId
  if (answer.errorCode === 0) slot.generation = answer.generationId
}

function take({ rig }: Watched, slots: Slot[], taken: Step): void {
  switch (taken.does) {
    case 'pass':
      return rig.host.clock.advance(taken.ms)
    case 'replicate':
      return rig.replicate()
    case 'lose':
      // What has gathered is written first: see durability.test.ts for whom Kafka lets wait else.
      rig.host.clock.advance(5)
      rig.lead(2)
      rig.lead(1)
      return
    case 'delete':
      rig.send('DeleteGroups', { groupsNames: ['g'] })
      return
    case 'outside':
      rig.commit({}, 1)
      return
    case 'join':
      return join(rig, slots[taken.who], taken)
    case 'sync':
    case 'heartbeat':
    case 'leave':
    case 'commit':
    case 'forget':
      return ask(rig, slots, taken.does, slots[taken.who], taken.wrong)
    default:
      taken satisfies never
  }
}

function join(rig: Watched['rig'], slot: Slot | undefined, { changed, old }: { changed: boolean; old: boolean }): void {
  if (slot === undefined) return
  // A member sends one at a time; a new one only when it has heard of the last.
  if (slot.join !== undefined && slot.join.answer === undefined) return
  const { memberId, instance } = slot
  const body: Partial<RequestOf<'JoinGroup'>> = {
    memberId,
    groupInstanceId: instance,
    sessionTimeoutMs: SESSION_MS,
    protocols: protocols('range', ...(changed ? ['sticky'] : [])),
  }
  slot.join = rig.join(body, old && instance === null ? 3 : 9)
}

function ask(rig: Watched['rig'], slots: readonly Slot[], does: string, slot: Slot | undefined, wrong: boolean): void {
  if (slot === undefined) return
  const { memberId, instance: groupInstanceId } = slot
  const generation = slot.generation + (wrong ? 1 : 0)
  switch (does) {
    case 'sync':
      rig.sync(memberId, generation, { groupInstanceId, ...assignments(slots.map((each) => each.memberId)) })
      return
    case 'heartbeat':
      rig.send('Heartbeat', { groupId: 'g', generationId: generation, memberId, groupInstanceId })
      return
    case 'commit':
      rig.commit({ memberId, groupInstanceId, generationIdOrMemberEpoch: generation }, 5)
      return
    case 'leave': {
      const leaver = { memberId: wrong ? '' : memberId, groupInstanceId, reason: null }
      rig.send('LeaveGroup', { groupId: 'g', members: [leaver] })
      return
    }
    case 'forget':
      // The process is another now, and knows nothing.
      slot.memberId = ''
      slot.generation = -1
      slot.join = undefined
      return
  }
}
