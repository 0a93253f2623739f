// The bug gallery: each file brings one historical defect (or a dangerous setting) back and finds what it breaks; with
// today's Kafka, or a careful setting, the same story ends well (facts, section I).

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type LoadedScenario, loadScenario, runScenario } from '../../src/index.ts'

const folder = new URL('../../scenarios/bugs/', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))
const textOf = (name: string) => readFileSync(new URL(`${name}.yaml`, folder), 'utf8')
/** A second look at invariants after every event would be a third of all the work, and has its tests elsewhere. */
const RECHECK = 20
const SEEDS = Array.from({ length: Number(process.env['BUG_SEEDS'] ?? 1) }, (_, i) => i + 1)

function rowsOf(name: string): readonly LoadedScenario[] {
  const result = loadScenario(textOf(name), { file: `${name}.yaml` })
  expect(result).toMatchObject({ ok: true, warnings: [] })
  return result.ok ? result.rows : []
}

describe('the bug gallery', () => {
  it('is there', () => {
    expect(names.length).toBeGreaterThanOrEqual(29)
  })

  it.each(names)('%s says its name, tells its story and cites its rules', (name) => {
    const text = textOf(name)
    for (const row of rowsOf(name)) {
      expect(row.name).toBe(name)
      expect(row.description).not.toBe('')
    }
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/scenario\.schema\.json\n#\n# R?B-\d+/)
    expect(Number(/R?B-(\d+)/.exec(text)?.[1])).toBe(Number(/^r?b-(\d+)/.exec(name)?.[1]))
    expect(text.includes('# RB-')).toBe(name.startsWith('rb-'))
    expect(text).toMatch(/# Watch for:\n/)
    expect(text).toMatch(/\b[RGCPDOA]-\d+/)
  })

  it.each(names)('%s finds what it is about, and nothing once the cause is gone', (name) => {
    const rows = rowsOf(name)
    // RB-33 and RB-34 have no second row: upstream-bugs.test.ts looks at their cures.
    expect(rows).toHaveLength(/^rb-3[34]-/.test(name) ? 1 : 2)
    const [bad, good] = rows
    // A file with a seed of its own needs luck.
    for (const seed of bad?.seed === undefined ? SEEDS : [bad.seed]) {
      if (bad === undefined) continue
      // Faults that wait for what only the defect brings about are optional.
      expect(runScenario(bad, { seed, recheck: RECHECK }).verdict).toMatchObject({ outcome: 'find', notFired: [] })
      if (good === undefined) continue
      const { verdict, violations, stuckOn } = runScenario(good, { seed, recheck: RECHECK })
      expect(violations.filter(({ excused }) => excused === null)).toEqual([])
      // Broker 3 is cut off for good in RB-40; its consumer is not.
      if (!name.startsWith('rb-40-')) expect(stuckOn).toEqual([])
      expect(verdict).toMatchObject({ outcome: 'pass', notFired: [] })
      expect(verdict.expectations.length).toBeGreaterThan(0)
    }
  })
})
