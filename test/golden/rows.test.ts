// The rows of the stories with a matrix, each run once: its verdict is what it was when it was pinned, and what is expected of
// it alone another row breaks. So no expectation of theirs holds whatever happens.

import { describe, expect, it } from 'vitest'
import { readVerdicts, scenarioNames } from '../../scripts/golden/golden-files.ts'
import { type PinnedRun, pinnedRuns, verdictChanges, verdictOf } from '../../scripts/golden/golden-runs.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'

const matrices = scenarioNames()
  .map((name) => [name, pinnedRuns(name)] as const)
  .filter(([, rows]) => rows.some(({ row }) => row !== undefined))

describe.each(matrices)('%s', (_, rows) => {
  const all = new Map(rows.flatMap(({ expectations }) => expectations.map((each) => [each.text, each] as const)))
  const isOwn = ({ expectations }: PinnedRun, text: string): boolean => expectations.some((own) => own.text === text)
  const alone = [...all.keys()].filter((text) => !rows.every((row) => isOwn(row, text)))
  const results = new Map<PinnedRun, RunResult>()

  /** What is expected of other rows is judged as well. */
  function resultOf(row: PinnedRun): RunResult {
    const known = results.get(row) ?? row.run([...all.values()].filter(({ text }) => !isOwn(row, text)))
    results.set(row, known)
    return known
  }

  it.each(rows)('$row with seed $seed does what it did', (row) => {
    const pinned = readVerdicts(row.scenario).find((before) => before.reproduce === row.reproduce)
    const now = verdictOf(resultOf(row))
    expect(now).toEqual(pinned)
    expect(now.passed).toBe(true)
    expect(verdictChanges(pinned, now)).toEqual([])
  })

  it('has in each row what breaks in another', () => {
    const broken = rows.flatMap((row) => resultOf(row).alsoJudged?.filter(({ met }) => !met) ?? [])
    const neverBroken = alone.filter((text) => !broken.some((judged) => judged.text === text))
    expect(alone.length).toBeGreaterThan(0)
    expect(neverBroken).toEqual([])
  })
})
