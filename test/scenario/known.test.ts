// What Kafka itself does wrong, each in a file that brings it about: all that it breaks is recognised and excused, and where its
// cause is gone nothing is broken.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { KNOWN_UPSTREAM } from '../../src/invariants/known-upstream.ts'
import { loadScenario, runScenario } from '../../src/index.ts'
import { RECHECK_EVENTS } from '../../src/scenario/usual-recheck.ts'

const folder = new URL('../../scenarios/known/', import.meta.url)
const names = readdirSync(folder).map((name) => name.replace('.yaml', ''))

describe('known upstream', () => {
  it.each(names)('%s is found, excused, and gone with its cause', (name) => {
    const text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8')
    const id = `KU-${Number(/^ku-(\d+)-/.exec(name)?.[1])}`
    expect(text).toMatch(new RegExp(`^# yaml-language-server: .*\n#\n# ${id}, `))
    expect(KNOWN_UPSTREAM.find((entry) => entry.id === id)?.shownBy).toContain(`scenarios/known/${name}.yaml`)
    const result = loadScenario(text, { file: `${name}.yaml` })
    if (!result.ok) throw new Error(JSON.stringify(result.findings))
    const [bad, good] = result.rows
    if (bad === undefined || good === undefined) throw new Error('two rows: with the cause, and without')
    const seed = bad.seed ?? 1
    const { verdict, judged } = runScenario(bad, { seed, recheck: RECHECK_EVENTS })
    expect(verdict.outcome).toBe('find')
    const excuses = [...verdict.violations.map(({ excused }) => excused), ...judged.map(({ upstream }) => upstream)]
    expect([...new Set(excuses.flatMap((text) => text?.slice(0, id.length) ?? []))]).toEqual([id])
    expect(verdict.violations.filter(({ excused }) => excused === null)).toEqual([])
    const { outcome, violations } = runScenario(good, { seed, recheck: RECHECK_EVENTS }).verdict
    expect({ outcome, violations }).toEqual({ outcome: 'pass', violations: [] })
  })
})
