import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CODES, diagnosticsPage } from '../../scripts/diagnostics/diagnostics-page.ts'
import { exampleFile } from '../../src/scenario/text/catalogue/diagnostic-page.ts'
import { type DiagnosticPage, DIAGNOSTICS, docsOf, type Finding } from '../../src/scenario/text/diagnostics.ts'
import { loadScenario } from '../../src/simulate.ts'
import { BAD_FILES } from './bad-files.ts'

/** What an example is told: keys of a scenario, or something typed about the base. */
function toldAbout(example: string, page: DiagnosticPage): readonly Finding[] {
  const typed = /^kafkasim check base\.yaml --set (\S+)$/.exec(example)
  const row = /^simulate\(text, \{ row: '([^']+)' \}\)$/.exec(example)
  const text = typed === null && row === null ? exampleFile(example, page) : exampleFile(row === null ? '' : MATRIX, {})
  const result = loadScenario(text, {
    ...(typed?.[1] !== undefined && { set: [typed[1]] }),
    ...(row?.[1] !== undefined && { row: row[1] }),
  })
  return result.ok ? result.warnings : result.findings
}

const MATRIX = 'matrix: { cluster.brokers: [3, 5] }'

describe.each(CODES)('%s', (code) => {
  const page: DiagnosticPage = DIAGNOSTICS[code]

  it('is what the bad example of its page is told, and nothing else', () => {
    const told = new Set(toldAbout(page.bad, page).map((finding) => finding.code))
    expect([...told]).toEqual([code])
  })

  it('is gone in the good example, and so is everything else', () => {
    expect(toldAbout(page.good, page)).toEqual([])
  })

  it('is explained in words', () => {
    expect(page.title).not.toMatch(/\.$/)
    expect(page.says).toMatch(/\.$/)
    expect(page.says.length).toBeGreaterThan(60)
  })
})

describe('the catalogue', () => {
  it('has the codes that the bad files are told, each at least once, and no others', () => {
    const reached = new Set(BAD_FILES.flatMap(({ codes }) => codes))
    // Which row to run is asked of those who run it: see simulate.test.ts.
    expect([...reached, 'KS403'].toSorted()).toEqual(CODES)
  })

  it('is a page for users, which is up to date (npm run generate)', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/diagnostics.md'), 'utf8')
    expect(page).toBe(diagnosticsPage())
    for (const code of CODES) expect(page).toContain(`id="${docsOf(code).split('#')[1] ?? '?'}"`)
  })
})
