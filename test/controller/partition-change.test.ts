import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ElectionKind } from '../../src/controller/election.ts'
import { changePartition, type ChangeRequest } from '../../src/controller/partition-change.ts'
import { applyPartitionChange, NO_LEADER, type PartitionState, RECOVERY } from '../../src/metadata/partition-state.ts'

interface Step {
  readonly election: ElectionKind
  readonly alive: readonly number[]
  /** Leaves; 0: nobody does. */
  readonly gone: number
  readonly isUnclean: boolean
  /** Whom the leader would take in. */
  readonly joins: readonly number[]
}

const RULES = { elr: true, minIsr: 2, checkLastKnownAlive: true, bumpEpochOnIsrShrink: false }

const partition = (change: Partial<PartitionState>): PartitionState => ({
  topic: 'orders',
  topicId: 'b3JkZXJzLXRvcGljLWlkMA',
  index: 0,
  key: 'orders-0',
  replicas: [1, 2, 3],
  isr: [1, 2, 3],
  elr: [],
  lastKnownElr: [],
  leader: 1,
  leaderEpoch: 4,
  partitionEpoch: 7,
  directories: [],
  leaderRecoveryState: RECOVERY.recovered,
  ...change,
})

const request = (change: Partial<ChangeRequest>): ChangeRequest => ({
  rules: RULES,
  targetIsr: [1, 2, 3],
  election: 'online',
  isAcceptable: () => true,
  ...change,
})

describe('the record that changes a partition', () => {
  it('is none if nothing changes', () => {
    expect(changePartition(partition({}), request({}))).toBeUndefined()
  })

  it('does not say RECOVERING again of a leader that is (R-102)', () => {
    const before = partition({ isr: [1], leaderRecoveryState: RECOVERY.recovering })
    const unclean = request({ targetIsr: [], election: 'unclean', isAcceptable: (broker) => broker === 3 })
    expect(changePartition(before, unclean)).toMatchObject({ leader: 3, isr: [3], leaderRecoveryState: -1 })
    const first = partition({ isr: [1] })
    expect(changePartition(first, unclean)).toMatchObject({
      leader: 3,
      isr: [3],
      leaderRecoveryState: RECOVERY.recovering,
    })
  })

  it('does not name the last known leader again (R-101)', () => {
    const nobody = request({ targetIsr: [], isAcceptable: () => false })
    expect(changePartition(partition({ isr: [1] }), nobody)?.lastKnownElr).toEqual([1])
    expect(changePartition(partition({ isr: [1], lastKnownElr: [1] }), nobody)?.lastKnownElr).toBeNull()
  })

  it('leaves a valid state, one broker after the other (RI-1, RI-17, RI-18)', () => {
    const step: fc.Arbitrary<Step> = fc.record({
      election: fc.constantFrom<ElectionKind>('online', 'preferred', 'unclean'),
      alive: fc.subarray([1, 2, 3]),
      gone: fc.integer({ min: 0, max: 3 }),
      isUnclean: fc.boolean(),
      joins: fc.subarray([1, 2, 3]),
    })
    const play = (steps: readonly Step[], rules: typeof RULES) => {
      let state = partition({})
      for (const { election, alive, gone, isUnclean, joins } of steps) {
        const isAcceptable = (broker: number) => alive.includes(broker) && broker !== gone
        const kept = state.isr.filter((member) => member !== gone)
        const isLed = isAcceptable(state.leader)
        const uncleanReplica = isUnclean ? { uncleanReplica: gone } : {}
        // Only a leader takes others in.
        const targetIsr = isLed ? [...new Set([...kept, ...joins.filter(isAcceptable)])] : kept
        const change = changePartition(state, { rules, targetIsr, election, isAcceptable, ...uncleanReplica })
        if (change === undefined) continue
        const { leader, isr, elr, lastKnownElr } = applyPartitionChange(state, change)
        if (leader !== NO_LEADER) expect(isr).toContain(leader)
        if (leader !== NO_LEADER) expect(isAcceptable(leader)).toBe(true)
        expect(isr.length > 0 || (rules.elr && lastKnownElr.length === 1)).toBe(true)
        expect(elr.filter((member) => isr.includes(member))).toEqual([])
        expect(isr.length >= rules.minIsr ? elr : []).toEqual([])
        expect(isUnclean ? elr : []).not.toContain(gone)
        const isFromOutside = ![...targetIsr, ...state.elr, ...state.isr].includes(leader)
        if (leader !== NO_LEADER && isFromOutside) expect([isr, elr]).toEqual([[leader], []])
        state = applyPartitionChange(state, change)
      }
    }
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        (steps, elr, minIsr) => play(steps, { ...RULES, elr, minIsr }),
      ),
    )
  })
})
