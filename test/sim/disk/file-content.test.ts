import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHUNK_BYTES, FileContent } from '../../../sim/disk/file-content.ts'

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value)
}

describe('file content', () => {
  it('keeps an append whole in one chunk, so that reading it back is a view and not a copy', () => {
    const content = new FileContent()
    const lengths = [100, CHUNK_BYTES - 50, 3 * CHUNK_BYTES, 10, CHUNK_BYTES]
    const positions = lengths.map((length, i) => content.append(filled(length, i + 1), 0, length))
    lengths.forEach((length, i) => {
      const [one, two] = [content.read(positions[i]!, length), content.read(positions[i]!, length)]
      expect(one.buffer).toBe(two.buffer)
      expect(one.every((byte) => byte === i + 1)).toBe(true)
    })
  })

  it('copies what it is given: the source may be reused at once', () => {
    const content = new FileContent()
    const source = filled(4, 7)
    content.append(source, 1, 3)
    source.fill(9)
    expect([...content.read(0, 2)]).toEqual([7, 7])
  })

  it('keeps small files small', () => {
    const content = new FileContent()
    content.append(filled(10, 1), 0, 10)
    expect(content.read(0, 10).buffer.byteLength).toBeLessThanOrEqual(1024)
  })

  it('refuses to read beyond the end', () => {
    const content = new FileContent()
    content.append(filled(10, 1), 0, 10)
    expect(() => content.read(5, 6)).toThrow(/read of/)
    expect(() => content.read(-1, 2)).toThrow(/read of/)
    expect(content.read(10, 0)).toHaveLength(0)
  })

  it('law: it reads as a plain array would, views never change, and undoing cuts in reverse restores the bytes', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 3000 }) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 400_000, max: 1_200_000 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('cut' as const), n: fc.double({ min: 0, max: 1, noNaN: true }) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('uncut' as const), n: fc.constant(0) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('zero' as const), n: fc.double({ min: 0, max: 1, noNaN: true }) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ do: fc.constant('view' as const), n: fc.double({ min: 0, max: 1, noNaN: true }) }),
      },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const content = new FileContent()
        let model: Buffer = Buffer.alloc(0)
        const views: { view: Uint8Array; was: Buffer }[] = []
        const cuts: { tail: ReturnType<FileContent['cutTo']>; was: Buffer }[] = []
        steps.forEach((s, i) => {
          const part = Math.floor(s.n * model.length)
          if (s.do === 'append') {
            expect(content.append(filled(s.n, i + 1), 0, s.n)).toBe(model.length)
            model = Buffer.concat([model, filled(s.n, i + 1)])
          } else if (s.do === 'cut' && part < model.length) {
            cuts.push({ tail: content.cutTo(part), was: model })
            model = model.subarray(0, part)
          } else if (s.do === 'uncut' && cuts.length > 0) {
            const cut = cuts.pop()!
            content.restore(cut.tail)
            model = cut.was
          } else if (s.do === 'zero') {
            // Zeroing is not undone by restoring older cuts, so those are given up here.
            cuts.length = 0
            content.zeroFrom(part)
            model = Buffer.concat([model.subarray(0, part), Buffer.alloc(model.length - part)])
          } else if (s.do === 'view') {
            const view = content.read(part, Math.floor((model.length - part) / 2))
            views.push({ view, was: Buffer.from(view) })
          }
          expect(content.sizeBytes).toBe(model.length)
          expect(Buffer.compare(content.read(0, model.length), model)).toBe(0)
        })
        for (const { view, was } of views) expect(Buffer.compare(view, was)).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('is read from the device once per chunk after it went cold, and what is appended then is warm', () => {
    const content = new FileContent()
    for (let i = 0; i < 3; i++) content.append(filled(CHUNK_BYTES, i), 0, CHUNK_BYTES)
    content.append(filled(100, 9), 0, 100)
    content.chill()
    content.append(filled(50, 9), 0, 50)
    const tail = 3 * CHUNK_BYTES
    expect(content.warm(tail + 100, 50)).toBe(0)
    expect(content.warm(tail + 99, 10)).toBe(100)
    expect(content.warm(tail + 99, 10)).toBe(0)
    expect(content.warm(CHUNK_BYTES - 1, 2)).toBe(2 * CHUNK_BYTES)
    expect(content.warm(0, content.sizeBytes)).toBe(CHUNK_BYTES)
    expect(content.warm(0, content.sizeBytes)).toBe(0)
  })
})
