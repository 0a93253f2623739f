// What the cleaner keeps of a batch (R-32, R-33, KIP-534): the last record of each key, tombstones and markers until their
// delete horizon, everything beyond the offset map. Offsets, sequences and the batch's last offset stay as they were; a
// batch of which nothing is kept stays, empty, if it holds a producer's last sequence or ends the round. One that was
// compressed is compressed again, as hard as its codec tries by default.

import {
  attributes,
  baseOffset,
  baseSequence,
  baseTimestamp,
  BATCH_HEADER_BYTES,
  CODEC_MASK,
  codec,
  DELETE_HORIZON_FLAG,
  deleteHorizonMs,
  isControl,
  isLogAppendTime,
  lastOffset,
  lastOffsetDelta,
  maxTimestamp,
  NO_PRODUCER_ID,
  NO_TIMESTAMP,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  sizeInBytes,
  writeHeader,
} from '../../records/record-batch.ts'
import { compressBatch } from '../../records/compression/compressed-batch.ts'
import { codecById } from '../../records/compression/codec.ts'
import { RecordCursor } from '../../records/record-cursor.ts'
import { varintSize, writeVarint } from '../../protocol/varint.ts'
import type { ByteSink } from './byte-sink.ts'
import type { CleanedTransactions } from './cleaned-transactions.ts'
import type { OffsetMap } from './offset-map.ts'
import { UncleanableLogError } from './uncleanable-log-error.ts'

/** Of gzip, snappy, lz4 and zstd, by their numbers. */
const DEFAULT_LEVELS = [0, -1, 0, 9, 3]

/** The difference of any two numbers below this is exact. */
const EXACT_BELOW = 2 ** 52
const WIDE_FIELDS = [baseOffset, baseTimestamp, maxTimestamp, producerId] as const

/** One round of cleaning a log. */
export interface CleaningRound {
  /** When it began: tombstones first seen now are kept for `delete.retention.ms` from here on. */
  readonly nowMs: number
  readonly deleteRetentionMs: number
  readonly map: OffsetMap
  readonly transactions: CleanedTransactions
  /** The offset that the round may not go beyond: the batch that ends there is kept, so that the log does not get shorter. */
  readonly firstUncleanableOffset: number
}

/** What an active producer wrote last: the last offset of its data, or −1 if only a marker is known. */
export interface LastRecord {
  readonly lastDataOffset: number
  readonly epoch: number
}

export class BatchFilter {
  recordsRead = 0
  recordsKept = 0
  tombstonesGone = 0
  private readonly round: CleaningRound
  private readonly lastRecords: ReadonlyMap<number, LastRecord>
  private readonly cursor = new RecordCursor()
  /** Places of the records of the current batch that are kept: where each begins, and its timestamp. */
  private readonly kept: number[] = []
  private readonly keptTimestamps: number[] = []

  constructor(round: CleaningRound, lastRecords: ReadonlyMap<number, LastRecord>) {
    this.round = round
    this.lastRecords = lastRecords
  }

  /** Writes what is kept of the batch at `at` to `sink`. Throws UncleanableLogError if its records make no sense. */
  filter(bytes: Uint8Array, at: number, sink: ByteSink): void {
    const { round } = this
    for (const fieldOf of WIDE_FIELDS) checkExact(bytes, at, fieldOf(bytes, at))
    const control = isControl(bytes, at)
    const horizonMs = deleteHorizonMs(bytes, at)
    const mayGo = control ? round.transactions.meetMarker(bytes, at) : round.transactions.meetData(bytes, at)
    const dropsRecords = mayGo && (!control || (horizonMs >= 0 && horizonMs <= round.nowMs))
    const staysEmpty = this.holdsLastRecord(bytes, at) || lastOffset(bytes, at) + 1 === round.firstUncleanableOffset
    if (!staysEmpty && dropsRecords) return
    const tombstones = this.select(bytes, at, dropsRecords, control, horizonMs)
    const { length } = this.kept
    if (length === 0) {
      if (staysEmpty) writeEmpty(bytes, at, sink)
      return
    }
    // A marker of which the transaction is gone is dated like a tombstone.
    const dates = (tombstones || (mayGo && control)) && horizonMs < 0
    if (length === this.cursor.index + 1 && !dates) sink.write(bytes, at, at + sizeInBytes(bytes, at))
    else this.rewrite(bytes, at, dates ? round.nowMs + round.deleteRetentionMs : horizonMs, sink)
  }

  /** Fills `kept`; says whether there is a tombstone among them. */
  private select(bytes: Uint8Array, at: number, none: boolean, all: boolean, horizonMs: number): boolean {
    const { cursor, kept, keptTimestamps, round } = this
    const { map, nowMs } = round
    const tombstonesStay = horizonMs < 0 || nowMs < horizonMs
    let tombstones = false
    kept.length = 0
    keptTimestamps.length = 0
    const base = baseOffset(bytes, at)
    cursor.reset(bytes, at)
    while (cursor.next()) {
      const offset = base + cursor.offsetDelta
      const stays =
        !none &&
        (all ||
          offset > map.latestOffset ||
          (cursor.keyLength >= 0 &&
            offset >= map.get(cursor.bytes, cursor.keyAt, cursor.keyLength) &&
            (cursor.valueLength >= 0 || tombstonesStay)))
      if (!stays) {
        if (cursor.valueLength < 0 && !tombstonesStay) this.tombstonesGone++
        continue
      }
      checkExact(bytes, at, cursor.timestampMs)
      kept.push(cursor.recordAt)
      keptTimestamps.push(cursor.timestampMs)
      if (cursor.valueLength < 0) tombstones = true
    }
    if (cursor.problem !== '') throw new UncleanableLogError(`batch at offset ${base}: ${cursor.problem}`)
    this.recordsRead += cursor.index + 1
    this.recordsKept += kept.length
    return tombstones
  }

  /** The records in `kept`, as a batch; its times count from the delete horizon, or from its first record if that is −1. */
  private rewrite(bytes: Uint8Array, at: number, horizonMs: number, sink: ByteSink): void {
    const { cursor, kept, keptTimestamps } = this
    const baseMs = horizonMs >= 0 ? horizonMs : keptTimestamps[0]!
    const from = sink.length
    sink.reserve(BATCH_HEADER_BYTES)
    sink.length += BATCH_HEADER_BYTES
    const unmoved = baseMs === baseTimestamp(bytes, at) && !isLogAppendTime(bytes, at)
    let largestMs = NO_TIMESTAMP
    let next = 0
    cursor.reset(bytes, at)
    while (next < kept.length && cursor.next()) {
      if (cursor.recordAt !== kept[next]) continue
      const timestampMs = keptTimestamps[next++]!
      if (timestampMs > largestMs) largestMs = timestampMs
      if (unmoved) sink.write(cursor.bytes, cursor.recordAt, cursor.recordEnd)
      else writeRecord(cursor, timestampMs - baseMs, sink)
    }
    const size = sink.length - from
    writeHeader(sink.bytes, from, from + size, {
      baseOffset: baseOffset(bytes, at),
      partitionLeaderEpoch: partitionLeaderEpoch(bytes, at),
      attributes: (attributes(bytes, at) & ~CODEC_MASK) | (horizonMs >= 0 ? DELETE_HORIZON_FLAG : 0),
      lastOffsetDelta: lastOffsetDelta(bytes, at),
      baseTimestampMs: baseMs,
      maxTimestampMs: isLogAppendTime(bytes, at) ? maxTimestamp(bytes, at) : largestMs,
      producerId: producerId(bytes, at),
      producerEpoch: producerEpoch(bytes, at),
      baseSequence: baseSequence(bytes, at),
      recordsCount: kept.length,
    })
    const compressedBy = codecById(codec(bytes, at))
    if (compressedBy === undefined) return
    const compressed = compressBatch(sink.bytes, from, {
      codec: compressedBy,
      level: DEFAULT_LEVELS[compressedBy.id] ?? 0,
    })
    sink.length = from
    sink.write(compressed, 0, compressed.length)
  }

  /**
   * Would an active producer's state go with this batch? It holds the last of its data, or, where only a marker is known
   * of it, a marker of its epoch.
   */
  private holdsLastRecord(bytes: Uint8Array, at: number): boolean {
    const id = producerId(bytes, at)
    if (id === NO_PRODUCER_ID) return false
    const last = this.lastRecords.get(id)
    if (last === undefined) return false
    if (last.lastDataOffset >= 0) return lastOffset(bytes, at) === last.lastDataOffset
    return isControl(bytes, at) && producerEpoch(bytes, at) === last.epoch
  }
}

/** Throws UncleanableLogError if the number cannot be written again: bits have rotted. */
function checkExact(bytes: Uint8Array, at: number, value: number): void {
  if (Math.abs(value) >= EXACT_BELOW)
    throw new UncleanableLogError(`batch at offset ${baseOffset(bytes, at)}: ${value}`)
}

/** A header without records: of the flags those of compression and of the delete horizon go with them. */
function writeEmpty(bytes: Uint8Array, at: number, sink: ByteSink): void {
  const from = sink.length
  sink.reserve(BATCH_HEADER_BYTES)
  sink.length += BATCH_HEADER_BYTES
  writeHeader(sink.bytes, from, sink.length, {
    baseOffset: baseOffset(bytes, at),
    partitionLeaderEpoch: partitionLeaderEpoch(bytes, at),
    attributes: attributes(bytes, at) & ~(CODEC_MASK | DELETE_HORIZON_FLAG),
    lastOffsetDelta: lastOffsetDelta(bytes, at),
    baseTimestampMs: NO_TIMESTAMP,
    maxTimestampMs: maxTimestamp(bytes, at),
    producerId: producerId(bytes, at),
    producerEpoch: producerEpoch(bytes, at),
    baseSequence: baseSequence(bytes, at),
    recordsCount: 0,
  })
}

/** The record under the cursor with another timestamp delta; all behind its deltas is copied. */
function writeRecord(cursor: RecordCursor, timestampDelta: number, sink: ByteSink): void {
  const rest = cursor.recordEnd - cursor.fieldsAt
  const body = 1 + varintSize(timestampDelta) + varintSize(cursor.offsetDelta) + rest
  sink.reserve(varintSize(body) + body)
  const to = sink.bytes
  let end = writeVarint(to, sink.length, body)
  to[end++] = 0
  end = writeVarint(to, end, timestampDelta)
  end = writeVarint(to, end, cursor.offsetDelta)
  sink.length = end
  sink.write(cursor.bytes, cursor.fieldsAt, cursor.recordEnd)
}
