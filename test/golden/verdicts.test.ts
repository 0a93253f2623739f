// The verdicts of the stories without a matrix are what they were when they were pinned (`npm run pin`), in every part but
// `wallMs`. Those with one: rows.test.ts.

import { describe, expect, it } from 'vitest'
import { readVerdicts, scenarioNames } from '../../scripts/golden/golden-files.ts'
import { pinnedRuns, verdictChanges, verdictOf } from '../../scripts/golden/golden-runs.ts'

const cases = scenarioNames()
  .flatMap(pinnedRuns)
  .filter(({ row }) => row === undefined)

describe('pinned verdicts', () => {
  it.each(cases)('$scenario with seed $seed', ({ scenario, reproduce, run }) => {
    const pinned = readVerdicts(scenario).find((before) => before.reproduce === reproduce)
    const now = verdictOf(run())
    expect(now).toEqual(pinned)
    expect(now.passed).toBe(true)
    expect(verdictChanges(pinned, now)).toEqual([])
  })

  it('tell which of their parts have changed', () => {
    const [pinned] = readVerdicts('leader-crash')
    const now = { ...pinned!, events: 7, notFired: ['kill broker:1'] }
    expect(verdictChanges(pinned, now)).toEqual([
      `leader-crash seed 1: verdict.notFired.0: undefined -> "kill broker:1"`,
      `leader-crash seed 1: verdict.events: ${pinned!.events} -> 7`,
    ])
  })
})
