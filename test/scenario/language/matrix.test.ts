import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../../src/scenario/loader.ts'
import { ScenarioError, simulate } from '../../../src/simulate.ts'
import { GOOD } from '../bad-files.ts'

function rowsOf(text: string, set: readonly string[] = []) {
  const result = loadScenario(text, { file: 'x.yaml', set })
  if (!result.ok) throw new Error(result.findings.map(({ line, message }) => `${line} ${message}`).join('\n'))
  return result.rows
}

const labels = (text: string, set: readonly string[] = []) => rowsOf(text, set).map(({ row }) => row?.label)

describe('a matrix', () => {
  const product = `${GOOD}matrix: { producers.web.config.acks: [1, all], topics.orders.partitions: [2, 3] }
expect:
  - no-unclean-election
  - { where: { acks: 1 }, finds: no-acked-loss, pass: order-per-partition }
  - { where: { config.acks: all, partitions: [2, 2] }, pass: [no-acked-loss, isr-full] }
  - { where: { label: acks=all partitions=3 }, pass: caught-up(audit) }
`.replace('count: 2', 'config: { enable.idempotence: false }')

  it('has a row for each combination, the last path changing first', () => {
    expect(labels(product)).toEqual([
      'acks=1 partitions=2',
      'acks=1 partitions=3',
      'acks=all partitions=2',
      'acks=all partitions=3',
    ])
    const [first, , third] = rowsOf(product)
    expect(first?.row?.settings).toEqual([
      { path: 'producers.web.config.acks', name: 'acks', value: 1, text: '1' },
      { path: 'topics.orders.partitions', name: 'partitions', value: 2, text: '2' },
    ])
    expect(first?.shape.topics['orders']?.partitions).toEqual({ kind: 'fixed', value: 2 })
    expect(third?.plain).toMatchObject({ producers: { web: { topic: 'orders', config: { acks: 'all' } } } })
    expect(third?.plain['matrix']).toBeUndefined()
  })

  it('expects of each row what is said of it', () => {
    const expected = rowsOf(product).map(({ expectations }) => expectations.map(({ text }) => text))
    const acks1 = ['no-unclean-election', 'order-per-partition', 'finds: no-acked-loss']
    expect(expected).toEqual([
      acks1,
      acks1,
      ['no-unclean-election', 'no-acked-loss', 'isr-full'],
      ['no-unclean-election', 'caught-up(audit)'],
    ])
  })

  it('whose rows set lists of mappings has no row that sets them to a word', () => {
    const text = `${GOOD}matrix: { topics.orders.replicas: [[{ a: 1 }]] }
expect: [{ where: { replicas: 2 }, pass: no-acked-loss }]
`
    const result = loadScenario(text, { file: 'x.yaml' })
    expect(
      result.ok
        ? []
        : result.findings.filter(({ code }) => code === 'KS152').map(({ code, suggestion }) => [code, suggestion]),
    ).toEqual([['KS152', 'rows have [{"a":1}]']])
  })

  it('includes rows by label, and merges what they set into what is there', () => {
    const text = `${GOOD}matrix:
  include:
    - { label: plain }
    - { label: small, cluster.config: { num.io.threads: 2 }, topics: { orders: { partitions: 1 } } }
`.replace('racks: [a, b]', 'config: { broker.session.timeout.ms: 7000 }')
    const [plain, small] = rowsOf(text)
    expect(plain?.plain).toMatchObject({ cluster: { config: { 'broker.session.timeout.ms': 7000 } } })
    expect(small?.plain).toMatchObject({
      cluster: { brokers: 3, config: { 'broker.session.timeout.ms': 7000, 'num.io.threads': 2 } },
      topics: { orders: { partitions: 1, 'replication.factor': 3 } },
    })
    expect(small?.row).toMatchObject({ label: 'small', included: true })
  })

  it('replaces by a mapping what is a word', () => {
    const dead = '{ tries: 3, then: dead-letter, topic: orders }'
    const text = `${GOOD.replace(/^consumers:.*$/m, 'consumers: { g: { topics: [orders], members: 1, poison: crash } }')}matrix:
  include:
    - { label: crash }
    - { label: aside, consumers.g.poison: ${dead} }
`
    const [crash, aside] = rowsOf(text)
    expect(crash?.plain).toMatchObject({ consumers: { g: { poison: 'crash' } } })
    expect(aside?.plain).toMatchObject({ consumers: { g: { poison: { tries: 3, topic: 'orders' } } } })
    expect(aside?.row?.settings.map(({ text: typed }) => typed)).toEqual([dead])
  })

  it('sets nothing through a word, of the file or of its own row', () => {
    const findings = (matrix: string): string[] => {
      const result = loadScenario(`${GOOD.replace('web: {', 'web: { keys: 3,')}matrix: ${matrix}\n`, { file: 'x.yaml' })
      return result.ok
        ? []
        : result.findings.map(({ code, message, suggestion }) => `${code} ${message}; ${suggestion}`)
    }
    const through =
      'KS150 "producers.web.keys.count" leads through "producers.web.keys", which is no mapping; set "producers.web.keys" to a mapping: { count: … }'
    expect(findings('{ producers.web.keys.count: [5, 6] }')).toEqual([through])
    expect(findings('{ include: [{ label: a, producers.web.keys.count: 5 }] }')).toEqual([through])
    expect(findings('{ include: [{ label: a, producers.web.keys: 7, producers.web.keys.count: 5 }] }')).toEqual([
      through,
    ])
    const both = '{ include: [{ label: a, producers.web.keys: { count: 9 }, producers.web.keys.count: 5 }] }'
    expect(findings(both)).toEqual([])
    const [row] = rowsOf(`${GOOD.replace('web: {', 'web: { keys: 3,')}matrix: ${both}\n`)
    expect(row?.plain).toMatchObject({ producers: { web: { keys: { count: 5 } } } })
  })

  it('is narrowed by --set of what it sets, and overruled by a value it does not have', () => {
    expect(labels(product, ['producers.web.config.acks=all'])).toEqual([
      'acks=all partitions=2',
      'acks=all partitions=3',
    ])
    expect(labels(product, ['producers.web.config.acks=all', 'topics.orders.partitions=3'])).toEqual([
      'acks=all partitions=3',
    ])
    const overruled = rowsOf(product, ['topics.orders.partitions=5'])
    expect(overruled.map(({ row }) => row?.label)).toEqual(['acks=1', 'acks=all'])
    expect(overruled[0]?.shape.topics['orders']?.partitions).toEqual({ kind: 'fixed', value: 5 })
  })

  it('has each of its rows checked as a file', () => {
    const text = product.replace('[1, all]', '[1, all, every]').replace('[2, 3]', '[2, 3, 0]')
    const result = loadScenario(text, { file: 'x.yaml' })
    expect(result.ok || result.findings.map(({ code, line }) => [code, line])).toEqual([
      ['KS111', 7],
      ['KS105', 7],
    ])
  })

  it('is run a row at a time by those who use the library', () => {
    const text = product.replace('60s', '5s')
    expect(() => simulate(text)).toThrow(ScenarioError)
    expect(() => simulate(text)).toThrow('rows are "acks=1 partitions=2"')
    const { verdict } = simulate(text, { row: 'acks=all partitions=2' })
    expect(verdict.expectations.map(({ text: said }) => said)).toContain('isr-full')
    expect(verdict.cluster.partitions).toHaveLength(2)
    expect(() => simulate(GOOD, { row: 'x' })).toThrow('the scenario has no matrix')
  })
})
