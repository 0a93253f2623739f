import { describe, expect, it } from 'vitest'
import { verdictJson } from '../../reports/json.ts'
import { losingRun, passingVerdict } from './run-result-fixture.ts'

describe('the verdict as JSON', () => {
  it('has the keys of the contract in the order of the contract, with wallMs last', () => {
    const parsed: unknown = JSON.parse(verdictJson(passingVerdict(), 840))
    expect(Object.keys(parsed as object)).toEqual([
      'scenario',
      'seed',
      'kafka',
      'outcome',
      'passed',
      'violations',
      'expectations',
      'notFired',
      'history',
      'cluster',
      'events',
      'simulatedMs',
      'traceHash',
      'reproduce',
      'wallMs',
    ])
  })

  it('says all that the verdict says', () => {
    const { verdict } = losingRun()
    expect(JSON.parse(verdictJson(verdict, 840.5))).toEqual({ ...verdict, wallMs: 840.5 })
  })

  it('keeps its order whatever the order of the object', () => {
    const { verdict } = losingRun()
    const reversed = Object.fromEntries(Object.entries(verdict).toReversed()) as unknown as typeof verdict
    expect(verdictJson(reversed, 1)).toBe(verdictJson(verdict, 1))
  })

  it('writes times with exactly three decimals', () => {
    const json = verdictJson(losingRun().verdict, 1234.56789)
    expect(json).toContain('"atMs":25800.125,')
    expect(json).toContain('"simulatedMs":100000.000,')
    expect(json).toMatch(/"wallMs":1234\.568}$/)
  })

  it('is one line, whatever a message holds', () => {
    const verdict = passingVerdict({ notFired: ['a "quoted"\nline\u2028', '\u001b[2J'] })
    const json = verdictJson(verdict, 0)
    expect(json).not.toMatch(/\p{Cc}/u)
    expect(JSON.parse(json)).toMatchObject({ notFired: verdict.notFired })
  })
})
