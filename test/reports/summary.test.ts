import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { seriesLines, summaryLines, totalLines } from '../../reports/summary.ts'
import { palette } from '../../reports/terminal/palette.ts'
import { verdictOfSeries } from '../../src/scenario/judge/series.ts'
import { losingRun, passingVerdict } from './run-result-fixture.ts'

const plain = palette(new Chalk({ level: 0 }))
const finds = (seed: number, met: boolean) =>
  passingVerdict({
    seed,
    outcome: met ? 'find' : 'fail',
    passed: met,
    expectations: [{ text: 'finds: no-acked-loss', met, message: met ? '9 lost' : 'nothing was lost' }],
    reproduce: `npx kafkasim run a.yaml --seed ${seed}`,
  })

describe('several runs', () => {
  it('take one line each, and one more to replay what failed', () => {
    expect(summaryLines(plain, passingVerdict(), 80, false)).toEqual([
      'PASS     leader-crash  seed 42  2 expectations met',
    ])
    expect(summaryLines(plain, losingRun().verdict, 80, false)).toEqual([
      'FAIL     acks1-loss  seed 42  no-acked-loss: 9 acknowledged records are gone; t…',
      '         replay: npx kafkasim run scenarios/acks1-loss.yaml --seed 42',
    ])
  })

  it('name the command that tells of the record that is lost', () => {
    const message = '9 of 90 acknowledged records lost (10.00 %), first orders-0@48 (web[0]#48)'
    const failed = {
      outcome: 'fail',
      passed: false,
      expectations: [{ text: 'no-acked-loss', met: false, message }],
    } as const
    expect(summaryLines(plain, passingVerdict({ ...failed }), 80, false).slice(1)).toEqual([
      '         record: npx kafkasim explain --record orders-0@48 scenarios/leader-crash.yaml --seed 42',
      '         replay: npx kafkasim run scenarios/leader-crash.yaml --seed 42',
    ])
  })

  it('say so if nothing was judged, or something allowed went wrong', () => {
    const [met, other] = passingVerdict().expectations
    const lines = [
      passingVerdict({ expectations: [] }),
      passingVerdict({ expectations: [met!, { ...other!, met: false }] }),
    ].flatMap((verdict) => summaryLines(plain, verdict, 80, false))
    expect(lines).toEqual([
      'PASS     leader-crash  seed 42  no invariant broken, no expectation judged',
      'PASS     leader-crash  seed 42  1 of 2 expectations met, the rest is allowed',
    ])
  })

  it('are a finding if one seed found it, and the line to replay is that seed’s', () => {
    const series = verdictOfSeries([finds(1, false), finds(2, true), finds(3, false)])
    expect(summaryLines(plain, finds(1, false), 80, true)).toEqual([
      'MISS     leader-crash  seed 1  not found with this seed',
    ])
    expect(seriesLines(plain, series)).toEqual([
      'FIND     leader-crash  3 seeds: 1 find, 2 not found',
      '         ✔ finds: no-acked-loss  found with 1 seed, first with 2',
      '         replay: npx kafkasim run a.yaml --seed 2',
    ])
  })

  it('fail if no seed found it', () => {
    expect(seriesLines(plain, verdictOfSeries([finds(1, false), finds(2, false)]))).toEqual([
      'FAIL     leader-crash  2 seeds: 2 not found',
      '         ✘ finds: no-acked-loss  no seed found it',
      '         replay: npx kafkasim run a.yaml --seed 1',
    ])
  })

  it('end with totals', () => {
    expect(
      totalLines(plain, { runs: 12, passed: 11, simulatedMs: 1_200_000, events: 4_000_123, wallMs: 9_400 }),
    ).toEqual(['', '12 runs: 11 as expected, 1 not  20m00s virtual, 4 000 123 events in 9.40 s'])
  })
})
