import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomUuid, readUuid, writeUuid, ZERO_UUID } from '../../src/protocol/uuid.ts'

describe('ids', () => {
  it('are printed as base64url without padding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = readUuid(bytes, 0)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        const back = new Uint8Array(20)
        writeUuid(back, 2, text)
        expect(back.subarray(2, 18)).toEqual(bytes)
      }),
    )
    expect(readUuid(new Uint8Array(16), 0)).toBe(ZERO_UUID)
  })

  it('that no 16 bytes print as are refused', () => {
    const bytes = new Uint8Array(16)
    expect(() => writeUuid(bytes, 0, 'AAAAAAAAAAAAAAAAAAAAAB')).toThrow('not a uuid')
    expect(() => writeUuid(bytes, 0, 'AAAA')).toThrow('not a uuid')
    expect(() => writeUuid(bytes, 0, '+AAAAAAAAAAAAAAAAAAAAA')).toThrow('not a uuid')
  })

  it('made at random are of version 4 and never look like an option', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 0xffffffff })), (words) => {
        const uuid = randomUuid({ u32: () => words.next().value ?? 0 })
        const hex = Buffer.from(uuid, 'base64url').toString('hex')
        expect(hex).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
        expect(uuid).not.toMatch(/^-/)
      }),
    )
    const words = [0xf8000000, 0, 0, 0, 1, 0, 0, 0]
    expect(randomUuid({ u32: () => words.shift() ?? 0 })).toBe('AAAAAQAAQACAAAAAAAAAAA')
  })
})
