// What a leader checks of the bytes it is to append, before they get offsets (R-1, R-5, W-46). Structure, checksum and
// size of every batch; of a client's batch also every record.

import { unreachable } from '../../sim/assert.ts'
import {
  baseOffset,
  baseSequence,
  baseTimestamp,
  type BatchProblem,
  checkStructure,
  codec,
  computeCrc,
  crc,
  isControl,
  lastOffsetDelta,
  maxTimestamp,
  NO_PRODUCER_ID,
  NO_TIMESTAMP,
  producerId,
  recordsCount,
  sizeInBytes,
} from '../records/record-batch.ts'
import { HIGHEST_CODEC } from '../records/compression/codec.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import { Errors } from '../protocol/error-codes.ts'
import { type AppendOrigin, type RejectedAppend, rejected } from './append-result.ts'
import type { LogConfig } from './log-config.ts'

export class LeaderAppendCheck {
  /** After a good check: the largest timestamp, by the records of a client (W-45). */
  maxTimestampMs = NO_TIMESTAMP
  private readonly config: LogConfig
  private readonly cursor = new RecordCursor()

  constructor(config: LogConfig) {
    this.config = config
  }

  /** Undefined if `bytes` may be appended. */
  check(bytes: Uint8Array, origin: AppendOrigin, nowMs: number): RejectedAppend | undefined {
    if (bytes.length === 0) return rejected(Errors.INVALID_RECORD, 'no record batch')
    const single = origin !== 'raft-leader'
    for (let position = 0; position < bytes.length; position += sizeInBytes(bytes, position)) {
      if (position > 0 && single) return rejected(Errors.INVALID_RECORD, 'more than one record batch')
      const problem = checkStructure(bytes, position, bytes.length)
      // Kafka looks at the base offset first; one below 0 would be a bad field.
      const hasOffset = problem === undefined || problem === 'bad-field'
      if (hasOffset && origin === 'client' && baseOffset(bytes, position) !== 0) {
        return rejected(Errors.INVALID_RECORD, `base offset is ${baseOffset(bytes, position)}, not 0`)
      }
      if (problem !== undefined) return rejectedFor(problem)
      const tooLarge = this.checkBatchSize(sizeInBytes(bytes, position))
      if (tooLarge !== undefined) return tooLarge
      if (computeCrc(bytes, position) !== crc(bytes, position)) return rejectedFor('bad-crc')
      const timestampMs = maxTimestamp(bytes, position)
      if (position === 0 || timestampMs > this.maxTimestampMs) this.maxTimestampMs = timestampMs
    }
    return origin === 'client' ? this.checkClientBatch(bytes, nowMs) : undefined
  }

  /** Of what is to be written: batches may have been compressed anew since they were checked. */
  checkSize(bytes: Uint8Array): RejectedAppend | undefined {
    for (let position = 0; position < bytes.length; position += sizeInBytes(bytes, position)) {
      const tooLarge = this.checkBatchSize(sizeInBytes(bytes, position))
      if (tooLarge !== undefined) return tooLarge
    }
    if (bytes.length <= this.config.segmentBytes) return undefined
    const message = `${bytes.length} bytes do not fit a segment of ${this.config.segmentBytes}`
    return rejected(Errors.RECORD_LIST_TOO_LARGE, message)
  }

  private checkBatchSize(sizeBytes: number): RejectedAppend | undefined {
    const { maxMessageBytes } = this.config
    if (sizeBytes <= maxMessageBytes) return undefined
    return rejected(Errors.MESSAGE_TOO_LARGE, `batch of ${sizeBytes} bytes, at most ${maxMessageBytes} are allowed`)
  }

  private checkClientBatch(bytes: Uint8Array, nowMs: number): RejectedAppend | undefined {
    const count = recordsCount(bytes, 0)
    if (count < 1 || count !== lastOffsetDelta(bytes, 0) + 1) {
      return rejected(Errors.INVALID_RECORD, `${count} records with last offset delta ${lastOffsetDelta(bytes, 0)}`)
    }
    if (isControl(bytes, 0)) return rejected(Errors.INVALID_RECORD, 'clients may not write control records')
    if (producerId(bytes, 0) !== NO_PRODUCER_ID && baseSequence(bytes, 0) < 0) {
      return rejected(Errors.INVALID_RECORD, `sequence ${baseSequence(bytes, 0)} with a producer id`)
    }
    if (codec(bytes, 0) > HIGHEST_CODEC) return rejected(Errors.UNKNOWN_SERVER_ERROR, `no codec ${codec(bytes, 0)}`)
    return this.checkRecords(bytes, nowMs)
  }

  private checkRecords(bytes: Uint8Array, nowMs: number): RejectedAppend | undefined {
    const cursor = this.cursor
    const base = baseTimestamp(bytes, 0)
    let largest = NO_TIMESTAMP
    let smallest = Infinity
    cursor.reset(bytes, 0)
    while (cursor.next()) {
      if (cursor.offsetDelta !== cursor.index) {
        return rejected(Errors.INVALID_RECORD, `record ${cursor.index} has offset delta ${cursor.offsetDelta}`)
      }
      if (cursor.keyLength < 0 && this.config.compacted) {
        return rejected(Errors.INVALID_RECORD, `record ${cursor.index} has no key, which a compacted topic needs`)
      }
      const timestampMs = base + cursor.timestampDelta
      if (timestampMs === NO_TIMESTAMP) continue
      if (timestampMs > largest) largest = timestampMs
      if (timestampMs < smallest) smallest = timestampMs
    }
    if (cursor.problem !== '') return rejected(Errors.INVALID_RECORD, `record ${cursor.index + 1}: ${cursor.problem}`)
    this.maxTimestampMs = largest
    if (this.config.timestampType === 'LogAppendTime' || smallest === Infinity) return undefined
    if (nowMs - smallest > this.config.timestampBeforeMaxMs || largest - nowMs > this.config.timestampAfterMaxMs) {
      return rejected(Errors.INVALID_TIMESTAMP, `timestamps from ${smallest} to ${largest} at ${nowMs}`)
    }
    return undefined
  }
}

/** A checksum mismatch and bytes that are no batch are CORRUPT_MESSAGE; another magic is INVALID_RECORD (W-46). */
export function rejectedFor(problem: BatchProblem): RejectedAppend {
  switch (problem) {
    case 'bad-magic':
      return rejected(Errors.INVALID_RECORD, 'record batch is not of magic 2')
    case 'bad-crc':
      return rejected(Errors.CORRUPT_MESSAGE, 'record batch fails its checksum')
    case 'bad-length':
    case 'bad-field':
    case 'incomplete':
      return rejected(Errors.CORRUPT_MESSAGE, `bytes are no record batch (${problem})`)
    default:
      return unreachable(problem, 'batch problem')
  }
}
