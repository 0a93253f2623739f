// What a run remembers for its judgement, and what of it is explained.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadScenario, runScenario } from '../../../src/index.ts'
import { RunRecord } from '../../../src/scenario/judge/run-record.ts'
import type { PartitionChanged } from '../../../src/trace/kafka-event.ts'
import { HistoryFixture } from '../../history/fixture.ts'

describe('unclean elections', () => {
  const state = (partitionEpoch: number, more: Partial<PartitionChanged>): PartitionChanged => ({
    type: 'partition-changed',
    partition: 'orders-0',
    replicas: [1, 2, 3],
    isr: [],
    leader: -1,
    leaderEpoch: partitionEpoch,
    partitionEpoch,
    elr: [],
    lastKnownElr: [],
    reason: '',
    ...more,
  })

  function leadersOf(before: Partial<PartitionChanged>, leader: number, reason = ''): number[] {
    const fixture = new HistoryFixture()
    const record = new RunRecord(fixture.bus)
    fixture.at(1, state(1, before))
    fixture.at(2, state(2, { isr: [leader], leader, reason }))
    return record.uncleanElections.map((election) => election.leader)
  }

  it('are those of replicas that were neither in the ISR nor eligible (R-100, R-101)', () => {
    expect(leadersOf({ isr: [1, 2], leader: 1 }, 2)).toEqual([])
    expect(leadersOf({ elr: [2, 3] }, 2)).toEqual([])
    expect(leadersOf({ isr: [1] }, 2)).toEqual([2])
    expect(leadersOf({ elr: [3], lastKnownElr: [1] }, 1)).toEqual([1])
    // It registers anew, is eligible no more, and leads (RB-33).
    expect(leadersOf({ elr: [1], lastKnownElr: [1] }, 1, 'BrokerRegistration')).toEqual([1])
    expect(leadersOf({ elr: [1], lastKnownElr: [1] }, 1, 'BrokerHeartbeat')).toEqual([])
  })
})

describe('explanations', () => {
  it('are of what was lost, not of every excused violation that comes with it', () => {
    const file = 'scenarios/bugs/rb-20-unclean-election.yaml'
    const loaded = loadScenario(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'), { file })
    const { violations, explanations } = runScenario((loaded.ok && loaded.rows[0]) || expect.fail(), { seed: 1 })
    expect(violations.length).toBeGreaterThan(1)
    expect(violations.every(({ excused }) => excused !== null)).toBe(true)
    expect(explanations.map(({ title }) => title)).toEqual([
      expect.stringMatching(/^acknowledged record t-0@\d+ .* cut/),
    ])
  })
})
