// The timeline of a run, line by line.

import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { wholeStory } from '../../src/scenario/judge/condense.ts'
import { palette } from '../../reports/terminal/palette.ts'
import { timelineLines } from '../../reports/terminal/timeline.ts'

describe('whom an entry of the timeline is about', () => {
  const line = (subject: string) =>
    timelineLines(
      { palette: palette(new Chalk({ level: 0 })), columns: 200 },
      wholeStory([{ atUs: 1_000_000, kind: 'fault', subject, text: 'kill' }]),
    )[0]

  it('is named whole where it fits', () => {
    expect(line('broker-1, broker-2')).toBe('  1.000s  ▼ broker-1, broker-2  kill')
  })

  it('is, of several, the first that fit and how many more, with all of them in the text', () => {
    const all = 'broker-1, broker-2, broker-3, broker-4'
    expect(line(all)).toBe(`  1.000s  ▼ broker-1, broker-2 +2  kill (${all})`)
  })

  it('is cut off where a single name is too long', () => {
    const long = 'consumer-of-a-very-long-name[0]'
    expect(line(long)).toMatch(/▼ consumer-of-a-very-long….* {2}kill \(consumer-of-a-very-long-name\[0\]\)$/)
  })
})
