// Both sides of each switch that acts in a sticky assignor: what it did with members' claims before.

import { describe, expect, it } from 'vitest'
import { AssignorError } from '../../../src/client/assignors/assignor.ts'
import { assignorNamed } from '../../../src/client/assignors/assignors.ts'
import type { ClaimRule } from '../../../src/client/assignors/sticky-claims.ts'
import { CooperativeStickyAssignor } from '../../../src/client/assignors/sticky.ts'
import { assign, member, partitionsOf, type Spec, topicsOf, written } from './group-rig.ts'

describe('stickyClaims', () => {
  /** In the generation of its last assignment, which its user data has, too: there clients before 3.4 read it. */
  const claims = (memberId: string, owned: string, generation: number) => {
    const assignor = new CooperativeStickyAssignor()
    assignor.onAssignment([], generation)
    const one = member(memberId, ['t'], { owned: partitionsOf(owned), generation })
    return { ...one, subscription: { ...one.subscription, userData: assignor.userData() } }
  }
  const assigned = (rule: ClaimRule, ...members: ReturnType<typeof claims>[]) => {
    const assignor = assignorNamed('cooperative-sticky', { claims: rule, checksOlderOwner: true })
    return written(assignor!.assign(topicsOf('t:4'), members))
  }

  describe('of an older generation, to what nobody newer claims (KAFKA-14639, B-5)', () => {
    const members = [claims('C0', '2', 5), claims('C1', '0,1', 4), claims('C2', '', 5)]

    it('byGeneration: stand, so that what moves is given up first', () => {
      expect(assigned('byGeneration', ...members)).toEqual({ C0: '2', C1: '0,1', C2: '3' })
    })

    it('newestOnly: do not, and what another still has is assigned at once', () => {
      expect(assigned('newestOnly', ...members)).toEqual({ C0: '2,3', C1: '0', C2: '1' })
    })
  })

  describe('of two members to the same partition (KAFKA-12984, B-3)', () => {
    const members = [claims('C0', '0,1', 5), claims('C1', '0,2', 4)]

    it.each(['byGeneration', 'newestOnly'] as const)('%s: the newer one stands', (rule) => {
      expect(assigned(rule, ...members)).toEqual({ C0: '0,1', C1: '2,3' })
    })

    it('unchecked: both do, and there are more partitions than places for them', () => {
      expect(() => assigned('unchecked', ...members)).toThrow(AssignorError)
    })

    it('unchecked: where members subscribe to different topics, both have it', () => {
      const assignor = assignorNamed('cooperative-sticky', { claims: 'unchecked', checksOlderOwner: true })
      const group = [
        member('C0', ['t', 'u'], { owned: partitionsOf('0,1'), generation: 5 }),
        member('C1', ['t'], { owned: partitionsOf('0'), generation: 4 }),
      ]
      expect(written(assignor!.assign(topicsOf('t:2,u:1'), group))).toEqual({ C0: '0,u-0', C1: '0' })
    })

    it('unchecked: sticky has always told generations', () => {
      const had = (owned: string, generation: number): Spec => ({ owned: partitionsOf(owned), generation })
      const assignor = assignorNamed('sticky', { claims: 'unchecked', checksOlderOwner: true })
      expect(assign(assignor!, 't:4', { C0: had('0,1', 5), C1: had('0,2', 4) })).toEqual({ C0: '0,1', C1: '2,3' })
    })
  })
})

describe('checkOlderOwner (B-47)', () => {
  const had = (owned: string, generation: number, topics: string[]): Spec => ({
    owned: partitionsOf(owned),
    generation,
    topics,
  })
  const sticky = (checksOlderOwner: boolean) => assignorNamed('sticky', { claims: 'byGeneration', checksOlderOwner })!
  const strayed = {
    C0: had('t1-0,t1-1', 2, ['t0', 't1']),
    C1: had('t0-1,t0-3', 1, ['t1']),
    C2: had('t0-2', 1, ['t0']),
  }
  const setAside = {
    C0: had('t0-2', 2, ['t0', 't2']),
    C1: had('t0-1,t1-0,t2-1', 1, ['t1']),
    C2: had('', 2, ['t0']),
  }

  it('on: a partition goes to members that subscribe to its topic', () => {
    expect(assign(sticky(true), 't0:4,t1:2', strayed)['C1']).not.toMatch(/t0/)
    expect(assign(sticky(true), 't0:3,t1:1,t2:3', setAside)['C1']).toBe('t1-0')
  })

  it('off: it goes back to one that does not, as Kafka’s own class has it, or the leader fails', () => {
    expect(assign(sticky(false), 't0:4,t1:2', strayed)).toEqual({ C0: 't1-0,t1-1', C1: 't0-1', C2: 't0-0,t0-2,t0-3' })
    expect(() => assign(sticky(false), 't0:3,t1:1,t2:3', setAside)).toThrow(AssignorError)
  })
})
