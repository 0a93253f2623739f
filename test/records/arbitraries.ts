import fc from 'fast-check'
import { BatchBuilder, PLAIN_BATCH, type BatchIdentity } from '../../src/records/batch-builder.ts'
import type { RecordHeader } from '../../src/records/record-cursor.ts'

export interface RecordContent {
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

const bytesOrNull = (maxLength: number): fc.Arbitrary<Uint8Array | null> =>
  fc.option(fc.uint8Array({ maxLength }), { nil: null })

/** Records whose timestamps may rise, fall, repeat, lie far apart, or be absent (−1). */
export function recordContents(): fc.Arbitrary<RecordContent[]> {
  const record = fc.record({
    timestampMs: fc.oneof(
      fc.integer({ min: 1_700_000_000_000, max: 1_700_000_001_000 }),
      fc.nat(2 ** 31),
      fc.constant(-1),
    ),
    key: bytesOrNull(70),
    value: bytesOrNull(200),
    headers: fc.array(fc.record({ key: fc.string({ unit: 'binary', maxLength: 6 }), value: bytesOrNull(8) }), {
      maxLength: 3,
    }),
  })
  return fc.array(record, { minLength: 1, maxLength: 12 })
}

export function batchIdentity(): fc.Arbitrary<BatchIdentity> {
  return fc.record({
    baseOffset: fc.nat(2 ** 31),
    leaderEpoch: fc.integer({ min: -1, max: 2147483647 }),
    producerId: fc.maxSafeNat(),
    producerEpoch: fc.integer({ min: 0, max: 32767 }),
    baseSequence: fc.integer({ min: 0, max: 2147483647 }),
    transactional: fc.boolean(),
    control: fc.constant(false),
  })
}

export function build(records: readonly RecordContent[], identity: BatchIdentity = PLAIN_BATCH): Uint8Array {
  const builder = new BatchBuilder(64)
  for (const r of records) builder.append(r.timestampMs, r.key, r.value, r.headers)
  return builder.build(identity)
}

export function encodedBatch(): fc.Arbitrary<Uint8Array> {
  return fc.tuple(recordContents(), batchIdentity()).map(([records, identity]) => build(records, identity))
}
