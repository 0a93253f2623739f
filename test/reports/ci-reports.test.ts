// What CI reads: JUnit's XML and GitHub's commands, of runs that passed, failed, got stuck or broke down.

import { describe, expect, it } from 'vitest'
import {
  type CaseOrigin,
  caseOfBreakdown,
  caseOfRun,
  caseOfSeries,
  casesOfCampaign,
  type CiCase,
} from '../../reports/ci-case.ts'
import type { FuzzReport } from '../../reports/fuzz.ts'
import { githubAnnotations, githubSummary } from '../../reports/github.ts'
import { junitXml } from '../../reports/junit.ts'
import { verdictOfSeries } from '../../src/scenario/judge/series.ts'
import { readXml } from './read-xml.ts'
import { losingRun, passingRun, passingVerdict, stuckRun } from './run-result-fixture.ts'

const ORIGIN: CaseOrigin = {
  file: 'scenarios/rack.yaml',
  scenario: 'rack',
  row: undefined,
  places: new Map([['no-acked-loss', { line: 31, column: 5 }]]),
  allowed: new Set(),
}

/** A run that fails one expectation, with a message of anyone's choosing. */
function failing(message: string, seed = 1): CiCase {
  const expectations = [{ text: 'no-acked-loss', met: false, message }]
  const verdict = passingVerdict({
    seed,
    outcome: 'fail',
    passed: false,
    expectations,
    reproduce: 'npx kafkasim run x',
  })
  return caseOfRun(ORIGIN, passingRun({ verdict }), 1234, false)
}

describe('a case', () => {
  it('passes if the run did, and if it only missed what another seed may find', () => {
    expect(caseOfRun(ORIGIN, passingRun(), 10, false)).toMatchObject({ status: 'passed', problems: [] })
    expect(caseOfRun(ORIGIN, losingRun(), 10, true)).toMatchObject({ status: 'passed', problems: [] })
  })

  it('says everything that is wrong, and where it was expected', () => {
    const { status, problems, label } = caseOfRun(ORIGIN, losingRun(), 10, false)
    expect(status).toBe('failed')
    expect(label).toBe(`rack, seed ${losingRun().verdict.seed}`)
    const unmet = losingRun().verdict.expectations.filter(({ met }) => !met)
    expect(unmet.length).toBeGreaterThan(0)
    for (const { text } of unmet) {
      const place = text === 'no-acked-loss' ? { line: 31, column: 5 } : undefined
      expect(problems).toContainEqual(expect.objectContaining({ title: text, place }))
    }
  })

  it('says what a stuck run waits for', () => {
    const { problems } = caseOfRun(ORIGIN, stuckRun(), 10, false)
    const stuck = problems.find(({ title }) => title === 'stuck')
    expect(stuck?.message).toContain(stuckRun().stuckOn[0])
  })

  it('does not hold against a run what is allowed', () => {
    const expectations = [
      { text: 'no-acked-loss', met: false, message: 'lost' },
      { text: 'isr-full', met: false, message: 'short' },
    ]
    const verdict = passingVerdict({ outcome: 'fail', passed: false, expectations })
    const { problems } = caseOfRun({ ...ORIGIN, allowed: new Set(['isr-full']) }, passingRun({ verdict }), 1, false)
    expect(problems.map(({ title }) => title)).toEqual(['no-acked-loss'])
  })

  it('never fails without a word', () => {
    const verdict = passingVerdict({ outcome: 'vacuous', passed: false, expectations: [] })
    expect(caseOfRun(ORIGIN, passingRun({ verdict }), 1, false).problems).toHaveLength(1)
    const idle = { ...verdict, notFired: ['kill broker:2 at 10s'] }
    expect(caseOfRun(ORIGIN, passingRun({ verdict: idle }), 1, false).problems).toEqual([
      { title: 'a fault never fired', message: 'kill broker:2 at 10s', place: undefined },
    ])
  })

  it('is added to a series in which no seed found what was sought, and only then', () => {
    const run = (seed: number, met: boolean) =>
      passingVerdict({
        seed,
        outcome: met ? 'find' : 'fail',
        passed: met,
        expectations: [{ text: 'finds: no-acked-loss', met, message: '' }],
      })
    expect(caseOfSeries(ORIGIN, verdictOfSeries([run(1, false), run(2, false)]))).toMatchObject({
      name: 'all 2 seeds',
      status: 'failed',
      problems: [{ title: 'finds: no-acked-loss', message: 'found with none of 2 seeds' }],
    })
    expect(caseOfSeries(ORIGIN, verdictOfSeries([run(1, false), run(2, true)]))).toBeUndefined()
  })
})

describe('the record that a failure names', () => {
  const lost = failing('9 of 90 acknowledged records lost, first orders-0@48 (web[0]#48)')
  const asked = 'npx kafkasim explain --record orders-0@48 x'

  it('can be asked about from JUnit and from an annotation', () => {
    expect(junitXml([lost])).toContain(`\nrecord: ${asked}\nreplay: npx kafkasim run x<`)
    expect(githubAnnotations([lost], (file) => file)[0]).toContain(` Record: ${asked}. Replay: npx kafkasim run x`)
  })

  it('is none where none is named', () => {
    expect(junitXml([failing('9 lost')])).not.toContain('record:')
    expect(githubAnnotations([failing('9 lost')], (file) => file)[0]).not.toContain('Record:')
  })
})

describe('JUnit', () => {
  it('has a suite for each scenario and row, a case for each seed, and sums that are right', () => {
    const row = { ...ORIGIN, row: 'acks=1' }
    const root = readXml(
      junitXml([
        caseOfRun(ORIGIN, passingRun(), 1500, false),
        failing('3 of 9 lost', 2),
        caseOfRun(row, passingRun(), 250, false),
        caseOfBreakdown(row, 3, 'log end < high watermark', 'npx kafkasim run y --seed 3'),
      ]),
    )
    expect(root).toMatchObject({
      name: 'testsuites',
      attributes: { name: 'kafkasim', tests: '4', failures: '1', errors: '1', skipped: '0', time: '2.984' },
    })
    expect(root.children.map(({ attributes }) => attributes)).toEqual([
      { tests: '2', failures: '1', errors: '0', skipped: '0', time: '2.734', name: 'rack' },
      { tests: '2', failures: '0', errors: '1', skipped: '0', time: '0.250', name: 'rack [acks=1]' },
    ])
    const cases = root.children.flatMap(({ children }) => children)
    expect(cases.map(({ name, attributes }) => [name, attributes['classname'], attributes['name']])).toEqual([
      ['testcase', 'scenarios/rack.yaml', 'seed 42'],
      ['testcase', 'scenarios/rack.yaml', 'seed 2'],
      ['testcase', 'scenarios/rack.yaml', 'seed 42'],
      ['testcase', 'scenarios/rack.yaml', 'seed 3'],
    ])
    expect(cases.map(({ children }) => children.map(({ name }) => name))).toEqual([[], ['failure'], [], ['error']])
  })

  it('gives a failure its message, its place and the line that replays it', () => {
    const [suite] = readXml(junitXml([failing('3 of 9 lost')])).children
    const [failure] = suite?.children[0]?.children ?? []
    expect(failure?.attributes).toEqual({ message: 'no-acked-loss: 3 of 9 lost', type: 'no-acked-loss' })
    expect(failure?.text).toBe('scenarios/rack.yaml:31:5: no-acked-loss: 3 of 9 lost\nreplay: npx kafkasim run x')
  })

  it.each([
    ['markup', `<b a="1">'&amp;'</b> ]]>`],
    ['lines and tabs', 'one\ntwo\tthree'],
    ['other scripts', '日本語 🦊 naïve'],
  ])('brings %s through', (_, message) => {
    const [suite] = readXml(junitXml([failing(message)])).children
    const [failure] = suite?.children[0]?.children ?? []
    expect(failure?.attributes['message']).toBe(`no-acked-loss: ${message}`)
    expect(failure?.text).toContain(message)
  })

  it('makes harmless what XML cannot hold', () => {
    const [suite] = readXml(junitXml([failing('a\u0000b\u001b[31m\ud800c\uffff')])).children
    expect(suite?.children[0]?.children[0]?.attributes['message']).toBe('no-acked-loss: a�b�[31m�c�')
  })

  it('is a document even of nothing', () => {
    expect(readXml(junitXml([]))).toMatchObject({ attributes: { tests: '0' }, children: [] })
  })
})

describe('GitHub', () => {
  const path = (file: string): string => `sub/${file}`

  it('annotates the line of the expectation that was not met', () => {
    expect(githubAnnotations([failing('3 of 9 lost')], path)).toEqual([
      '::error file=sub/scenarios/rack.yaml,line=31,col=5,title=no-acked-loss::3 of 9 lost (rack, seed 1). Replay: npx kafkasim run x',
    ])
  })

  it('says once what many seeds have in common, since few annotations are shown', () => {
    const [only, ...others] = githubAnnotations(
      [1, 2, 3].map((seed) => failing(`${seed} lost`, seed)),
      path,
    )
    expect(only).toContain('::1 lost (rack, seed 1, and 2 other cases). Replay')
    expect(others).toEqual([])
  })

  it('says nothing of what passed', () => {
    expect(githubAnnotations([caseOfRun(ORIGIN, passingRun(), 1, false)], path)).toEqual([])
  })

  it('escapes what would end a command or a property', () => {
    const title = 'writable(a,b) gap <= 15s: 100%'
    const expectations = [{ text: title, met: false, message: '50 %\r\n::error::x' }]
    const verdict = passingVerdict({ outcome: 'fail', passed: false, expectations })
    const [line = ''] = githubAnnotations([caseOfRun(ORIGIN, passingRun({ verdict }), 1, false)], (file) => file)
    expect(line).toContain('title=writable(a%2Cb) gap <= 15s%3A 100%25::50 %25%0D%0A::error::x')
    expect(line).not.toContain('\n')
  })

  it('sums up in Markdown that a message cannot break out of', () => {
    const summary = githubSummary([failing('a | b `c` <img src=x>\n# d'), caseOfRun(ORIGIN, passingRun(), 1, false)])
    expect(summary.split('\n').filter((line) => line !== '')).toEqual([
      '### ❌ kafkasim: 1 of 2 cases as expected',
      '| | what | first | cases | replay |',
      '|---|---|---|--:|---|',
      '| ✘ | **no-acked-loss**: a \\| b \\`c\\` \\<img src=x\\> \\# d | rack, seed 1 | 1 | `npx kafkasim run x` |',
    ])
    expect(githubSummary([caseOfRun(ORIGIN, passingRun(), 1, false)])).toBe(
      '### ✅ kafkasim: 1 of 1 case as expected\n',
    )
  })
})

describe('a campaign', () => {
  const found = {
    group: {
      signature: 'log-matching: #',
      count: 3,
      finding: { id: 'log-matching', subject: 'orders-0', message: 'differs at 7' },
    },
    path: 'failures/log-matching-1-5.yaml',
    faults: 1,
    shrunk: true,
  }
  const report = (differing: number[]) =>
    // Only what these reports read.
    ({
      campaign: { runs: 1200, differing },
      findings: [found],
      cost: { wallMs: 5000 },
      seed: 1,
    }) as unknown as FuzzReport

  it('is a suite of its findings, and a case for the whole', () => {
    const cases = casesOfCampaign(report([]))
    const [suite, ...others] = readXml(junitXml(cases)).children
    expect(others).toEqual([])
    expect(suite?.attributes).toMatchObject({ name: 'fuzz seed 1', tests: '2', failures: '1' })
    expect(githubAnnotations(cases, (file) => file)).toEqual([
      '::error file=failures/log-matching-1-5.yaml,line=1,col=1,title=log-matching::orders-0: differs at 7 (3 times) (fuzz seed 1). Replay: npx kafkasim run failures/log-matching-1-5.yaml',
    ])
  })

  it('is in error if a case ran otherwise the second time', () => {
    expect(casesOfCampaign(report([17]))[0]).toMatchObject({
      status: 'error',
      problems: [{ message: 'case 17 ran otherwise the second time' }],
    })
  })
})
