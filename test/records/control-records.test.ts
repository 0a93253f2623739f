import { describe, expect, it } from 'vitest'
import { decodeControl, encodeEndTransaction, encodeLeaderChange } from '../../src/records/control-records.ts'
import { crc, validateBatch } from '../../src/records/record-batch.ts'
import { BASE_MS, fromHex, toHex, V4, V5 } from './vectors.ts'

const MARKER_PLACE = { baseOffset: 45, leaderEpoch: 5, timestampMs: BASE_MS + 500 }

describe('control batches (W-47)', () => {
  it('an ABORT marker has the bytes of V4', () => {
    const bytes = encodeEndTransaction({ kind: 'abort', coordinatorEpoch: 9 }, 4000, 3, MARKER_PLACE)
    expect(toHex(bytes)).toBe(V4)
    expect(decodeControl(bytes, 0)).toEqual({ kind: 'abort', coordinatorEpoch: 9 })
  })

  it('a COMMIT marker differs in type and checksum only', () => {
    const bytes = encodeEndTransaction({ kind: 'commit', coordinatorEpoch: 9 }, 4000, 3, MARKER_PLACE)
    expect(crc(bytes, 0)).toBe(0x6bab4828)
    expect(toHex(bytes)).toBe(V4.replace('9f959e60', '6bab4828').replace('0800000000', '0800000001'))
    expect(decodeControl(bytes, 0)).toEqual({ kind: 'commit', coordinatorEpoch: 9 })
  })

  it('a LEADER_CHANGE has the bytes of V5', () => {
    const change = { leaderId: 1, voters: [1, 2], grantingVoters: [1] }
    const bytes = encodeLeaderChange(change, { baseOffset: 0, leaderEpoch: 1, timestampMs: BASE_MS })
    expect(toHex(bytes)).toBe(V5)
    expect(validateBatch(bytes, 0, bytes.length)).toBeUndefined()
    expect(decodeControl(fromHex(V5), 0)).toEqual({ kind: 'leader-change', ...change })
  })

  it('one that compaction emptied says nothing', () => {
    const bytes = fromHex(V4).slice(0, 61)
    bytes[11] = 49
    bytes[60] = 0
    expect(decodeControl(bytes, 0)).toBeUndefined()
  })

  it('one with a cut leader-change value says nothing', () => {
    const bytes = fromHex(V5)
    bytes[61 + 1 + 3 + 1 + 4 + 1 + 6] = 90
    expect(decodeControl(bytes, 0)).toBeUndefined()
  })
})
