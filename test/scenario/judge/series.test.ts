import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunOutcome, Verdict } from '../../../src/scenario/run-result.ts'
import { onlyMissed, verdictOfSeries } from '../../../src/scenario/judge/series.ts'
import { passingVerdict } from '../../reports/run-result-fixture.ts'

function verdict(seed: number, outcome: RunOutcome, changes: Partial<Verdict> = {}): Verdict {
  const passed = outcome === 'pass' || outcome === 'find'
  return passingVerdict({ seed, outcome, passed, expectations: [], reproduce: `replay ${seed}`, ...changes })
}

function seeking(seed: number, found: boolean, changes: Partial<Verdict> = {}): Verdict {
  const expectations = [{ text: 'finds: no-acked-loss', met: found, message: '' }]
  return verdict(seed, found ? 'find' : 'fail', { expectations, ...changes })
}

const violation = (invariant: string, excused: string | null): Verdict['violations'][number] => ({
  invariant,
  rule: 'RI-1',
  excused,
  atMs: 1,
  subject: 'orders-0',
  message: '',
  events: [1, 2],
})

describe('a series of seeds', () => {
  it('of one run says what that run says', () => {
    for (const outcome of ['pass', 'find', 'fail', 'stuck', 'vacuous'] as const) {
      expect(verdictOfSeries([verdict(1, outcome)]).outcome).toBe(outcome)
    }
  })

  it('finds if at least one seed found, and names the first that did', () => {
    const series = verdictOfSeries([seeking(5, false), seeking(6, true), seeking(7, true)])
    expect(series).toMatchObject({ outcome: 'find', passed: true, missedSeeds: 1, reproduce: 'replay 6' })
    expect(series.finds).toEqual([{ text: 'finds: no-acked-loss', metBy: 2, firstSeed: 6 }])
  })

  it('fails if no seed found', () => {
    expect(verdictOfSeries([seeking(1, false), seeking(2, false)])).toMatchObject({ outcome: 'fail', passed: false })
  })

  it('fails if one of two things sought was found by none', () => {
    const expectations = [
      { text: 'finds: no-acked-loss', met: true, message: '' },
      { text: 'finds: no-duplicates-in-log', met: false, message: '' },
    ]
    expect(verdictOfSeries([verdict(1, 'fail', { expectations }), seeking(2, true)])).toMatchObject({ outcome: 'fail' })
  })

  it('fails by any other failure, whatever was found, and points to it', () => {
    const series = verdictOfSeries([seeking(1, true), verdict(2, 'stuck'), verdict(3, 'fail')])
    expect(series).toMatchObject({ outcome: 'fail', passed: false, reproduce: 'replay 2' })
  })

  it('does not take a run for a mere miss if something else went wrong in it', () => {
    const unmet = { text: 'isr-full', met: false, message: '' }
    expect(onlyMissed(seeking(1, false))).toBe(true)
    expect(onlyMissed(seeking(1, true))).toBe(false)
    expect(onlyMissed(seeking(1, false, { violations: [violation('leader-in-isr', null)] }))).toBe(false)
    expect(onlyMissed(seeking(1, false, { violations: [violation('leader-in-isr', 'C1')] }))).toBe(true)
    const missed = { text: 'finds: no-acked-loss', met: false, message: '' }
    expect(onlyMissed(verdict(1, 'fail', { expectations: [missed, unmet] }))).toBe(false)
    expect(onlyMissed(verdict(1, 'vacuous', { expectations: [missed] }))).toBe(false)
  })

  it('passes exactly if nothing failed but misses, and all that was sought was found', () => {
    const run = fc.oneof(
      fc.constantFrom<RunOutcome>('pass', 'stuck', 'vacuous', 'fail').map((outcome) => verdict(1, outcome)),
      fc.boolean().map((found) => seeking(1, found)),
    )
    fc.assert(
      fc.property(fc.array(run, { minLength: 1 }), (runs) => {
        const sought = runs.filter(({ expectations }) => expectations.length > 0)
        const found = sought.some(({ outcome }) => outcome === 'find')
        const failed = runs.some(({ outcome, expectations }) => expectations.length === 0 && outcome !== 'pass')
        expect(verdictOfSeries(runs).passed).toBe(!failed && (sought.length === 0 || found))
      }),
    )
  })
})
