// Expectations about groups, each once kept and once broken.

import { describe, expect, it } from 'vitest'
import { type GroupEvidence, judgeGroupSafety, judgeStable } from '../../../src/scenario/judge/judge-groups.ts'
import { judgeMetric } from '../../../src/scenario/judge/judge-metric.ts'
import { RunRecord } from '../../../src/scenario/judge/run-record.ts'
import { parseMetric } from '../../../src/scenario/language/metric.ts'
import {
  assigned,
  committed,
  delivered,
  groupChanged,
  HistoryFixture,
  memberChanged,
  processed,
  revoked,
  sent,
} from '../../history/fixture.ts'

const G: GroupEvidence = {
  topics: ['t'],
  stableSinceUs: undefined,
  caughtUpAtUs: undefined,
  loops: [],
  lag: { atUs: [0, 1000, 2000, 3000], records: [0, 10, 40, 5] },
}

function groundsOf(fixture: HistoryFixture, groups: ReadonlyMap<string, GroupEvidence> = new Map([['g', G]])) {
  const { history, groupHistory } = fixture
  return { history, groupHistory, record: new RunRecord(fixture.bus), groups, endUs: 10_000 }
}

/** Two members of g read records 0 to 3 of t-0; `again`: the second begins where the first had been before. */
function read(again: boolean): HistoryFixture {
  const fixture = new HistoryFixture()
  for (let n = 0; n < 4; n++) fixture.at(0, sent('web[0]', n, 't'))
  fixture.at(1, groupChanged('g', 'CompletingRebalance', 1), assigned('g[0]', ['t-0']))
  fixture.at(2, delivered('g[0]', 't-0', 0, 1), processed('g[0]', 't-0', 2), committed('g[0]', 't-0', 2))
  if (!again) fixture.at(3, revoked('g[0]', ['t-0']))
  fixture.at(4, groupChanged('g', 'CompletingRebalance', 2), assigned('g[1]', ['t-0'], 2))
  fixture.at(5, ...(again ? [delivered('g[1]', 't-0', 1, 2)] : [delivered('g[1]', 't-0', 2, 3)]))
  if (again) fixture.at(6, committed('g[1]', 't-0', 3))
  return fixture
}

describe('safety', () => {
  it.each([
    ['no-duplicate-delivery', 'first web[0]#1 of t-0, 2 times to g'],
    ['no-ownership-overlap', 'first t-0 of g[0], given to g[1] at 0.004 s'],
    ['commits-cover-processed', 'g[1] committed t-0@3 at 0.006 s and had processed up to 1'],
  ] as const)('%s', (id, message) => {
    expect(judgeGroupSafety(id, groundsOf(read(false)))).toMatchObject({ holds: true, vacuous: false })
    const broken = judgeGroupSafety(id, groundsOf(read(true)))
    expect(broken.holds).toBe(false)
    expect(broken.message).toContain(message)
    expect(judgeGroupSafety(id, groundsOf(new HistoryFixture()))).toMatchObject({ vacuous: true })
    expect(judgeGroupSafety(id, groundsOf(read(true), new Map()))).toMatchObject({ vacuous: true })
  })
})

it('stable counts from the last heal, and must last to the end', () => {
  const grounds = (stableSinceUs: number | undefined) =>
    groundsOf(new HistoryFixture(), new Map([['g', { ...G, stableSinceUs }]]))
  expect(judgeStable('g', 5e6, 10e6, grounds(14e6)).holds).toBe(true)
  expect(judgeStable('g', 5e6, 10e6, grounds(16e6)).holds).toBe(false)
  expect(judgeStable('g', undefined, 10e6, grounds(16e6)).holds).toBe(true)
  expect(judgeStable('g', undefined, 10e6, grounds(undefined)).holds).toBe(false)
})

describe('metrics', () => {
  function measure(text: string): string {
    const fixture = read(true)
    fixture.at(7, revoked('g[0]', ['t-0']), revoked('g[1]', ['t-0']), memberChanged('g[1]', 'expired'))
    fixture.at(9, assigned('g[0]', ['t-0'], 3))
    const claim = parseMetric(text)
    if (claim === undefined || claim === null) throw new Error(text)
    return judgeMetric(claim, groundsOf(fixture)).message
  }

  it.each([
    ['rebalances(g) == 2', 'it is 2'],
    ['rebalances(g) between 2ms and 9ms == 1', 'it is 1'],
    ['fenced(g) == 1', 'it is 1'],
    ['delivered(g) == 4', 'it is 4'],
    ['lag(g) == 5', 'it is 5 records'],
    ['max(lag(g)) == 40', 'it is 40 records'],
    ['max(lag(g)) between 0s and 2ms == 10', 'it is 10 records'],
    ['mean(lag(g)) < 20', 'it is 14 records'],
    ['max(deliveries-per-record(t)) == 2', 'it is 2, of 3 records'],
    ['max(deliveries-per-record(t)) between 0s and 5ms == 1', 'it is 1, of 2 records'],
    ['max(deliveries-per-record(t)) between 9s and 10s == 1', 'nothing of it was handed over'],
    ['sum(stopped-time(g)) == 2ms', 'it is 0.002 s, in 1 stretches'],
    ['max(stopped-time(g)) between 0s and 8ms == 1ms', 'it is 0.001 s, in 1 stretches'],
  ])('%s: %s', (text, message) => expect(measure(text)).toBe(message))
})
