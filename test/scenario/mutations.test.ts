import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { resolveDraws } from '../../src/scenario/build.ts'
import { loadScenario } from '../../src/scenario/loader.ts'
import { renderFindings } from '../../src/scenario/text/render-finding.ts'
import { BAD_FILES, GOOD } from './bad-files.ts'

const folder = new URL('../../scenarios/', import.meta.url)
const gallery = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8').replace(/^#.*\n/gm, ''))
const TEXTS = [GOOD, ...gallery, ...BAD_FILES.map(({ text }) => text).filter((text) => text.length < 2000)]

const SNIPPETS = [
  '{', '}', '[', ']', ':', ' ', '\n', '  ', '- ', ',', '"', "'", '&a ', '*a', '<<: ', '!!str ', '? ', '|\n', '..', '=', '\t',
  'null', '~', 'true', '1e400', '-1', '.nan', '99999999999999999999', '__proto__', 'constructor', 'toString', '0x1F', '\u0000',
  'orders', 'kill', 'at: 5s', 'faults', 'config: ', 'acks: 1', 'brokers: []', 'brokers: {}', '🙂', '\u2028', '%', '[[]]', '1..2',
] // prettier-ignore

/** Texts that are nearly good: parts cut out, put in, doubled. */
const mutated = fc
  .tuple(
    fc.constantFrom(...TEXTS),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 })),
        insert: fc.oneof(fc.constantFrom(...SNIPPETS), fc.constant(''), fc.string({ maxLength: 5 })),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((changed, { at, cut, insert }) => {
      const from = Math.floor(at * changed.length)
      return changed.slice(0, from) + insert + changed.slice(from + cut)
    }, text),
  )

/** A value of any shape in any place, so that what YAML would never say is tried, too. */
const anyValue = fc.json({ maxDepth: 3 })

function check(text: string, set: readonly string[]): void {
  const result = loadScenario(text, { file: 'x.yaml', set })
  if (!result.ok) {
    expect(result.findings.some(({ severity }) => severity === 'error')).toBe(true)
    expect(renderFindings(result.findings, () => text).length).toBeGreaterThan(0)
    return
  }
  const streams = new Streams(1)
  const scenario = resolveDraws(result.scenario, (name) => streams.stream(name))
  expect(scenario.durationUs).toBeGreaterThanOrEqual(0)
}

describe('whatever the file', () => {
  it('the loader gives a scenario that can be drawn, or findings that can be shown', () => {
    fc.assert(
      fc.property(mutated, (text) => check(text, [])),
      { numRuns: 150 },
    )
  })

  it('and whatever is put in whatever place', () => {
    const places = [
      'name', 'kafka', 'switches', 'seed', 'duration', 'settle', 'cluster', 'cluster.brokers', 'cluster.racks', 'cluster.config',
      'topics', 'topics.orders', 'topics.orders.replicas', 'topics.orders.config', 'producers', 'producers.web.config', 'consumers',
      'consumers.audit.partitions', 'network', 'network.client.latency', 'disk', 'faults', 'faults.0', 'faults.0.kill',
      'faults.0.at', 'expect', 'allow', 'producers.web.config.acks', 'cluster.config.num.partitions', 'x.y', '', '.',
    ] // prettier-ignore
    const text = `${GOOD}faults: [{ at: 5s, kill: controller }]\n`
    fc.assert(
      fc.property(fc.constantFrom(...places), anyValue, (place, value) => check(text, [`${place}=${value}`])),
      { numRuns: 150 },
    )
  })
})
