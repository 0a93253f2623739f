import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadScenario } from '../../../src/simulate.ts'
import { flowText, type PlainMapping, scenarioToYaml } from '../../../src/scenario/text/to-yaml.ts'

const folder = new URL('../../../scenarios/', import.meta.url)
const gallery = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

describe('a scenario made by a program', () => {
  it('is written in the order of the format, one line for each small thing', () => {
    const text = scenarioToYaml(
      {
        faults: [
          { id: 'a', at: '10s', kill: 'broker:2', for: '7s' },
          { when: 'isr(orders-0) == [1]', 'power-loss': 'broker:1', lose: 'all-unflushed' },
        ],
        expect: ['no-acked-loss', { finds: 'hw-monotonic' }],
        producers: { web: { topic: 'orders', rate: '50/s', config: { acks: 'all' } } },
        topics: { orders: { partitions: 1, replicas: [[1, 2, 3]], config: { 'min.insync.replicas': 2 } } },
        cluster: { brokers: 3, racks: undefined },
        duration: '30s',
        kafka: '4.0',
        name: 'x',
      },
      'Found by chance.\n\nSeed 5.',
    )
    expect(text).toMatchInlineSnapshot(`
      "# Found by chance.
      #
      # Seed 5.
      name: x
      kafka: "4.0"
      duration: 30s
      cluster: { brokers: 3 }
      topics:
        orders: { partitions: 1, replicas: [[1, 2, 3]], config: { min.insync.replicas: 2 } }
      producers:
        web: { topic: orders, rate: 50/s, config: { acks: all } }
      faults:
        - { id: a, at: 10s, kill: broker:2, for: 7s }
        - { when: "isr(orders-0) == [1]", power-loss: broker:1, lose: all-unflushed }
      expect:
        - no-acked-loss
        - finds: hw-monotonic
      "
    `)
  })

  it.each(gallery)('%s is written so that it loads as the same', (file) => {
    const value = parse(readFileSync(new URL(file, folder), 'utf8')) as PlainMapping
    const text = scenarioToYaml(value)
    expect(parse(text)).toEqual(value)
    expect(loadScenario(text, { file })).toMatchObject({ ok: true })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
  })

  it('comes back whatever is in it', () => {
    const key = fc.constantFrom('kafka', 'faults', 'expect', 'x', 'a b', '1', 'true', 'min.insync.replicas')
    const leaf = fc.oneof(
      fc.constantFrom(
        '4.0',
        'true',
        'null',
        '~',
        '0x1F',
        '1e3',
        '- a',
        '# x',
        'a: b',
        'a #b',
        '[1]',
        'isr(o-0) == [1]',
        '5s..9s',
      ),
      fc.string({ maxLength: 30 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, value, { minKeys: 1, noNullPrototype: true }), (scenario) => {
        const plain = scenario as PlainMapping
        expect(parse(scenarioToYaml(plain, 'a comment'))).toEqual(plain)
        expect(parse(flowText(plain))).toEqual(plain)
      }),
      { numRuns: 300 },
    )
  })
})
