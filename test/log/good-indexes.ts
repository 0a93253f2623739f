// Whether the indexes of a log say what is so.

import { expect } from 'vitest'
import { findByTimestamp } from '../../src/broker/timestamp-lookup.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { lastOffset, maxTimestamp } from '../../src/records/record-batch.ts'

/** Every entry names a batch, by where it starts or by its largest timestamp, and the largest time is found. */
export function expectGoodIndexes(log: PartitionLog): void {
  for (let i = 0; i < log.segments.size; i++) {
    const segment = log.segments.at(i)
    const ends = new Map<number, number>()
    const times = new Map<number, number>()
    for (const scan = segment.scanFrom(0, 4096); scan.next();) {
      ends.set(scan.position, lastOffset(scan.bytes, scan.at))
      times.set(lastOffset(scan.bytes, scan.at), maxTimestamp(scan.bytes, scan.at))
    }
    const { offsetIndex, timeIndex } = segment
    for (let n = 0; n < offsetIndex.size; n++) expect(ends.get(offsetIndex.position(n))).toBe(offsetIndex.offset(n))
    for (let n = 0; n < timeIndex.size; n++) expect(times.get(timeIndex.offset(n))).toBe(timeIndex.timestampMs(n))
    const [largest] = [...times.values()].sort((a, b) => b - a)
    if (largest !== undefined) expect(findByTimestamp(log, largest)).toBeDefined()
  }
}
