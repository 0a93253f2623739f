// What people are taught about Kafka, put to the test. Each verdict is another one, or none, once the premise of the myth is
// taken away: the probes look at the run, they do not recite. It is the same with other seeds, of which the suite takes one;
// MYTH_SEEDS=30 takes that many.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type LoadedScenario, loadScenario, runScenario } from '../../src/index.ts'
import { type Myth, scenarioOf } from '../../src/myths/myth.ts'
import { MYTH_NAMES } from '../../src/myths/myth-names.ts'
import { mythNamed, MYTHS, UNBUILT_MYTHS } from '../../src/myths/myths.ts'
import { type MythRun, runMyth } from '../../src/myths/run-myth.ts'

const root = new URL('../../', import.meta.url)
const SEEDS = Array.from({ length: Number(process.env['MYTH_SEEDS'] ?? 1) }, (_, i) => i + 1)

function textOf(myth: Myth): string {
  return readFileSync(new URL(scenarioOf(myth), root), 'utf8')
}

function rowsOf(myth: Myth, set: readonly string[] = []): readonly LoadedScenario[] {
  const result = loadScenario(textOf(myth), { file: scenarioOf(myth), set })
  if (!result.ok) throw new Error(result.findings.map(({ message }) => message).join('\n'))
  return result.rows
}

/** Probes need no invariants. */
function putToTest(myth: Myth, seed = 1, set: readonly string[] = [], invariants = false): MythRun {
  return runMyth(myth, rowsOf(myth, set), { seed, reproduce: '' }, (scenario, { watch }) =>
    runScenario(scenario, { seed, invariants, recheck: 'off', ...(watch && { watch }) }),
  )
}

function named(id: string): Myth {
  const myth = MYTHS.find((each) => each.id === id)
  if (myth === undefined) throw new Error(`no myth ${id}`)
  return myth
}

describe('myths', () => {
  it('are M01 to M20, M22 to M63, and M65 of the list of claims; what cannot be shown yet says so', () => {
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => `M${String(from + i).padStart(2, '0')}`)
    const ids = [...MYTHS, ...UNBUILT_MYTHS].map(({ id }) => id)
    expect(ids.toSorted()).toEqual([...numbers(1, 20), ...numbers(22, 63), 'M65'])
    expect(MYTHS.map(({ id }) => id)).toEqual(MYTHS.map(({ id }) => id).toSorted())
    const slugs = [...MYTHS, ...UNBUILT_MYTHS].map(({ slug }) => slug)
    expect(new Set(slugs).size).toBe(slugs.length)
    expect(MYTHS.map(({ slug }) => slug)).toEqual(MYTH_NAMES)
  })

  it('have a scenario each, and the folder has no others', () => {
    const files = readdirSync(new URL('scenarios/myths/', root)).filter((name) => name.endsWith('.yaml'))
    expect(files.toSorted()).toEqual(MYTHS.map((myth) => scenarioOf(myth).replace('scenarios/myths/', '')))
  })

  it('are listed for teachers, each with its claim and its verdict', () => {
    const rows = readFileSync(new URL('docs/teaching.md', root), 'utf8').match(/^\| M\d.*$/gm) ?? []
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()))
    expect(cells.map(([, ...row]) => row.slice(0, 4))).toEqual(
      MYTHS.map(({ id, slug, claim, verdict }) => [id, `\`${slug}\``, claim, verdict]),
    )
  })

  it('are found by number and by name', () => {
    for (const typed of ['M07', 'm07', 'M7', 'largest-leo-wins', 'Largest-LEO-wins']) {
      expect(mythNamed(typed)?.id).toBe('M07')
    }
    expect(mythNamed('M21')).toBeUndefined()
  })

  it.each(MYTHS.map((myth) => [myth.id, myth] as const))(
    '%s has a good scenario that says what to watch for',
    (_, myth) => {
      const text = textOf(myth)
      const result = loadScenario(text, { file: scenarioOf(myth) })
      expect(result).toMatchObject({ ok: true, warnings: [] })
      for (const row of rowsOf(myth)) {
        expect(row.name).toBe(`${myth.id.toLowerCase()}-${myth.slug}`)
        expect(row.description).not.toBe('')
        expect(row.expectations.length).toBeGreaterThan(0)
      }
      expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/scenario\.schema\.json\n#\n# M\d\d: /)
      expect(text.startsWith(`# ${myth.id}: `, text.indexOf('\n#\n') + 3)).toBe(true)
      expect(text).toMatch(/# Watch for:\n/)
      expect(text).toMatch(/\(.*\b[RGOACDP]-\d+.*\)/)
      expect(myth.rules).toMatch(/\b[RGOACDP]-\d+/)
      // Rows mean something: releases or settings.
      expect(myth.rows !== undefined).toBe(rowsOf(myth).length > 1)
    },
  )
})

describe('a myth, with all seeds,', () => {
  it.each(MYTHS.map((myth) => [myth.id, myth.slug, myth.verdict, myth] as const))(
    '%s %s is %s',
    (_id, _slug, _is, myth) => {
      const judged = putToTest(myth, SEEDS[0], [], true)
      expect(judged.rows.flatMap(({ broken }) => broken)).toEqual([])
      expect(judged).toMatchObject({ verdict: myth.verdict, shown: true })
      expect(SEEDS.length).toBeGreaterThan(0)
      for (const run of [judged, ...SEEDS.slice(1).map((seed) => putToTest(myth, seed))]) {
        expect(run.verdict).toBe(myth.verdict)
        for (const { facts } of run.rows) {
          expect(facts.length).toBeGreaterThan(0)
          for (const fact of facts) expect(fact).not.toMatch(/undefined|NaN|Infinity|\[object/)
        }
      }
    },
  )
})

/** What takes the premise away, and the verdict then: undefined where nothing is left to be seen. */
const WITHOUT: readonly (readonly [id: string, set: readonly string[], verdict: MythRun['verdict']])[] = [
  // The stall is too short for any of the settings but one that never was a default.
  ['M01', ['faults.0.for=5s'], 'false'],
  ['M02', ['faults.0.for=2s'], undefined],
  // One fetch brings everything: then it does keep up.
  ['M03', ['cluster.config.replica.fetch.max.bytes=1048576'], 'true'],
  // What brokers hear of the controller comes late.
  ['M04', ['network={ controller: { latency: 600ms } }', 'faults.0.at=14s', 'duration=26s'], 'true'],
  ['M05', ['faults.0.for=5s'], 'true'],
  ['M06', ['faults.1={ at: 14s, pause: "broker:3", for: 1s }'], undefined],
  ['M07', ['faults.0.clog.to=broker:3'], 'true'],
  ['M08', ['topics.orders={ replicas: [[1]], config: { min.insync.replicas: 1 } }'], 'true'],
  ['M09', ['producers.web.total=10'], undefined],
  ['M10', ['matrix={ switches.isrExpandRequiresLeso: [true] }', 'expect=[no-acked-loss]'], 'false'],
  ['M11', ['switches={ hwMinIsrGate: false }'], 'true'],
  ['M12', ['cluster.config.replica.lag.time.max.ms=30000'], undefined],
  ['M13', ['duration=50ms'], undefined],
  ['M14', ['faults.0.clog.from=broker:3'], 'true'],
  ['M15', ['matrix={ producers.web.config.acks: [all] }', 'expect=[no-unclean-election]'], 'true'],
  ['M16', ['topics.orders.config.min.insync.replicas=1'], undefined],
  ['M17', ['matrix={ producers.web.config.acks: [all] }', 'expect=[no-unclean-election]'], 'true'],
  ['M18', ['topics.orders.config.min.insync.replicas=2'], 'true'],
  ['M19', ['producers.web.config={ acks: all, enable.idempotence: true }'], 'true'],
  ['M20', ['matrix={ producers.web.config.acks: [all] }', 'expect=[no-unclean-election]'], 'true'],
  ['M22', ['producers.web.config.linger.ms=0'], 'true'],
  ['M23', ['faults.0.for=500ms'], undefined],
  ['M24', ['producers.web.config.buffer.memory=67108864'], 'true'],
  ['M25', ['producers.web.client=kafkajs'], 'true'],
  ['M26', ['faults=[]'], 'true'],
  [
    'M27',
    ['producers.web.config={ acks: all, enable.idempotence: false, retries: 0, request.timeout.ms: 1000 }'],
    'true',
  ],
  ['M28', ['producers.web.config.enable.idempotence=false'], 'true'],
  ['M29', ['producers.web.config={ acks: all, enable.idempotence: false, retries: 3 }'], 'true'],
  ['M30', ['producers.web.config.compression.type=lz4'], 'true'],
  ['M31', ['faults=[]'], undefined],
  ['M35', ['faults=[{ at: 11s, delete-records: { partitions: all, before: 100 } }]'], 'true'],
  ['M36', ['faults.0.for=2s'], undefined],
  ['M37', ['consumers.billing.topics=[orders]'], 'true'],
  ['M38', ['consumers.billing.config.session.timeout.ms=10000'], 'true'],
  ['M39', ['faults.0.delay.by=1ms'], 'true'],
  ['M40', ['faults.0.delay.by=1ms'], 'true'],
  ['M41', ['matrix={ consumers.billing.config.partition.assignment.strategy: [range] }'], 'true'],
  // Away for longer than its session, a static member is as good as dynamic.
  ['M42', ['consumers.billing.config.session.timeout.ms=6000', 'faults.0.for=10s'], 'true'],
  ['M43', ['consumers.billing.config.partition.assignment.strategy=cooperative-sticky'], 'false'],
  ['M44', ['matrix={ consumers.billing.config.partition.assignment.strategy: [range, sticky] }'], 'true'],
  ['M45', ['consumers.wide.topics=[a]'], undefined],
  ['M46', ['faults.0.for=500ms', 'faults.0.stop=producer(web)'], 'true'],
  ['M47', ['consumers={ billing: { topics: [orders] } }', 'faults=[]', 'expect=[no-acked-loss]'], undefined],
  ['M48', ['consumers.billing.config.auto.commit.interval.ms=600000'], 'true'],
  ['M49', ['consumers.billing.commit=after'], undefined],
  ['M50', ['topics.orders.config.retention.ms=600000'], 'true'],
  [
    'M51',
    [
      'cluster={ brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }',
      'topics.orders.replication.factor=1',
    ],
    'true',
  ],
  ['M52', ['consumers={ console-consumer-1: { topics: [orders], members: 1 } }', 'expect=[no-acked-loss]'], 'true'],
  // Then the reader is in a group.
  ['M53', ['consumers.reader.members=1'], 'true'],
  ['M54', ['faults.0.kill=broker:3'], 'true'],
  ['M55', ['faults.0.for=500ms'], undefined],
  ['M56', ['consumers.near.config.client.rack=""'], 'true'],
  ['M57', ['producers.web.rate=1/s'], undefined],
  ['M58', ['producers.web.rate=1/s'], undefined],
  ['M59', ['topics.orders.config.retention.ms=600000'], 'true'],
  ['M60', ['cluster.config.log.retention.check.interval.ms=50000'], 'false'],
  ['M61', ['topics.orders.config.index.interval.bytes=100'], 'false'],
  // No index has an entry.
  ['M62', ['producers.web.rate=1/s', 'producers.web.size=100B'], undefined],
  ['M63', ['topics.orders.config.flush.messages=1'], undefined],
  ['M65', ['producers.web.rate=1/s'], undefined],
]

describe('a myth without its premise', () => {
  it('is tried for each of them', () => {
    expect(WITHOUT.map(([id]) => id)).toEqual(MYTHS.map(({ id }) => id))
  })

  it.each(WITHOUT)('%s with %j shows something else, or nothing', (id, set, verdict) => {
    const run = putToTest(named(id), 1, set)
    expect(run.verdict).toBe(verdict)
    expect(run.verdict).not.toBe(named(id).verdict)
    expect(run.shown).toBe(false)
  })
})
