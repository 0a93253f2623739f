// What runs did when they were pinned, they do still: event for event. If a change is meant, `npm run pin` says what it
// changed first, and pins it.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type GoldenRow, readRecord, readRows } from '../../scripts/golden/golden-files.ts'
import { checkRow, type Play, play } from '../../scripts/golden/golden-runs.ts'

const rows = readRows()

describe('pinned trace hashes', () => {
  it('are of three scenarios', () => {
    expect(new Set(rows.map(({ scenario }) => scenario)).size).toBeGreaterThanOrEqual(3)
  })

  it.each(rows)('$scenario with seed $seed does what it did', (row) => {
    expect(checkRow(row, readRecord(row)).changes).toEqual([])
  })
})

describe('pinning anew', () => {
  const row = { ...rows[0]!, set: [...rows[0]!.set, 'duration=4s', 'faults.0.for=500ms', 'expect=[]'] }
  const before = checkRow(row, undefined)

  it('has nothing to say when nothing has changed', () => {
    expect(checkRow(before.row, before.record).changes).toEqual([])
  })

  it('names the first event that differs, when one and all that follow do', () => {
    const at = 777
    const late: Play = (asked, options) => {
      const result = play(asked, {
        onEvent: (event, hash) => {
          const changed = event.ordinal >= at
          const kind = event.ordinal === at ? 'planted' : event.kind
          options?.onEvent?.({ ...event, kind }, changed ? hash.replaceAll(/\d/g, '7') : hash)
        },
      })
      return { ...result, verdict: { ...result.verdict, traceHash: '0'.repeat(16) } }
    }
    const { node, kind, atUs } = before.record.event(at - 1)!
    const { row: now, changes } = checkRow(before.row, before.record, late)
    expect(now.hash).toBe('0'.repeat(16))
    expect(changes).toEqual([
      `leader-crash seed 42: ${before.row.hash} -> ${now.hash}; the first event that differs:`,
      `  was event ${at} at ${atUs} µs: ${node} ${kind}`,
      `  is  event ${at} at ${atUs} µs: ${node} planted`,
    ])
  })

  it('names the first event of a run that really went another way', () => {
    const slower: GoldenRow = { ...before.row, set: [...row.set, 'faults.0.at=3100ms'] }
    const { changes } = checkRow(slower, before.record)
    // The old run killed the leader at 3 s; nothing before that knew of it.
    expect(changes[1]).toMatch(/^ {2}was event \d+ at 3000000 µs: world fault$/)
    expect(changes[2]).toMatch(/^ {2}is {2}event \d+ at 3\d{6} µs: (?!world)/)
  })
})

describe('on other versions of Node', () => {
  // Paths of node binaries, with colons between them; needs a build.
  it.skipIf((process.env['OTHER_NODES'] ?? '') === '')('the built command line does the same', () => {
    const script = fileURLToPath(new URL('../../scripts/other-nodes.mjs', import.meta.url))
    expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).not.toContain('pinned')
  })
})
