import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { METADATA_RECORD_NAMES, METADATA_RECORDS } from '../../src/protocol/metadata-record-keys.ts'
import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from '../../src/protocol/metadata-record.ts'
import { arbitraryBody } from './arbitrary-bodies.ts'
import { fieldsOf, isCarried } from './field-rows.ts'
import { referenceBytes, uvarint } from './reference-encoder.ts'

describe('metadata records', () => {
  for (const type of METADATA_RECORD_NAMES) {
    it(`${type}: frame version 1, key, version, fields; and back`, () => {
      const { key, version } = METADATA_RECORDS[type]
      const fields = fieldsOf('metadata-records', type, 'record').filter((field) => isCarried(field, version))
      fc.assert(
        fc.property(arbitraryBody(fields, version), (body) => {
          // The field table made it: it has exactly the fields of this type.
          const record = { type, ...body } as MetadataRecord
          const bytes = encodeMetadataRecord(record)
          const expected = [1, ...uvarint(key), ...uvarint(version), ...referenceBytes(fields, body, version, true)]
          expect([...bytes]).toEqual(expected)
          expect(decodeMetadataRecord(bytes)).toEqual(record)
        }),
        { numRuns: 50 },
      )
    })
  }

  // Byte by byte from the schemas.
  it('a topic is 01 02 00, name, id, no tags', () => {
    const bytes = encodeMetadataRecord({ type: 'TopicRecord', name: 'foo', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' })
    expect(hex(bytes)).toBe(spaceless(`01 02 00 04666f6f ${'00'.repeat(15)}01 00`))
  })

  const unchanged = {
    type: 'PartitionChangeRecord',
    partitionId: 3,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    isr: null,
    leader: -2,
    replicas: null,
    removingReplicas: null,
    addingReplicas: null,
    leaderRecoveryState: -1,
    directories: null,
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  } as const

  it('a partition change that changes nothing has no tagged field', () => {
    expect(hex(encodeMetadataRecord(unchanged))).toBe(spaceless(`01 05 02 00000003 ${'00'.repeat(15)}01 00`))
  })

  it('a new ISR and no leader are tags 0 and 1; directories come last though they are earlier in the schema', () => {
    const bytes = encodeMetadataRecord({
      ...unchanged,
      isr: [1, 2],
      leader: -1,
      directories: [],
      eligibleLeaderReplicas: [3],
    })
    const tags = '04 00 09 03 00000001 00000002 01 04 ffffffff 06 05 02 00000003 08 01 01'
    expect(hex(bytes)).toBe(spaceless(`01 05 02 00000003 ${'00'.repeat(15)}01 ${tags}`))
  })

  it('an empty ISR is not an unchanged one', () => {
    const emptied = { ...unchanged, isr: [] }
    expect(decodeMetadataRecord(encodeMetadataRecord(emptied))).toEqual(emptied)
  })

  it('unknown tags are skipped (W-6)', () => {
    const noOp = decodeMetadataRecord(bytesOf('01 14 00 02 05 02 aabb 06 00'))
    expect(noOp).toEqual({ type: 'NoOpRecord' })
    const change = decodeMetadataRecord(bytesOf(`01 05 02 00000003 ${'00'.repeat(15)}01 02 01 04 00000007 4c 01 ff`))
    expect(change).toEqual({ ...unchanged, leader: 7 })
  })

  it.each([
    ['00 14 00 00', 'frame version 0'],
    ['01 63 00 00', 'unknown type 99'],
    ['01 14 01 00', 'version 1'],
    ['01 14 00 00 00', 'garbage'],
    ['01 07 00 00000001', 'past the end'],
    [`01 02 00 00 ${'00'.repeat(16)} 00`, 'null'],
  ])('bytes %s are a defect: %s', (bytes, message) => {
    expect(() => decodeMetadataRecord(bytesOf(bytes))).toThrow(message)
  })

  it('a number that does not fit its field is a defect', () => {
    expect(() => encodeMetadataRecord({ ...unchanged, leader: 2 ** 31 })).toThrow('2147483648')
    expect(() => encodeMetadataRecord({ type: 'FenceBrokerRecord', id: 1, epoch: 2 ** 53 })).toThrow('2^53')
  })
})

/** Hex without the spaces that group it for the eye. */
function spaceless(text: string): string {
  return text.replaceAll(' ', '')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(spaceless(text), 'hex'))
}
