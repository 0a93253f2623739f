// Two thousand spoilt copies of the scenarios that come with the package: each loads, or is told where it is wrong; none
// crashes or takes long. What loads runs.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import type { Finding } from '../../src/scenario/text/diagnostics.ts'
import { renderFindings } from '../../src/scenario/text/render-finding.ts'
import { type LoadedScenario, loadScenario, runScenario } from '../../src/index.ts'
import { mutate, MUTATIONS } from './mutator.ts'

const SCENARIOS = resolve(import.meta.dirname, '../../scenarios')
const TEXTS = readdirSync(SCENARIOS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .toSorted()
  .map((name) => readFileSync(join(SCENARIOS, name), 'utf8'))

const COUNT = 2000
const LIMIT_MS = 2000
/** What loads is run for so long, every so often. */
const RUN_US = 2_000_000
const RUN_EVERY = 75

describe('a scenario file spoilt at random', () => {
  const good: { readonly scenario: LoadedScenario; readonly text: string }[] = []

  it.each(MUTATIONS)('by %s loads, or is told where it is wrong', (kind) => {
    const rng = new Streams(11).stream(`mutations/${kind}`)
    let refused = 0
    for (let i = 0; i < COUNT / MUTATIONS.length; i++) {
      const text = mutate(kind, rng.pick(TEXTS), rng.pick(TEXTS), rng)
      const start = cpuMs()
      const result = loadScenario(text, { file: 'spoilt.yaml' })
      expect(cpuMs() - start, text).toBeLessThan(LIMIT_MS)
      if (result.ok) good.push({ scenario: result.scenario, text })
      else refused += 1
      const findings = result.ok ? result.warnings : result.findings
      if (!result.ok)
        expect(
          findings.some(({ severity }) => severity === 'error'),
          text,
        ).toBe(true)
      for (const finding of findings) expect(misplaced(finding, text), text).toBeUndefined()
      expect(renderFindings(findings, () => text)).not.toContain('undefined')
    }
    // Some of each, or the mutations are too mild or too wild.
    expect(refused).toBeGreaterThan(20)
    expect(refused).toBeLessThan(COUNT / MUTATIONS.length)
  })

  it('runs, if it loads', () => {
    expect(good.length).toBeGreaterThan(200)
    for (const [i, { scenario, text }] of good.entries()) {
      if (i % RUN_EVERY !== 0 || isHuge(scenario)) continue
      const { verdict } = runScenario(scenario, { seed: i, untilUs: RUN_US })
      expect(verdict.outcome, text).toMatch(/^(?:pass|fail|find|stuck|vacuous)$/)
    }
  }, 60_000)
})

/** Time of the processor: others may be at work, too. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Why the place of a finding is not one of this text; undefined if it is. */
function misplaced({ line, column, endColumn, message }: Finding, text: string): string | undefined {
  const source = text.split('\n')[line - 1]
  if (source === undefined) return `${message}: there is no line ${line}`
  if (column < 1 || endColumn < column || endColumn > source.length + 2) {
    return `${message}: columns ${column} to ${endColumn} in a line of ${source.length}`
  }
  return undefined
}

/** Clusters that take long to simulate even for a moment, such as one of 100 brokers, show nothing more. */
function isHuge({ plain }: LoadedScenario): boolean {
  const digits = JSON.stringify(plain).match(/\d+/g) ?? []
  return digits.some((number) => number.length > 4)
}
