// What a Produce request may carry for one partition (W-46): exactly one record batch, of magic 2. Looked at before anyone
// asks whether the partition is here, as in Kafka's request handler; lengths and magic only. What follows the batch and is
// not a whole one itself is dropped without a word.

import { type RejectedAppend, rejected } from '../log/append-result.ts'
import { rejectedFor } from '../log/leader-append-check.ts'
import { CURRENT_MAGIC, LOG_OVERHEAD_BYTES, magic, sizeInBytes } from '../records/record-batch.ts'
import { Errors } from '../protocol/error-codes.ts'

/** The least that the oldest message format can be. */
const MIN_MESSAGE_BYTES = 14
/** Offset, size, four bytes of any kind, magic. */
const BYTES_TO_MAGIC = 17

/** The one batch of a request, or why it has none. */
export function onlyBatchOf(records: Uint8Array): Uint8Array | RejectedAppend {
  const size = nextBatchSize(records, 0)
  if (typeof size !== 'number') return size
  if (size === 0) return rejected(Errors.INVALID_RECORD, 'no record batch')
  if (magic(records, 0) !== CURRENT_MAGIC) return rejectedFor('bad-magic')
  const next = nextBatchSize(records, size)
  if (typeof next !== 'number') return next
  if (next > 0) return rejected(Errors.INVALID_RECORD, 'more than one record batch')
  return size === records.length ? records : records.subarray(0, size)
}

/** 0 when the bytes end before a batch does. */
function nextBatchSize(bytes: Uint8Array, position: number): number | RejectedAppend {
  const available = bytes.length - position
  if (available < LOG_OVERHEAD_BYTES) return 0
  const size = sizeInBytes(bytes, position)
  if (size - LOG_OVERHEAD_BYTES < MIN_MESSAGE_BYTES) return rejectedFor('bad-length')
  if (available < BYTES_TO_MAGIC) return 0
  const version = magic(bytes, position)
  if (version < 0 || version > CURRENT_MAGIC) {
    return rejected(Errors.CORRUPT_MESSAGE, `bytes are no record batch (magic ${version})`)
  }
  return available < size ? 0 : size
}
