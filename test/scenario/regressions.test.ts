// Scenarios that once found a defect of the simulation, most of them in a fuzz campaign, and pass now.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadScenario, runScenario } from '../../src/index.ts'
import { RECHECK_EVENTS } from '../../src/scenario/usual-recheck.ts'

const folder = new URL('../../scenarios/regressions/', import.meta.url)
const names = readdirSync(folder).map((name) => name.replace('.yaml', ''))
const SEEDS = [1, 2, 3]

describe('what was mended stays mended', () => {
  it.each(names)('%s', (name) => {
    const text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8')
    expect(text).toMatch(/^# yaml-language-server: .*\n#\n(# .*\n)+# First seen: kafkasim /)
    const result = loadScenario(text, { file: `${name}.yaml` })
    if (!result.ok) throw new Error(`${name}.yaml is not well formed`)
    for (const row of result.rows) {
      expect(row.name).toBe(name)
      for (const seed of row.seed === undefined ? SEEDS : [row.seed]) {
        // As in a campaign: some of what was mended shows only then.
        const { verdict } = runScenario(row, { seed, recheck: RECHECK_EVENTS })
        expect(verdict).toMatchObject({ seed, outcome: 'pass' })
        expect(verdict.expectations.length).toBeGreaterThan(0)
      }
    }
  })
})
