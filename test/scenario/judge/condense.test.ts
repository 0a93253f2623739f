// A story stays readable whatever its length: what partitions share is one line, what repeats itself is counted, and what
// matters is never left out.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { condense, partitionsText, type StoryLine, wholeStory } from '../../../src/scenario/judge/condense.ts'
import type { TimelineEntry } from '../../../src/scenario/run-result.ts'

function isrEntry(atMs: number, partition: string, text: string): TimelineEntry {
  return {
    atUs: atMs * 1000,
    kind: 'isr',
    subject: partition,
    text: `ISR ${text}`,
    shared: { cause: text, text, differs: '' },
  }
}

function fault(atMs: number, text: string): TimelineEntry {
  return { atUs: atMs * 1000, kind: 'fault', subject: 'broker-1', text }
}

function shown(lines: readonly StoryLine[]): string[] {
  return lines.map((line) => {
    switch (line.kind) {
      case 'entry':
        return `${line.entry.subject}: ${line.entry.text}`
      case 'shared':
        return `${line.subject} (${line.sharers}): ${line.text} until ${line.untilUs / 1000}`
      case 'more':
        return `${line.count} more like ${line.text} until ${line.untilUs / 1000}`
      case 'gap':
        return `gap ${[...line.omitted].join()}`
    }
  })
}

describe('what several partitions share', () => {
  const election = (partition: number, to: number): TimelineEntry => ({
    atUs: 5_000_000,
    kind: 'election',
    subject: `orders-${partition}`,
    text: `leader 3 → ${to}, epoch 1`,
    shared: { cause: 'fenced', text: 'leader 3 → … (fenced)', differs: String(to) },
  })

  it('is one line that names them all, and what differs', () => {
    const entries = Array.from({ length: 12 }, (_, i) => election(i, 1 + (i % 2)))
    expect(shown(condense(entries, 60))).toEqual(['orders-0..11 (12): leader 3 → 1,2 (fenced) until 5000'])
  })

  it('stays a line each if they are two', () => {
    expect(shown(condense([election(0, 1), election(1, 2)], 60))).toHaveLength(2)
  })

  it('is not drawn together across a fault', () => {
    const entries = [isrEntry(1, 'a-0', 'x'), isrEntry(2, 'a-1', 'x'), fault(3, 'kill'), isrEntry(4, 'a-2', 'x')]
    expect(shown(condense(entries, 60))).toEqual(['a-0: ISR x', 'a-1: ISR x', 'broker-1: kill', 'a-2: ISR x'])
  })

  it('is another happening if it comes much later, or happens to the same partition again', () => {
    const later = [0, 1, 2].map((i) => isrEntry(2000 + i, `a-${i}`, 'x'))
    const first = [0, 1, 2].map((i) => isrEntry(1000 + i, `a-${i}`, 'x'))
    expect(shown(condense([...first, ...later], 60))).toEqual(['a-0..2 (3): x until 1002', 'a-0..2 (3): x until 2002'])
    const again = [0, 1, 2, 0, 1, 2].map((i, nth) => isrEntry(nth, `a-${i}`, 'x'))
    expect(condense(again, 60).map(({ kind }) => kind)).toEqual(['shared', 'shared'])
  })

  it('is told line by line in the whole story', () => {
    const entries = Array.from({ length: 12 }, (_, i) => election(i, 1))
    expect(wholeStory(entries).map(({ kind }) => kind)).toEqual(entries.map(() => 'entry'))
  })
})

describe('what repeats itself', () => {
  const flapping = Array.from({ length: 300 }, (_, i) =>
    isrEntry(i * 1000, 'orders-0', i % 2 === 0 ? `shrinks to [1] at ${i}` : `expands to [1,2] at ${i}`),
  )

  it('is told a few times, then counted, with the time it ends', () => {
    expect(shown(condense(flapping, 60))).toEqual([
      'orders-0: ISR shrinks to [1] at 0',
      'orders-0: ISR expands to [1,2] at 1',
      'orders-0: ISR shrinks to [1] at 2',
      'orders-0: ISR expands to [1,2] at 3',
      'orders-0: ISR shrinks to [1] at 4',
      'orders-0: ISR expands to [1,2] at 5',
      '147 more like ISR shrinks to [1] at 6 until 298000',
      '147 more like ISR expands to [1,2] at 7 until 299000',
    ])
  })

  it('is told to its end if that takes one or two lines more', () => {
    expect(condense(flapping.slice(0, 10), 60)).toHaveLength(10)
  })

  it('is never what is grave', () => {
    const losses = flapping.map((entry) => ({ ...entry, grave: true as const }))
    expect(condense(losses, 20)).toHaveLength(300)
  })
})

describe('a rolling restart of ten brokers that hold a hundred partitions', () => {
  const entries = Array.from({ length: 10 }, (_, broker) => {
    const happens = (atMs: number, kind: TimelineEntry['kind'], what: string) =>
      Array.from({ length: 30 }, (_partition, i): TimelineEntry => {
        const text = `${what} ${i}`
        const shared = { cause: `${what} ${broker}`, text: `${what} by broker ${broker}`, differs: '' }
        return {
          atUs: (broker * 20_000 + atMs + i) * 1000,
          kind,
          subject: `orders-${(broker * 7 + i) % 100}`,
          text,
          shared,
        }
      })
    return [
      fault(broker * 20_000, `stop broker:${broker}`),
      ...happens(100, 'election', 'leader changes'),
      ...happens(200, 'isr', 'ISR shrinks'),
      ...happens(5000, 'note', 'recovered'),
      ...happens(6000, 'isr', 'ISR expands'),
    ]
  }).flat()

  it('is a story of a page', () => {
    expect(entries).toHaveLength(1210)
    const lines = condense(entries, 60)
    expect(lines.length).toBeLessThanOrEqual(60)
    expect(lines[1]).toMatchObject({ kind: 'shared', subject: 'orders-0..29', sharers: 30 })
  })
})

describe('a story of any length', () => {
  const words = ['ISR shrinks', 'ISR expands', 'leader changes', 'truncates', 'recovers']
  const entryArb: fc.Arbitrary<TimelineEntry> = fc.record(
    {
      atUs: fc.nat(60_000_000),
      kind: fc.constantFrom('fault', 'isr', 'election', 'truncation', 'note', 'violation'),
      subject: fc.integer({ min: 0, max: 99 }).map((n) => `orders-${n}`),
      text: fc.tuple(fc.constantFrom(...words), fc.nat(1000)).map(([word, n]) => `${word} ${n}`),
      grave: fc.constant(true as const),
    },
    { requiredKeys: ['atUs', 'kind', 'subject', 'text'] },
  )

  it('counts every entry, keeps what is grave and the first of each kind, and fits', () => {
    fc.assert(
      fc.property(fc.array(entryArb, { maxLength: 1000, size: 'max' }), (entries) => {
        const grave = entries.filter((entry) => entry.grave === true)
        const lines = condense(entries, 60)
        const told = lines.flatMap((line) => (line.kind === 'entry' ? [line.entry] : []))
        expect(grave.every((entry) => told.includes(entry))).toBe(true)
        const total = lines.reduce((sum, line) => sum + entriesOf(line), 0)
        expect(total).toBe(entries.length)
        const kinds = new Set(entries.map(({ kind, text }) => `${kind} ${text.replaceAll(/\d+/g, '')}`))
        const toldKinds = new Set(told.map(({ kind, text }) => `${kind} ${text.replaceAll(/\d+/g, '')}`))
        expect([...kinds].filter((kind) => !toldKinds.has(kind))).toEqual([])
        // What must stay may be more than fits; a gap stands between two of those that do.
        expect(lines.length).toBeLessThanOrEqual(2 * (60 + grave.length + kinds.size))
      }),
      { numRuns: 40 },
    )
  })

  function entriesOf(line: StoryLine): number {
    switch (line.kind) {
      case 'entry':
        return 1
      case 'shared':
        return line.sharers
      case 'more':
        return line.count
      case 'gap':
        return [...line.omitted.values()].reduce((a, b) => a + b, 0)
    }
  }
})

describe('names of partitions', () => {
  it('are drawn together by topic, gaps kept', () => {
    const names = ['orders-0', 'orders-2', 'orders-1', 'my-topic-7', 'orders-5', 'orders-6']
    expect(partitionsText(names)).toBe('orders-0..2,5,6, my-topic-7')
  })
})
