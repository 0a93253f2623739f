import type { GroupSummary } from '../../src/history/group-summaries.ts'
import { stripVTControlCharacters } from 'node:util'
import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { terminalReport } from '../../reports/terminal/report.ts'
import { widthOf } from '../../reports/terminal/cell-text.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { entry, losingRun, passingRun, passingVerdict, stuckRun } from './run-result-fixture.ts'

const plain = new Chalk({ level: 0 })
const coloured = new Chalk({ level: 1 })

function report(result: RunResult, columns = 100, chalk = plain): string {
  return terminalReport(result, { chalk, columns, wallMs: 840 })
}

/** The lines of one section, its heading left out. */
function sectionOf(text: string, heading: string): string[] {
  const lines = text.split('\n')
  const start = lines.indexOf(heading)
  expect(start, `no section '${heading}'`).toBeGreaterThanOrEqual(0)
  return lines.slice(start + 1, lines.indexOf('', start))
}

describe('the report of a run, as it looks', () => {
  const runs = { passing: passingRun(), losing: losingRun(), stuck: stuckRun() }
  for (const [name, result] of Object.entries(runs)) {
    for (const columns of [80, 120]) {
      it(`${name}, ${columns} columns`, async () => {
        await expect(report(result, columns)).toMatchFileSnapshot(`snapshots/${name}-${columns}.txt`)
      })
    }
    it(`${name}, in colour`, async () => {
      await expect(report(result, 80, coloured)).toMatchFileSnapshot(`snapshots/${name}-80.ansi`)
    })
  }
})

describe('the report of a run', () => {
  it('has the same text with and without colour', () => {
    const shown = report(losingRun(), 80, coloured)
    expect(shown).toContain('\u001b[')
    expect(stripVTControlCharacters(shown)).toBe(report(losingRun(), 80))
  })

  it('ends with the line that tells of a record it names, and the one that replays the run; when quiet, with that alone', () => {
    const { verdict } = losingRun()
    const message = '114 of 19937 acknowledged records lost, first orders-0@4822 (web[0]#4822)'
    const expectations = [{ text: 'no-acked-loss', met: false, message }]
    const result = { ...losingRun(), verdict: { ...verdict, expectations } }
    const asked = verdict.reproduce.replace(' run ', ' explain --record orders-0@4822 ')
    expect(report(result)).toContain(`      record: ${asked}\n      replay: ${verdict.reproduce}\n`)
    expect(terminalReport(result, { chalk: plain, columns: 100, wallMs: 840, quiet: true })).not.toContain('record:')
  })

  it('writes no escape sequence without colour', () => {
    expect(report(losingRun())).not.toContain('\u001b')
  })

  it('keeps within the terminal, but for tables of logs and the last lines, which are to be copied', () => {
    for (const columns of [60, 80, 120]) {
      const story = report(losingRun(), columns).split('\n').slice(0, -4)
      const logs = story.findIndex((line) => line.includes('the logs of its replicas'))
      const wide = story.slice(0, logs).filter((line) => widthOf(line) > columns && !line.includes('events 40112'))
      expect(wide).toEqual([])
    }
  })

  it('ends no line in blanks', () => {
    for (const result of [passingRun(), losingRun(), stuckRun()]) expect(report(result)).not.toMatch(/ \n/)
  })

  it('quiet: the verdict and how to get it again, no more', () => {
    const text = terminalReport(passingRun(), { chalk: plain, columns: 80, wallMs: 840, quiet: true })
    expect(text).toMatch(/^PASS {2}leader-crash {2}seed 42/)
    expect(text).toContain('replay: npx kafkasim run scenarios/leader-crash.yaml --seed 42\n')
    expect(text.trimEnd().split('\n')).toHaveLength(3)
  })

  it('lets nothing of the scenario control the terminal', () => {
    const {
      producers: [web],
      consumers: [audit],
    } = passingRun().clients
    if (web === undefined || audit === undefined) throw new Error('the fixture has no clients')
    const evil = '\u001b[2J\u0007pwned\u202e'
    const text = report(
      passingRun({
        verdict: passingVerdict({
          scenario: evil,
          expectations: [{ text: evil, met: false, message: evil }],
          notFired: [evil],
          violations: [
            { invariant: evil, rule: evil, excused: evil, atMs: 1, subject: evil, message: evil, events: [1, 2] },
          ],
        }),
        description: evil,
        timeline: [entry(1, 'note', evil, evil)],
        stuckOn: [evil],
        withoutEffect: [evil],
        clients: {
          producers: [{ ...web, name: evil, errors: [{ name: evil, count: 1 }] }],
          consumers: [{ ...audit, name: evil }],
        },
        groups: [group(evil, evil)],
        writeGaps: [{ topic: evil, partition: evil, gapMs: 5, endedAtMs: 6 }],
      }),
    )
    expect(text).toContain('pwned')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
  })

  it('tells of groups in a table of their own, and which commits failed', () => {
    const lines = sectionOf(report(passingRun({ groups: [group('billing', 'UNKNOWN_MEMBER_ID')] })), 'Clients')
    expect(lines).toContain('  group    rebalances  thrown out  redelivered  stopped  at most')
    expect(lines).toContain('  billing           7           1           40    27.3s    5.01s')
    expect(lines.join('\n')).toMatch(/commits failed +billing: UNKNOWN_MEMBER_ID × 2/)
    expect(report(passingRun())).not.toContain('rebalances')
  })

  it('folds what is empty of __consumer_offsets, and nothing that is in trouble', () => {
    const topic = '__consumer_offsets'
    const empty = { topic, leader: 1, leaderEpoch: 0, isr: [1], highWatermark: 0, logEndOffset: 0 }
    const partitions = [
      { ...empty, partition: 0 },
      { ...empty, partition: 1, highWatermark: 7, logEndOffset: 7 },
      { ...empty, partition: 2, leader: -1 },
      { ...empty, topic: 'orders', partition: 0 },
    ]
    const lines = sectionOf(
      report(passingRun({ verdict: passingVerdict({ cluster: { partitions } }) })),
      'Cluster at the end',
    )
    expect(lines.map((line) => line.trim().split(' ')[0])).toEqual([
      'partition',
      '__consumer_offsets-1',
      '__consumer_offsets-2',
      'orders-0',
      '…',
    ])
    expect(lines.at(-1)).toBe('  … 1 of __consumer_offsets more, empty')
  })

  it('leaves out sections that have nothing to say', () => {
    const text = report(passingRun({ timeline: [] }))
    for (const heading of ['Timeline', 'Violations', 'Remarks', 'Why']) expect(text).not.toContain(heading)
  })
})

function group(name: string, error: string): GroupSummary {
  const times = { stoppedUs: 27_300_000, longestStopUs: 5_010_000 }
  return { name, rebalances: 7, thrownOut: 1, redelivered: 40, ...times, failedCommits: [{ name: error, count: 2 }] }
}

describe('the timeline', () => {
  it('counts what repeats itself, and says how to see it', () => {
    const busy = Array.from({ length: 300 }, (_, i) => entry(i, 'isr', 'orders-0', `ISR shrinks to [${i}]`))
    const lines = sectionOf(report(passingRun({ timeline: busy })), 'Timeline')
    expect(lines).toHaveLength(4)
    expect(lines[3]).toMatch(/^ +⋮ orders-0 {2}… 297 more like this until 299\.000s \(--timeline all\)$/)
  })

  it('leaves nothing out when asked for all', () => {
    const busy = Array.from({ length: 300 }, (_, i) => entry(i, 'isr', 'orders-0', `ISR shrinks to [${i}]`))
    const text = terminalReport(passingRun({ timeline: busy }), {
      chalk: plain,
      columns: 80,
      wallMs: 1,
      timeline: 'all',
    })
    expect(sectionOf(text, 'Timeline')).toHaveLength(300)
  })

  it('is in order of time even if a violation was noted later', () => {
    const timeline = [
      entry(1, 'note', 'a', 'first'),
      entry(3, 'note', 'a', 'third'),
      entry(2, 'violation', 'a', 'second'),
    ]
    const texts = sectionOf(report(passingRun({ timeline })), 'Timeline').map((line) => line.split('a  ')[1])
    expect(texts).toEqual(['first', 'second', 'third'])
  })

  it('names all targets of a fault even if they are many', () => {
    const targets = 'broker-1, broker-2, broker-3, broker-4'
    const [line] = sectionOf(report(passingRun({ timeline: [entry(1, 'fault', targets, 'pause')] })), 'Timeline')
    expect(line).toContain(`pause (${targets})`)
  })

  it('shows minutes only when seconds get unwieldy', () => {
    const timeline = [entry(599.999, 'note', 'a', 'x'), entry(600, 'note', 'a', 'x'), entry(7325.5, 'note', 'a', 'x')]
    const times = sectionOf(report(passingRun({ timeline })), 'Timeline').map((line) => line.trim().split(' ')[0])
    expect(times).toEqual(['599.999s', '10m00.000s', '2h02m05.500s'])
  })
})

describe('violations', () => {
  it('that are excused are shown as such, after those that count', () => {
    const lines = sectionOf(report(losingRun(), 120), 'Violations')
    const heads = lines.filter((line) => /^ {2}\S/.test(line))
    expect(heads[0]).toMatch(/✗ committed-prefix-agreement \(RI-12\)/)
    expect(heads[1]).toMatch(/~ leader-completeness \(RI-9\)/)
    expect(lines.at(-1)).toBe('    excused: C1: an unclean election was permitted for orders-0')
  })

  it('say how often they were seen, and what the rule is', () => {
    const lines = sectionOf(report(losingRun(), 160), 'Violations')
    expect(lines[0]).toMatch(/orders-0 at 25\.800s, events 40112 and 51993, seen 1 017 times$/)
    expect(lines[2]).toMatch(/^    the rule: What was committed stays/)
  })

  it('that are very many are counted', () => {
    const [first] = losingRun().verdict.violations
    const violations = Array.from({ length: 500 }, () => first!)
    const lines = sectionOf(report(passingRun({ verdict: passingVerdict({ violations }) }), 120), 'Violations')
    expect(lines.length).toBeLessThan(50)
    expect(lines.at(-1)).toMatch(/… 488 violations more, 0 of them excused/)
  })
})

describe('what went wrong, in words', () => {
  const lines = report(losingRun(), 120).split('\n')
  const from = (start: string): string[] => {
    const at = lines.findIndex((line) => line.startsWith(start))
    return lines.slice(at, lines.indexOf('', at))
  }

  it('says what was promised, what happened, which lines let it, and what would prevent it', () => {
    const paragraph = from('✘ no-acked-loss, leader-completeness')
    const text = paragraph.join('\n')
    expect(text).toMatch(/\n {2}promised {2}a record that a producer was told/)
    expect(text).toContain('  set by    topics.orders.config.unclean.leader.election.enable = true (x.yaml:12)\n')
    expect(text).toContain('            topics.orders.config.min.insync.replicas = 1 (default)\n')
    expect(text).toContain('            --set topics.orders.config.unclean.leader.election.enable=false\n')
    expect(paragraph.at(-1)).toBe('            replicas in several racks')
  })

  it('says so where no rule recognised the cause, and no more', () => {
    expect(from('◆ committed-prefix-agreement (found)')).toEqual([
      '◆ committed-prefix-agreement (found)',
      '  promised  what two brokers call committed is the same',
      '  but       offset 2005 is committed in two versions',
      '  cause     no rule recognises it; the events that led to it are below',
    ])
    const alone = report({ ...losingRun(), explanations: [] }, 120)
    expect(alone).toMatch(/no rule recognises it\n/)
  })

  it('stands after the verdict, and before the line that replays the run, which is the last', () => {
    const verdict = lines.findIndex((line) => line.startsWith('FAIL'))
    const words = lines.findIndex((line) => line.startsWith('✘ no-acked-loss,'))
    const why = lines.findIndex((line) => line.startsWith('Why: '))
    expect([verdict, words, why].toSorted((a, b) => a - b)).toEqual([verdict, words, why])
    expect(lines.at(-2)).toMatch(/^ {6}replay: npx kafkasim run/)
  })

  it('tells every link of a chain if asked to', () => {
    const chain = Array.from({ length: 40 }, (_, i) => ({
      ordinal: i,
      atUs: i,
      node: 'world',
      kind: `k${i}`,
      cause: i - 1,
    }))
    const [explanation] = losingRun().explanations
    const result = { ...losingRun(), explanations: [{ ...explanation!, chain }] }
    expect(report(result)).toContain('⋮ 36 links left out (--why all)')
    const whole = terminalReport(result, { chalk: plain, columns: 100, wallMs: 1, why: 'all' })
    expect(chain.filter(({ kind }) => !whole.includes(`${kind} `))).toEqual([])
  })
})

describe('the logs side by side', () => {
  it('mark where histories fork and where something is missing, and stay silent about what was deleted', () => {
    const lines = report(losingRun(), 120).split('\n')
    const rowAt = (offsets: string): string => lines.find((line) => line.trim().startsWith(offsets)) ?? ''
    expect(rowAt('1960 – 1979').trim()).toMatch(/epoch 0 +epoch 0 +×$/)
    expect(rowAt('1980 – 2000').trim()).toMatch(/epoch 0 +epoch 0 +epoch 0$/)
    expect(rowAt('2001 – 2009').trim()).toMatch(/epoch 0 +epoch 1 +· +← forked$/)
    expect(rowAt('2010 – 2039').trim()).toMatch(/· +epoch 1 +· +← missing$/)
  })
})
