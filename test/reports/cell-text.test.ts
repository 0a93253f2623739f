import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { padEnd, padStart, printable, truncate, widthOf, wrap } from '../../reports/terminal/cell-text.ts'
import { cell, table } from '../../reports/terminal/table.ts'

describe('text in a terminal', () => {
  it('takes two columns for wide characters and none for combining ones', () => {
    expect(widthOf('orders')).toBe(6)
    expect(widthOf('订单')).toBe(4)
    expect(widthOf('e\u0301')).toBe(1)
    expect(widthOf('→ · ✗')).toBe(5)
  })

  it('is padded and cut by columns, not by characters', () => {
    expect(padEnd('订单', 6)).toBe('订单  ')
    expect(padStart('订单', 6)).toBe('  订单')
    expect(truncate('订单订单', 5)).toBe('订单…')
    expect(truncate('orders', 6)).toBe('orders')
  })

  it('wrapped, fits and loses nothing but blanks', () => {
    const words = fc.array(fc.stringMatching(/^[a-z订é]{1,30}$/), { maxLength: 20 })
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 60 }), (list, width) => {
        const lines = wrap(list.join(' '), width)
        expect(lines.length).toBeGreaterThan(0)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''))
      }),
    )
  })

  it('has no control characters left, whatever it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/\p{Cc}/u.test(printable(text))))
  })
})

describe('a table', () => {
  it('aligns by what is seen, and colour shifts nothing', () => {
    const paint = (text: string): string => `<${text}>`
    const rows = [
      [cell('a'), cell('10'), cell('x')],
      [cell('long', paint), cell('9', paint), cell('')],
    ]
    expect(table(rows, { indent: 1, align: ['left', 'right'] })).toEqual([' a     10  x', ' <long>  < 9>'])
  })
})
