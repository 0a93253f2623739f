import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../../sim/random/streams.ts'
import { resolveDraws } from '../../../src/scenario/build.ts'
import { literalScenarioText } from '../../../src/scenario/literal-faults.ts'
import { loadScenario } from '../../../src/scenario/loader.ts'
import { NEMESIS_VERBS } from '../../../src/scenario/nemesis/nemesis-schema.ts'
import { parseDuration } from '../../../src/scenario/text/units.ts'
import { simulate } from '../../../src/simulate.ts'

const BASE = `
duration: 60s
cluster: { brokers: 3..5, racks: [a, b, c] }
topics: { orders: { partitions: 2, replication.factor: 3 } }
producers: { web: { topic: orders, rate: 20/s..40/s } }
faults: [{ at: 1s, id: nemesis-2, pause: one broker, for: 1s }]
`
const ALL = `{ ${NEMESIS_VERBS.map((verb) => `${verb}: 1`).join(', ')} }`

const WITH_GROUP = `${BASE}consumers: { billing: { topics: [orders], members: 3 } }\n`

/** Kinds of targets that a fault names. */
const whom = (fault: object): string[] =>
  [...JSON.stringify(fault).matchAll(/"(broker|leader|follower|rack|controller|consumers?|coordinator)[:("]/g)].map(
    ([, word = '']) => word,
  )

function load(nemesis: string, base = BASE) {
  const result = loadScenario(base + nemesis, { file: 'x.yaml' })
  if (!result.ok) throw new Error(result.findings.map(({ line, message }) => `${line} ${message}`).join('\n'))
  return result.scenario
}

function drawn(nemesis: string, seed: number, base = BASE) {
  const streams = new Streams(seed)
  return resolveDraws(load(nemesis, base), (name) => streams.stream(name))
}

const us = (text: unknown) => parseDuration(String(text)) ?? NaN

describe('a nemesis', () => {
  it('does everything there is to do, as literal faults that a file can have', () => {
    const seen = new Set<string>()
    const targets = new Set<string>()
    for (let seed = 0; seed < 40; seed++) {
      const nemesis = `nemesis: { interval: 1s..2s, max-concurrent: 10, heal-before-end: 5s, faults: ${ALL} }`
      const { chosenFaults, faults } = drawn(nemesis, seed, WITH_GROUP)
      for (const fault of chosenFaults) for (const word of whom(fault)) targets.add(word)
      for (const { action } of faults) seen.add(action.verb)
      const text = `${WITH_GROUP.replace(/faults:.*/, '').replace('3..5', '5')}faults: ${JSON.stringify(chosenFaults)}`
      const loaded = loadScenario(text, { file: 'x.yaml' })
      expect(loaded.ok ? [] : loaded.findings).toEqual([])
    }
    expect(NEMESIS_VERBS.filter((verb) => !seen.has(verb))).toEqual([])
    expect([...targets]).toEqual(
      expect.arrayContaining(['broker', 'leader', 'follower', 'rack', 'controller', 'consumer', 'coordinator']),
    )
  })

  it('does nothing to groups where there are none', () => {
    const { chosenFaults } = drawn('nemesis: { interval: 1s, faults: { scale: 1 } }', 1)
    expect(chosenFaults).toEqual([])
    const more = drawn('nemesis: { interval: 1s, max-concurrent: 9, faults: { kill: 1, delay: 1, partition: 1 } }', 1)
    expect(
      more.chosenFaults.flatMap((fault) => whom(fault)).filter((word) => /^(?:consumer|coordinator)/.test(word)),
    ).toEqual([])
  })

  it('keeps to its interval, to how many at once, to its end, and to ids that are free', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 3 }), (seed, most) => {
        const nemesis = `nemesis: { from: 7s, interval: 2s..6s, max-concurrent: ${most}, heal-before-end: 12s, faults: { pause: 3, kill: 1, latency: 2 } }`
        const { chosenFaults } = drawn(nemesis, seed)
        expect(chosenFaults.map(({ id }) => id)).not.toContain('nemesis-2')
        const spans = chosenFaults.map(({ at, for: length }) => [us(at), us(at) + us(length)] as const)
        let before = 7_000_000
        for (const [at, end] of spans) {
          expect(at - before).toBeGreaterThanOrEqual(2_000_000)
          expect(end).toBeLessThanOrEqual(48_000_000)
          expect(spans.filter(([from, to]) => from <= at && to > at).length).toBeLessThanOrEqual(most)
          before = at
        }
        expect(chosenFaults.length).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  it('weighs what it does', () => {
    const verbs = Array.from({ length: 30 }, (_, seed) =>
      drawn('nemesis: { interval: 1s, max-concurrent: 9, faults: { pause: 9, reset: 1, kill: 0 } }', seed),
    ).flatMap(({ chosenFaults }) =>
      chosenFaults.map((fault) => ('pause' in fault ? 'pause' : 'kill' in fault ? 'kill' : 'reset')),
    )
    const share = verbs.filter((verb) => verb === 'pause').length / verbs.length
    expect(share).toBeGreaterThan(0.8)
    expect(share).toBeLessThan(0.97)
    expect(verbs).not.toContain('kill')
  })

  it('never does what it never does, over the time that faults overlap', () => {
    const never = 'never: [kill|power-loss majority, pause controller, "stop broker:2", isolate one]'
    const verbs = '{ kill: 3, power-loss: 3, pause: 2, stop: 2, isolate: 2 }'
    let most = 0
    for (let seed = 0; seed < 60; seed++) {
      const { chosenFaults, brokers } = drawn(
        `nemesis: { interval: 500ms..1s, max-concurrent: 9, ${never}, faults: ${verbs} }`,
        seed,
      )
      for (const fault of chosenFaults) {
        expect(fault['pause']).not.toBe('controller')
        expect(fault['stop'] ?? 'broker:1').toMatch(/^broker:[13-5]$/)
        expect(fault).not.toHaveProperty('isolate', expect.stringMatching(/broker|leader|follower/))
        const down = chosenFaults.filter(
          (other) =>
            ('kill' in other || 'power-loss' in other) &&
            us(other['at']) <= us(fault['at']) &&
            us(other['at']) + us(other['for']) > us(fault['at']) &&
            (other['kill'] ?? other['power-loss']) !== 'controller',
        )
        const distinct = new Set(
          down.flatMap((other): unknown[] => {
            const whom = String(other['kill'] ?? other['power-loss'])
            const rack = /^rack:(.)$/.exec(whom)?.[1]
            // A leader may be anybody: each time another.
            if (rack === undefined) return [whom.startsWith('broker:') ? whom : other]
            return brokers.filter((broker) => broker.rack === rack).map(({ id }) => `broker:${id}`)
          }),
        )
        most = Math.max(most, distinct.size)
        expect(distinct.size).toBeLessThan(Math.floor(brokers.length / 2) + 1)
      }
    }
    expect(most).toBeGreaterThan(1)
  })

  it('hits whom it is told, as long as it is told', () => {
    const { chosenFaults } = drawn(
      'nemesis: { interval: 3s, faults: { pause: { targets: ["broker:1", controller], for: 200ms..300ms } } }',
      1,
    )
    for (const { pause, for: length } of chosenFaults) {
      expect(['broker:1', 'controller']).toContain(pause)
      expect(us(length)).toBeGreaterThanOrEqual(200_000)
      expect(us(length)).toBeLessThanOrEqual(300_000)
    }
    expect(new Set(chosenFaults.map(({ pause }) => pause)).size).toBe(2)
  })
})

describe('a run of a nemesis', () => {
  const nemesis = `nemesis: { interval: 2s..5s, max-concurrent: 2, never: [power-loss majority], heal-before-end: 15s, faults: ${ALL} }`

  it.each([1, 2, 3])('is, written out as literal faults, the same event for event (seed %i)', (seed) => {
    const text = BASE + nemesis
    const { verdict, chosenFaults } = simulate(text, { seed })
    expect(chosenFaults.length).toBeGreaterThan(3)
    const literal = literalScenarioText(load(nemesis), seed, `Drawn with seed ${seed}.`)
    expect(literal).not.toContain('nemesis:')
    // The seed is in the file.
    const again = simulate(literal)
    expect(again.verdict.traceHash).toBe(verdict.traceHash)
    expect(again.verdict.outcome).toBe(verdict.outcome)
    expect(again.chosenFaults).toEqual([])
  })

  it('pins what its faults may name, whatever was drawn', () => {
    const text = BASE.replace('partitions: 2', 'partitions: [2, 5]').replace('60s', '40s..80s')
    for (let seed = 0; seed < 60; seed++) {
      const result = loadScenario(text + nemesis, { file: 'x.yaml' })
      if (!result.ok) throw new Error('no good file')
      const literal = loadScenario(literalScenarioText(result.scenario, seed), { file: 'x.yaml' })
      expect(literal.ok ? [] : literal.findings, `seed ${seed}`).toEqual([])
      const [drawnHere, drawnThere] = [result.scenario, literal.ok ? literal.scenario : result.scenario].map(
        (loaded) => {
          const streams = new Streams(seed)
          return resolveDraws(loaded, (name) => streams.stream(name))
        },
      )
      // What was drawn is written out there, and stands on other lines.
      const beside = { chosenFaults: [], seed: undefined, drawn: [], origins: undefined }
      expect({ ...drawnThere, ...beside }).toEqual({ ...drawnHere, ...beside })
    }
  })

  it('changes no other draw of the run', () => {
    const without = drawn('', 5)
    const withIt = drawn(nemesis, 5)
    expect(withIt.brokers).toEqual(without.brokers)
    expect(withIt.producers).toEqual(without.producers)
    expect(withIt.faults[0]).toEqual(without.faults[0])
  })
})
