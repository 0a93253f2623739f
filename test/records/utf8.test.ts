import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8, utf8Length } from '../../src/records/utf8.ts'

describe('UTF-8', () => {
  it('encodes as TextEncoder does, unpaired surrogates included', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.integer({ min: 0xd700, max: 0xe100 })).map((units) => String.fromCharCode(...units)),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        const expected = new TextEncoder().encode(text)
        expect(encodeUtf8(text)).toEqual(expected)
        expect(utf8Length(text)).toBe(expected.length)
      }),
    )
  })

  it('decodes well-formed bytes as TextDecoder does, and no bytes throw', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
        expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text)
        if (!decoder.decode(bytes).includes('\ufffd')) expect(decodeUtf8(bytes)).toBe(decoder.decode(bytes))
        else expect(decodeUtf8(bytes)).toContain('\ufffd')
      }),
    )
  })
})
