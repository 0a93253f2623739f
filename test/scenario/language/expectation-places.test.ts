import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../../src/index.ts'
import { expectationPlaces } from '../../../src/scenario/language/expectation-places.ts'

const FILE = `duration: 20s
cluster: { brokers: 1 }
topics: { t: { partitions: 1, replication.factor: 1 } }
producers: { p: { topic: t } }
matrix:
  producers.p.config.acks: [1, all]
expect:
  - no-acked-loss
  - "writable(t) gap <= 5s"
  - finds: no-duplicates-in-log
  - "finds: order-per-partition"
  - finds: [log-matching, leader-completeness]
  - { where: { acks: [1] }, pass: [no-unclean-election] }
`

describe('the places of expectations', () => {
  it('are those of every expectation that the loader reads, by the text that a verdict has', () => {
    const places = expectationPlaces(FILE, 'x.yaml')
    const loaded = loadScenario(FILE, { file: 'x.yaml' })
    const rows = loaded.ok ? loaded.rows : []
    expect(rows).toHaveLength(2)
    for (const { expectations } of rows) {
      for (const { text } of expectations) expect([...places.keys()]).toContain(text)
    }
    expect([...places].map(([text, { line, column }]) => [text, line, column])).toEqual([
      ['no-acked-loss', 8, 5],
      ['writable(t) gap <= 5s', 9, 5],
      ['finds: no-duplicates-in-log', 10, 12],
      ['finds: order-per-partition', 11, 5],
      ['finds: log-matching', 12, 13],
      ['finds: leader-completeness', 12, 27],
      ['no-unclean-election', 13, 36],
    ])
  })

  it.each(['', 'expect', 'expect: {a: 1}', 'expect: [[[1]]]', 'a: [', 'expect:\n- where: x\n'])(
    'of "%s" are at most few, and no error',
    (text) => {
      expect(expectationPlaces(text, 'x').size).toBeLessThan(2)
    },
  )
})
