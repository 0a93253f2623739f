// No line is wider than the terminal, whatever was run: but for the one that replays it, which is to be copied.

import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { widthOf } from '../../reports/terminal/cell-text.ts'
import { matrixLines } from '../../reports/terminal/matrix.ts'
import { palette } from '../../reports/terminal/palette.ts'
import { terminalReport } from '../../reports/terminal/report.ts'
import { Cases } from '../../src/fuzz/case.ts'
import { SeriesTally } from '../../src/scenario/judge/series.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { type PlainMapping, scenarioToYaml } from '../../src/scenario/text/to-yaml.ts'
import { loadScenario, runScenario } from '../../src/simulate.ts'
import { losingRun, passingRun, passingVerdict, stuckRun } from './run-result-fixture.ts'

const chalk = new Chalk({ level: 0 })

function tooWide(result: RunResult, columns: number): string[] {
  const texts = (['short', 'all'] as const).map((detail) =>
    terminalReport(result, { chalk, columns, wallMs: 840, timeline: detail, why: detail }),
  )
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => !line.includes('replay:')))
  return lines.filter((line) => widthOf(line) > columns)
}

describe('the report of a run is never wider than the terminal', () => {
  // A defect that is easy to meet, so that there is something to tell.
  const cases = new Cases({ seed: 5, file: undefined, settings: ['switches.maximalIsr=false'], verify: false })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('drawn run %i', (index) => {
    const loaded = loadScenario(scenarioToYaml(cases.draw(index).plain as PlainMapping), { file: 'drawn.yaml' })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
    const result = runScenario(loaded.scenario, { seed: index + 1, recheck: 'off' })
    expect([60, 80, 120].flatMap((columns) => tooWide(result, columns))).toEqual([])
  })

  it('made by hand, with names that are longer than a line', () => {
    const long = 'a-name-that-goes-on-and-on-'.repeat(6)
    const [web] = passingRun().clients.producers
    if (web === undefined) throw new Error('the fixture has no producer')
    const results = [
      passingRun(),
      losingRun(),
      stuckRun(),
      passingRun({
        verdict: passingVerdict({
          scenario: long,
          cluster: { partitions: passingVerdict().cluster.partitions.map((each) => ({ ...each, topic: long })) },
          expectations: [{ text: long, met: false, message: `${long} ${long}` }],
          violations: losingRun().verdict.violations.map((each) => ({ ...each, subject: long, invariant: long })),
        }),
        clients: { producers: [{ ...web, name: long, topic: long }], consumers: [] },
        writeGaps: [{ topic: long, partition: long, gapMs: 5, endedAtMs: 6 }],
      }),
    ]
    const wide = results.flatMap((result) => [60, 80, 120].flatMap((columns) => tooWide(result, columns)))
    expect(wide).toEqual([])
  })
})

describe('the table of a matrix', () => {
  const row = (label: string, because: string) => {
    const tally = new SeriesTally()
    tally.add(passingVerdict({ outcome: 'fail', passed: false }))
    return { row: { label, settings: [], included: false }, series: tally.verdict(), because }
  }
  const reason = `finds: no-acked-loss: 0 of 19937 acknowledged records lost, ${'and so on, '.repeat(9)}to the end`

  it('has figures of groups where there are any', () => {
    const groups = { rebalances: 7, redelivered: 0, stoppedUs: 27_300_000 }
    const [, head, first, , second] = matrixLines(
      palette(chalk),
      'x',
      [{ ...row('a', 'y'), groups }, row('b', 'z')],
      120,
    )
    // What never happened makes room.
    expect(head?.trim()).toMatch(/^outcome +row +acked +rebalances +redelivered +stopped$/)
    expect(first).toMatch(/ 7 +0 +27\.3s/)
    expect(second).not.toMatch(/27/)
    expect(matrixLines(palette(chalk), 'x', [row('b', 'z')], 120).join()).not.toContain('rebalances')
  })

  it.each([60, 80, 120])('tells long reasons to their end, within %i columns', (columns) => {
    const label = 'eligible.leader.replicas.version=0'
    const lines = matrixLines(palette(chalk), 'x', [row(label, reason), row('b', 'short')], columns)
    const told = lines.filter((line) => !line.includes('replay'))
    expect(told.filter((line) => widthOf(line) > columns)).toEqual([])
    expect(told.map((line) => line.trim()).join(' ')).toContain('to the end')
    expect(told.filter((line) => line.startsWith('      ')).join()).not.toContain('…')
    expect(told.map((line) => line.trim()).join(' ')).toContain(label)
  })
})
