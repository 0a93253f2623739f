// Reports of real runs look as they did when they were pinned (`npm run pin`), to the letter.

import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { PINNED_REPORTS, readReport, reportChanges, ReportRuns } from '../../scripts/golden/golden-reports.ts'

const runs = new ReportRuns()

describe('pinned reports', () => {
  it.each(PINNED_REPORTS)('$name', (pinned) => {
    expect(runs.textOf(pinned)).toBe(readReport(pinned))
  })

  it('say the same with and without colour', () => {
    const [plain, coloured] = [PINNED_REPORTS[0]!, PINNED_REPORTS[1]!].map((pinned) => runs.textOf(pinned))
    expect(coloured).not.toBe(plain)
    expect(stripVTControlCharacters(coloured ?? '')).toBe(plain)
  })

  it('name the first line that differs', () => {
    const [pinned] = PINNED_REPORTS
    const lines = readReport(pinned!).split('\n')
    const text = lines.map((line, i) => (i === 2 ? 'planted' : line)).join('\n')
    expect(reportChanges(pinned!, text)).toEqual(['report acks1-80.txt, line 3:', `  was ${lines[2]}`, '  is  planted'])
  })
})
