// What a log holds, read without its indexes, and whether reads by offset and by time, its indexes, epochs and producers
// say the same.

import { expect } from 'vitest'
import { findByTimestamp } from '../../../src/broker/timestamp-lookup.ts'
import type { PartitionLog } from '../../../src/log/partition-log.ts'
import type { Segment } from '../../../src/log/segment.ts'
import {
  baseSequence,
  lastOffset,
  lastOffsetDelta,
  maxTimestamp,
  producerId,
} from '../../../src/records/record-batch.ts'
import { seen } from '../cleaner/batches.ts'
import type { LifeModel, Text } from './life-model.ts'

export const PRODUCER_ID = 7

interface HeldRecord {
  readonly offset: number
  readonly atMs: number
  readonly text: Text
}

interface HeldBatch {
  readonly position: number
  readonly last: number
  readonly largestMs: number
  readonly records: readonly HeldRecord[]
  /** −1 if it is not of the producer that counts. */
  readonly lastSequence: number
}

/** The batches of each segment, from its first byte on. */
export type Held = readonly (readonly HeldBatch[])[]

export function heldBy(log: PartitionLog): Held {
  return Array.from({ length: log.segmentCount }, (_, i) => {
    const batches: HeldBatch[] = []
    for (const scan = log.segments.at(i).scanFrom(0, 1 << 20, true); scan.next();) {
      const { bytes, at, position } = scan
      const [batch] = seen(bytes.subarray(at, at + scan.sizeBytes))
      const records = batch!.records.map((record, n) => {
        const offset = Number(record.slice(0, record.indexOf(':')))
        const atMs = batch!.timestampsMs[n]!
        return { offset, atMs, text: `${offset}@${atMs}${record.slice(record.indexOf(':'))}` }
      })
      const mine = producerId(bytes, at) === PRODUCER_ID
      batches.push({
        position,
        last: lastOffset(bytes, at),
        largestMs: maxTimestamp(bytes, at),
        records,
        lastSequence: mine ? baseSequence(bytes, at) + lastOffsetDelta(bytes, at) : -1,
      })
    }
    return batches
  })
}

/** From the log start on. */
export function textsOf(held: Held, log: PartitionLog): Text[] {
  return held.flatMap((batches) =>
    batches.flatMap(({ records }) =>
      records.filter(({ offset }) => offset >= log.logStartOffset).map(({ text }) => text),
    ),
  )
}

/** Notes which segments were not recovered after a loss of power, and whether that shows when they are asked for times. */
export function suspect(held: Held, log: PartitionLog, model: LifeModel): void {
  const recovered = log.segments.floorIndex(log.recoveryPoint)
  held.forEach((batches, i) => {
    const { baseOffset, maxTimestampMs } = log.segments.at(i)
    if (i >= recovered) return model.suspects.delete(baseOffset)
    model.suspects.add(baseOffset)
    if (maxTimestampMs !== Math.max(-1, ...batches.map(({ largestMs }) => largestMs))) model.timesAreSure = false
    return true
  })
}

export function expectAgreement(held: Held, log: PartitionLog, model: LifeModel): void {
  expectReads(held, log, model)
  held.forEach((batches, i) => {
    const segment = log.segments.at(i)
    if (!model.suspects.has(segment.baseOffset)) expectIndexes(batches, segment)
  })
  if (model.timesAreSure) expectTimes(held, log)
  // Of a producer all of whose batches lie below the start a log that is cut or loaded may know nothing.
  const mine = held.flat().findLast(({ last, lastSequence }) => lastSequence >= 0 && last >= log.logStartOffset)
  const lastSequence = log.producers.get(PRODUCER_ID)?.lastSequence
  // A snapshot may know of a batch that was compacted away, because later ones followed that are cut by now.
  if (mine !== undefined && log.config.compacted) expect(lastSequence).toBeGreaterThanOrEqual(mine.lastSequence)
  else if (mine !== undefined) expect(lastSequence).toBe(mine.lastSequence)
  if (!model.epochsAreSure) return
  const known = log.epochs.entries()[0]?.startOffset ?? Infinity
  for (const { offset, text } of held.flat().flatMap(({ records }) => records)) {
    if (offset >= known && offset >= log.logStartOffset)
      expect(log.epochs.epochForOffset(offset), text).toBe(model.of(text).epoch)
  }
}

function expectReads(held: Held, log: PartitionLog, model: LifeModel): void {
  const batches = held.flat()
  const { logStartOffset: start, logEndOffset: end, highWatermark } = log
  for (let offset = start; offset < end; offset += 3) {
    const at = log.segments.floorIndex(offset)
    if (at >= 0 && leadsAstray(held[at]!, log.segments.at(at), model)) continue
    const first = batches.find(({ last }) => last >= offset)
    const one = log.read(offset, 1, end, true)
    expect(one.bytes.length > 0 ? one.nextOffset : undefined).toBe(first && first.last + 1)
    const committed = log.read(offset, 300, highWatermark, true)
    if (committed.bytes.length > 0) expect(committed.nextOffset).toBeLessThanOrEqual(highWatermark)
    else expect(first === undefined || offset >= highWatermark || first.last >= highWatermark).toBe(true)
  }
  expect(log.read(end + 1, 1, end, true).outOfRange).toBe(true)
  if (start > 0) expect(log.read(start - 1, 1, end, true).outOfRange).toBe(true)
}

/** A torn entry may name a position where no batch begins; then nothing is found from there on, in Kafka neither. */
function leadsAstray(batches: readonly HeldBatch[], { baseOffset, offsetIndex }: Segment, model: LifeModel): boolean {
  if (!model.suspects.has(baseOffset)) return false
  for (let n = 0; n < offsetIndex.size; n++) {
    if (batches.every(({ position }) => position !== offsetIndex.position(n))) return true
  }
  return false
}

/** Only the first segment with such a time is looked into. */
function expectTimes(held: Held, log: PartitionLog): void {
  const times = held.flat().flatMap(({ records }) => records.map(({ atMs }) => atMs))
  for (const atMs of new Set([0, ...times.filter((_, i) => i % 3 === 0), ...times.slice(-1).map((ms) => ms + 1)])) {
    const segment = held.find((batches) => batches.some(({ largestMs }) => largestMs >= atMs))
    const record = segment
      ?.flatMap(({ records }) => records)
      .find(({ offset, atMs: ms }) => ms >= atMs && offset >= log.logStartOffset)
    expect(findByTimestamp(log, atMs)?.offset, `at ${atMs}`).toBe(record?.offset)
  }
}

function expectIndexes(batches: readonly HeldBatch[], { offsetIndex, timeIndex }: Segment): void {
  const ends = new Map(batches.map(({ position, last }) => [position, last]))
  const times = new Map(batches.map(({ last, largestMs }) => [last, largestMs]))
  for (let n = 0; n < offsetIndex.size; n++) expect(ends.get(offsetIndex.position(n))).toBe(offsetIndex.offset(n))
  for (let n = 0; n < timeIndex.size; n++) expect(times.get(timeIndex.offset(n))).toBe(timeIndex.timestampMs(n))
}
