import { describe, expect, it } from 'vitest'
import { onlyBatchOf } from '../../src/broker/produce-request-check.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import { batch, joined, legacyMessage, withLength, withMagic } from '../../conformance/batches.ts'

const good = batch({ records: 2 })

function outcome(records: Uint8Array): string {
  const found = onlyBatchOf(records)
  return found instanceof Uint8Array ? `${found.length} bytes` : errorName(found.error)
}

describe('what a Produce request may carry for a partition (W-46)', () => {
  it('one batch of magic 2, whose insides are somebody else’s business', () => {
    expect(onlyBatchOf(good)).toBe(good)
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['half a batch', good.subarray(0, 40)],
    ['all but the last byte', good.subarray(0, good.length - 1)],
    ['two batches', joined(good, good)],
    ['magic 0', legacyMessage(0)],
    ['magic 1', legacyMessage(1)],
  ])('%s is INVALID_RECORD', (_, records) => {
    expect(outcome(records)).toBe('INVALID_RECORD')
  })

  it.each([
    ['a magic that does not exist', withMagic(good, 3)],
    ['a length that no message has', withLength(good, 10)],
    ['a second one of such a length', joined(good, withLength(good, -1))],
  ])('%s is CORRUPT_MESSAGE', (_, records) => {
    expect(outcome(records)).toBe('CORRUPT_MESSAGE')
  })

  it('what follows and is no whole batch is dropped', () => {
    expect(outcome(joined(good, new Uint8Array(1)))).toBe(`${good.length} bytes`)
    expect(outcome(joined(good, good.subarray(0, 60)))).toBe(`${good.length} bytes`)
  })
})
