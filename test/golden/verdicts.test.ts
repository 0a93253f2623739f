// The verdicts of all scenarios of the gallery are what they were when they were pinned (`npm run pin`), in every part but
// `wallMs`.

import { describe, expect, it } from 'vitest'
import { readVerdicts, scenarioNames } from '../../scripts/golden/golden-files.ts'
import { pinnedRuns, verdictChanges } from '../../scripts/golden/golden-runs.ts'

const cases = scenarioNames().flatMap(pinnedRuns)

describe('pinned verdicts', () => {
  it.each(cases)('$scenario $row with seed $seed', ({ scenario, reproduce, verdict }) => {
    const pinned = readVerdicts(scenario).find((before) => before.reproduce === reproduce)
    const now = verdict()
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
