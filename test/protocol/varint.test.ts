import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  readUvarint,
  readVarint,
  uvarintSize,
  varintLength,
  varintSize,
  writeUvarint,
  writeVarint,
} from '../../src/protocol/varint.ts'

describe('varints', () => {
  it.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [-2, '03'],
    [300, 'd804'],
    [-300, 'd704'],
    [2147483647, 'feffffff0f'],
    [-2147483648, 'ffffffff0f'],
  ])('%d is zigzag %s (W-4)', (value, hex) => {
    expect(hexOf(writeVarint, value)).toBe(hex)
    expect(readVarint(bytesOf(hex), 0)).toBe(value)
    expect(varintSize(value)).toBe(hex.length / 2)
  })

  it.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [16383, 'ff7f'],
    [16384, '808001'],
    [4294967295, 'ffffffff0f'],
  ])('%d is unsigned %s', (value, hex) => {
    expect(hexOf(writeUvarint, value)).toBe(hex)
    expect(readUvarint(bytesOf(hex), 0)).toBe(value)
    expect(uvarintSize(value)).toBe(hex.length / 2)
  })

  it('zigzag agrees with 64-bit arithmetic for every safe integer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
        let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
        const expected: number[] = []
        for (; rest >= 128n; rest >>= 7n) expected.push(Number(rest & 127n) + 128)
        expected.push(Number(rest))
        const bytes = new Uint8Array(expected.length)
        expect(writeVarint(bytes, 0, value)).toBe(expected.length)
        expect([...bytes]).toEqual(expected)
        expect(varintSize(value)).toBe(expected.length)
        expect(readVarint(bytes, 0)).toBe(value)
      }),
    )
    expect(readVarint(bytesOf(hexOf(writeVarint, Number.MIN_SAFE_INTEGER)), 0)).toBe(Number.MIN_SAFE_INTEGER)
  })

  it('unsigned ones come back, wherever they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.nat(5), (value, at) => {
        const bytes = new Uint8Array(at + 5)
        expect(writeUvarint(bytes, at, value)).toBe(at + uvarintSize(value))
        expect(readUvarint(bytes, at)).toBe(value)
        expect(varintLength(bytes, at)).toBe(uvarintSize(value))
      }),
    )
  })

  it('refuses one that runs past the end', () => {
    expect(() => readVarint(bytesOf('8080'), 0)).toThrow('past the end')
    expect(() => readUvarint(bytesOf('ffffffff7f'), 0)).toThrow('out of range')
  })
})

function hexOf(write: (bytes: Uint8Array, at: number, value: number) => number, value: number): string {
  const bytes = new Uint8Array(10)
  const end = write(bytes, 0, value)
  return Buffer.from(bytes.subarray(0, end)).toString('hex')
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}
