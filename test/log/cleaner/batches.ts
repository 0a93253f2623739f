// Batches for tests of the cleaner: records with keys, as bytes, and back.

import { BatchBuilder, type BatchIdentity, PLAIN_BATCH } from '../../../src/records/batch-builder.ts'
import { decodeBatch } from '../../../src/records/batch-reader.ts'
import {
  baseOffset,
  BatchWalk,
  deleteHorizonMs,
  isControl,
  lastOffset,
  validateBatch,
} from '../../../src/records/record-batch.ts'

export const NOW_MS = 1_700_000_000_000

/** `a=1` is a record, `a` a tombstone of key a, `=1` a record without a key. */
export function keyed(records: readonly string[], identity: Partial<BatchIdentity> = {}, timeMs = NOW_MS): Uint8Array {
  const builder = new BatchBuilder()
  records.forEach((record, i) => {
    const [key, value] = record.split('=')
    builder.append(timeMs + i, key === '' ? null : bytesOf(key!), value === undefined ? null : bytesOf(value))
  })
  return builder.build({ ...PLAIN_BATCH, ...identity })
}

export interface SeenBatch {
  readonly base: number
  readonly last: number
  /** `3:a=1`; of control batches only the offset. */
  readonly records: readonly string[]
  readonly timestampsMs: readonly number[]
  readonly horizonMs: number
}

/** What is in these bytes; every batch must be valid. */
export function seen(bytes: Uint8Array, to = bytes.length): SeenBatch[] {
  const batches: SeenBatch[] = []
  const walk = new BatchWalk(bytes, 0, to)
  let end = 0
  while (walk.next()) {
    const at = walk.position
    const problem = validateBatch(bytes, at, to)
    if (problem !== undefined) throw new Error(`batch at ${at}: ${problem}`)
    const records = decodeBatch(bytes, at)
    if (typeof records === 'string') throw new Error(records)
    const text = (field: Uint8Array | null): string => (field === null ? '' : new TextDecoder().decode(field))
    batches.push({
      base: baseOffset(bytes, at),
      last: lastOffset(bytes, at),
      records: records.map(({ offset, key, value }) =>
        isControl(bytes, at) ? `${offset}` : `${offset}:${text(key)}${value === null ? '' : `=${text(value)}`}`,
      ),
      timestampsMs: records.map(({ timestampMs }) => timestampMs),
      horizonMs: deleteHorizonMs(bytes, at),
    })
    end = at + 1
  }
  if (end === 0 && to > 0) throw new Error('no batch in these bytes')
  return batches
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
