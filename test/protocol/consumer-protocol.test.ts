import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type MemberSubscription,
} from '../../src/protocol/consumer-protocol.ts'

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const plain = (text: string) => text.replaceAll(' ', '')
const bytes = (text: string) =>
  Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

const NOTHING: MemberSubscription = { topics: [], userData: null, ownedPartitions: [], generationId: -1, rackId: null }

describe('a subscription', () => {
  const full: MemberSubscription = {
    topics: ['b', 'a'],
    userData: bytes('0102'),
    ownedPartitions: [
      { topic: 'b', partition: 1 },
      { topic: 'a', partition: 2 },
      { topic: 'b', partition: 0 },
    ],
    generationId: 5,
    rackId: 'r1',
  }

  it('is written with topics and partitions sorted, in version 3', () => {
    const topics = '00000002 000161 000162'
    const owned = '00000002 000161 00000001 00000002 000162 00000002 00000000 00000001'
    expect(hex(encodeSubscription(full))).toBe(plain(`0003 ${topics} 000000020102 ${owned} 00000005 00027231`))
  })

  it('carries in older versions only what they know', () => {
    expect(hex(encodeSubscription(NOTHING, 0))).toBe('000000000000ffffffff')
    expect(decodeSubscription(encodeSubscription(full, 1))).toMatchObject({ generationId: -1, rackId: null })
    expect(decodeSubscription(encodeSubscription(full, 2))).toMatchObject({ generationId: 5, rackId: null })
  })

  it('of a newer version is read as far as we know it; an empty rack is none', () => {
    const newer = '0009 00000001 000161 ffffffff 00000000 00000007 0000 beef'
    expect(decodeSubscription(bytes(newer))).toEqual({ ...NOTHING, topics: ['a'], generationId: 7 })
  })

  it('that makes no sense is undefined, whatever the bytes', () => {
    expect(decodeSubscription(bytes(''))).toBeUndefined()
    expect(decodeSubscription(bytes('0003 00000001 7fff'))).toBeUndefined()
    expect(decodeSubscription(bytes('0003 ffffffff'))).toBeUndefined()
    const encoded = encodeSubscription(full)
    for (let cut = 0; cut < encoded.length; cut++) expect(decodeSubscription(encoded.slice(0, cut))).toBeUndefined()
  })
})

describe('an assignment', () => {
  it('is written in the order in which it was made', () => {
    const partitions = [
      { topic: 'b', partition: 3 },
      { topic: 'a', partition: 0 },
      { topic: 'b', partition: 1 },
    ]
    const b = '000162 00000002 00000003 00000001'
    const a = '000161 00000001 00000000'
    expect(hex(encodeAssignment({ partitions, userData: null }))).toBe(plain(`0003 00000002 ${b} ${a} ffffffff`))
  })

  it('comes back as it was', () => {
    const partition = fc.record({ topic: fc.string({ maxLength: 4 }), partition: fc.nat(9) })
    fc.assert(
      fc.property(fc.array(partition), fc.option(fc.uint8Array({ maxLength: 4 })), (partitions, userData) => {
        const back = decodeAssignment(encodeAssignment({ partitions, userData }))
        const sorted = (all: typeof partitions) => all.map((one) => `${one.topic}-${one.partition}`).sort()
        expect([...(back?.userData ?? [-1])]).toEqual([...(userData ?? [-1])])
        expect(sorted([...(back?.partitions ?? [])])).toEqual(sorted(partitions))
      }),
      { numRuns: 100 },
    )
  })
})
