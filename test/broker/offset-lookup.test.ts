import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lookupOffset, MAX_TIMESTAMP } from '../../src/broker/partition-reads.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { BatchBuilder } from '../../src/records/batch-builder.ts'
import { openLog, text } from '../log/fixtures.ts'

/** Batches of records with these timestamps; everything committed. */
function replicaOf(batches: readonly (readonly number[])[], highWatermark = Infinity) {
  const log = openLog()
  for (const timestamps of batches) {
    const builder = new BatchBuilder()
    for (const timestampMs of timestamps) builder.append(timestampMs, null, text('v'))
    log.appendAsLeader(builder.build(), 4, 1_000_000, 'client')
  }
  log.maybeIncrementHighWatermark(Math.min(highWatermark, log.logEndOffset))
  return { log, leaderEpoch: 4, leaderEpochStartOffset: 0 }
}

const timestamps = fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }), { maxLength: 6 })

describe('offsets by time (R-128)', () => {
  it('are of the first record, in offset order, that is not older', () => {
    fc.assert(
      fc.property(timestamps, fc.integer({ min: 0, max: 32 }), (batches, asked) => {
        const flat = batches.flat()
        const expected = flat.findIndex((timestampMs) => timestampMs >= asked)
        const found = lookupOffset(replicaOf(batches), asked, 'high-watermark', true)
        if (expected === -1) expect(found).toBeUndefined()
        else expect(found).toEqual({ timestampMs: flat[expected], offset: expected, leaderEpoch: 4 })
      }),
    )
  })

  it('the largest timestamp: its first record', () => {
    fc.assert(
      fc.property(timestamps, (batches) => {
        const flat = batches.flat()
        const largest = Math.max(...flat)
        const found = lookupOffset(replicaOf(batches), MAX_TIMESTAMP, 'high-watermark', true)
        if (flat.length === 0) expect(found).toBeUndefined()
        else expect(found).toEqual({ timestampMs: largest, offset: flat.indexOf(largest), leaderEpoch: 4 })
      }),
    )
  })

  it('beyond what is committed there is nothing, or no telling yet', () => {
    const replica = replicaOf([[10], [20]], 1)
    expect(lookupOffset(replica, 20, 'high-watermark', true)).toBeUndefined()
    expect(lookupOffset(replica, 20, 'log-end', true)).toMatchObject({ offset: 1 })
    const lagging = { ...replica, leaderEpochStartOffset: 2 }
    expect(lookupOffset(lagging, 10, 'high-watermark', true)).toMatchObject({ offset: 0 })
    expect(lookupOffset(lagging, 20, 'high-watermark', true)).toEqual({ errorCode: Errors.OFFSET_NOT_AVAILABLE })
    expect(lookupOffset(lagging, 20, 'high-watermark', false)).toBeUndefined()
  })
})
