import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/scenario/text/diagnostics.ts'
import { loadScenario } from '../../src/scenario/loader.ts'
import { renderFinding, renderFindings } from '../../src/scenario/text/render-finding.ts'
import { BAD_FILES, type BadFile, GOOD } from './bad-files.ts'

const findingsOf = ({ text, set = [] }: BadFile): readonly Finding[] => {
  const result = loadScenario(text, { file: 'bad.yaml', set, invariants: ['one-leader-per-epoch'] })
  return result.ok ? [] : result.findings
}

const rendered = (bad: BadFile): string =>
  renderFindings(findingsOf(bad), (file) => (file === '--set' ? bad.set?.join('\n') : bad.text))

describe('a bad file', () => {
  it.each(BAD_FILES.map((bad) => [bad.title, bad] as const))('%s', (_, bad) => {
    const codes = new Set(findingsOf(bad).map(({ code }) => code))
    expect([...codes].toSorted()).toEqual([...bad.codes].toSorted())
  })

  it('is told what people can read', async () => {
    const cases = BAD_FILES.map((bad) => `# ${bad.title}\n${rendered(bad)}\n`)
    await expect(cases.join('\n')).toMatchFileSnapshot('findings.golden.txt')
  })

  it('points at what is really there', () => {
    for (const bad of BAD_FILES) {
      for (const { file, line, column, endColumn } of findingsOf(bad)) {
        const source = (file === '--set' ? (bad.set ?? []) : bad.text.split('\n'))[line - 1]
        expect(source, bad.title).toBeDefined()
        expect(column, bad.title).toBeGreaterThanOrEqual(1)
        expect(endColumn, bad.title).toBeLessThanOrEqual((source ?? '').length + 2)
      }
    }
  })

  it('that has keys which are nearly right is read as it must be meant, and nothing is missed', () => {
    const text = [
      'duration: 60s',
      'cluster: { broker: 3 }',
      'topic: { orders: { partitons: 3, replicaton.factor: 4 } }',
      'producers: { web: { topics: orders, rate: 100 } }',
      'faults: [{ att: 10s, kil: leader(orders-3) }]',
      'expects: [no-data-loss, writable(order) gap <= 5s]',
    ]
    const told = findingsOf({ title: '', codes: [], text: text.join('\n') })
    expect(told.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 12, 'KS101'],
      [3, 1, 'KS101'],
      [3, 20, 'KS101'],
      [3, 34, 'KS101'],
      [3, 53, 'KS141'],
      [4, 21, 'KS101'],
      [4, 43, 'KS106'],
      [5, 12, 'KS101'],
      [5, 22, 'KS202'],
      [5, 27, 'KS204'],
      [6, 1, 'KS101'],
      [6, 11, 'KS211'],
      [6, 25, 'KS212'],
    ])
  })

  it('with two keys that are near to the same one has only one of them read', () => {
    const told = findingsOf({ title: '', codes: [], text: `${GOOD}fault: []\nfaultz: [{ at: x }]\n` })
    expect(told.map(({ line, code }) => [line, code])).toEqual([
      [7, 'KS101'],
      [8, 'KS101'],
    ])
  })

  it('has no second finding that only follows from the first', () => {
    const broken = GOOD.replace('brokers: 3', 'brokers: many').replace('partitions: 3', 'partitions: x')
    const text = `${broken}faults:\n  - { at: 5s, kill: [leader(orders-2), "broker:3"] }\nexpect: [writable(orders) gap <= 5s]\n`
    expect(findingsOf({ title: '', codes: [], text }).map(({ line, code }) => [line, code])).toEqual([
      [3, 'KS104'],
      [4, 'KS104'],
    ])
  })
})

describe('a rendered finding', () => {
  const finding: Finding = {
    code: 'KS103',
    severity: 'error',
    message: 'unknown topic config "min.insync.replica"',
    file: 'scenarios/rack.yaml',
    line: 9,
    column: 61,
    endColumn: 79,
    suggestion: 'did you mean "min.insync.replicas"?',
  }

  it('is place, severity, code and message, then the line, a caret run and the suggestion', () => {
    const line = '  orders: { partitions: 6, replication.factor: 3, config: { min.insync.replica: 2 } }'
    expect(renderFinding(finding, line)).toBe(
      [
        'scenarios/rack.yaml:9:61 error KS103 unknown topic config "min.insync.replica"',
        '   9 |   orders: { partitions: 6, replication.factor: 3, config: { min.insync.replica: 2 } }',
        '     |                                                             ^^^^^^^^^^^^^^^^^^ did you mean "min.insync.replicas"?',
      ].join('\n'),
    )
  })

  it('has its suggestion behind the message if the line is not at hand', () => {
    expect(renderFinding(finding, undefined)).toBe(
      'scenarios/rack.yaml:9:61 error KS103 unknown topic config "min.insync.replica"; did you mean "min.insync.replicas"?',
    )
  })

  it('shows only the neighbourhood in a very long line, carets still under it', () => {
    const line = `${'x'.repeat(1000)}HERE${'y'.repeat(1000)}`
    const [, source = '', carets = ''] = renderFinding({ ...finding, column: 1001, endColumn: 1005 }, line).split('\n')
    expect(source.length).toBeLessThan(200)
    expect(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('HERE')
  })
})
