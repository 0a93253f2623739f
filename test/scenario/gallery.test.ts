import { readdirSync, readFileSync } from 'node:fs'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { type LoadedScenario, loadScenario, runScenario } from '../../src/index.ts'
import { scenarioJsonSchema } from '../../src/scenario/language/json-schema.ts'

const folder = new URL('../../scenarios/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const textOf = (file: string) => readFileSync(new URL(file, folder), 'utf8')

function rowsOf(text: string, file: string, set: readonly string[] = []): readonly LoadedScenario[] {
  const result = loadScenario(text, { file, set })
  expect(result.ok ? [] : result.findings).toEqual([])
  return result.ok ? result.rows : []
}

/** Which of the expectations of a run are not met, as written. */
function unmet(scenario: LoadedScenario): string[] {
  // The second look at invariants has its tests elsewhere.
  const { expectations } = runScenario(scenario, { seed: 1, recheck: 'off' }).verdict
  return expectations.filter(({ met }) => !met).map(({ text }) => text)
}

describe('the gallery', () => {
  it.each(files)('%s is good, says its name and what to watch for', (file) => {
    const text = textOf(file)
    const result = loadScenario(text, { file })
    expect(result).toMatchObject({ ok: true, warnings: [], scenario: { name: file.replace('.yaml', '') } })
    expect(result.ok && result.scenario.description).not.toBe('')
    expect(text).toMatch(/^# yaml-language-server: \$schema=scenario\.schema\.json\n#\n# .*/)
    expect(text).toMatch(/# Watch for:/)
    expect(text).toMatch(/\((?:R|G|A|C)-\d+/)
  })
})

describe('what a story expects', () => {
  // Of each expectation of a row alone another row shows that it breaks: test/golden/rows.test.ts.
  const matrices = files.filter((file) => /^matrix:/m.test(textOf(file)))

  const without: [file: string, set: string[], broken: string][] = [
    ['acks1-loss', ['producers.web.config.acks=all'], 'finds: no-acked-loss'],
    ['broadcast-against-queue', ['consumers.workers.members=1', 'faults=[]'], 'max(lag(workers)) < 500'],
    [
      'coordinator-crash',
      ['cluster.config.offsets.topic.replication.factor=1', 'faults.1.for=45s'],
      'max(lag(billing)) < 1500',
    ],
    ['follower-reads', ['consumers.near.config.client.rack=""'], 'delivered(near) between 11s and 18s >= 300'],
    ['gc-pause', ['faults.0.for=15s'], 'isr-changes(orders-0) between 0s and 50s == 0'],
    ['leader-crash', ['cluster.config.broker.session.timeout.ms=20000'], 'writable(orders) gap <= 15s'],
    [
      'more-consumers-than-partitions',
      ['consumers.billing.config.metadata.max.age.ms=300000'],
      'rebalances(billing) == 3',
    ],
    ['nemesis', ['producers.web.config={ acks: 1, enable.idempotence: false }'], 'order-per-partition'],
    [
      'offset-expiry',
      ['duration=2h', 'producers.noon.start=30m', 'faults.0.for=90m', 'faults.1.for=20m'],
      'delivered(billing) == 800',
    ],
    ['slow-follower', ['cluster.config.replica.lag.time.max.ms=30000'], 'writable(orders) gap <= 20s'],
  ]

  it.each(without)('of %s breaks with %s', (name, set, broken) => {
    const [scenario] = rowsOf(textOf(`${name}.yaml`), name, set)
    expect(scenario !== undefined && unmet(scenario)).toContain(broken)
  })

  it('is shown to break for every story', () => {
    const shown = [...matrices, ...without.map(([name]) => `${name}.yaml`)]
    expect(shown.toSorted()).toEqual(files.toSorted())
  })
})

describe('the JSON Schema for editors', () => {
  it('is what the generator makes of the schema that validates', async () => {
    const committed = readFileSync(new URL('scenario.schema.json', folder), 'utf8')
    expect(committed).toBe(await format(scenarioJsonSchema(), { parser: 'json', printWidth: 120 }))
  })
})
