import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeGroupRecord, encodeGroupRecord, type GroupRecord } from '../../src/protocol/group-record.ts'

const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'))

describe('records of __consumer_offsets', () => {
  it('have the bytes of Kafka: a committed offset (S-22)', () => {
    const { key, value } = encodeGroupRecord({
      type: 'OffsetCommit',
      group: 'g',
      topic: 't',
      partition: 0,
      value: { offset: 42, leaderEpoch: 5, metadata: '', commitTimestampMs: 1_700_000_000_000 },
    })
    expect(hex(key)).toBe('000100016700017400000000')
    expect(hex(value)).toBe('0003000000000000002a0000000500000000018bcfe56800')
  })

  it('have the bytes of Kafka: a group with a member (S-23)', () => {
    const { key, value } = encodeGroupRecord({
      type: 'GroupMetadata',
      group: 'g',
      value: {
        protocolType: 'consumer',
        generation: 1,
        protocol: 'range',
        leader: 'm',
        currentStateTimestampMs: 2,
        members: [
          {
            memberId: 'm',
            groupInstanceId: null,
            clientId: 'c',
            clientHost: '/h',
            rebalanceTimeoutMs: 3,
            sessionTimeoutMs: 4,
            subscription: new Uint8Array([5]),
            assignment: new Uint8Array([]),
          },
        ],
      },
    })
    expect(hex(key)).toBe('0002000167')
    expect(hex(value)).toBe(
      ['0003', '0008636f6e73756d6572', '00000001', '000572616e6765', '00016d', '0000000000000002', '00000001']
        .concat(['00016d', 'ffff', '000163', '00022f68', '00000003', '00000004', '0000000105', '00000000'])
        .join(''),
    )
  })

  it('have no value when they are tombstones', () => {
    const gone: GroupRecord = { type: 'GroupMetadata', group: 'g', value: null }
    expect(encodeGroupRecord(gone).value).toBeNull()
    expect(decodeGroupRecord(encodeGroupRecord(gone).key, null)).toEqual(gone)
  })

  it('come back as they went', () => {
    fc.assert(
      fc.property(record, (written) => {
        const { key, value } = encodeGroupRecord(written)
        expect(decodeGroupRecord(key, value)).toEqual(written)
      }),
      { numRuns: 100 },
    )
  })

  it('of a kind nobody here writes are not read (KIP-848)', () => {
    expect(decodeGroupRecord(new Uint8Array([0, 3, 0, 1, 0x67]), null)).toBeUndefined()
  })
})

const text = fc.string({ maxLength: 6, unit: 'grapheme' })
const int32 = fc.integer()
const bytes = fc.uint8Array({ maxLength: 5 })

const record: fc.Arbitrary<GroupRecord> = fc.oneof(
  fc.record({
    type: fc.constant('OffsetCommit' as const),
    group: text,
    topic: text,
    partition: fc.nat(),
    value: fc.option(
      fc.record({
        offset: fc.maxSafeNat(),
        leaderEpoch: fc.integer({ min: -1 }),
        metadata: text,
        commitTimestampMs: fc.maxSafeNat(),
      }),
    ),
  }),
  fc.record({
    type: fc.constant('GroupMetadata' as const),
    group: text,
    value: fc.option(
      fc.record({
        protocolType: text,
        generation: int32,
        protocol: fc.option(text),
        leader: fc.option(text),
        currentStateTimestampMs: fc.integer({ min: -1 }),
        members: fc.array(
          fc.record({
            memberId: text,
            groupInstanceId: fc.option(text),
            clientId: text,
            clientHost: text,
            rebalanceTimeoutMs: int32,
            sessionTimeoutMs: int32,
            subscription: bytes,
            assignment: bytes,
          }),
          { maxLength: 3 },
        ),
      }),
    ),
  }),
)
