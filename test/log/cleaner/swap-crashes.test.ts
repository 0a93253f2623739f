// Kills and power losses at every operation of a round of cleaning (R-27, S-14), exhaustively, on a small log: whatever is
// left, the next load makes one of the legal logs of it.

import { expect, it } from 'vitest'
import type { PartitionLog } from '../../../src/log/partition-log.ts'
import { DIR } from '../fixtures.ts'
import { MemoryDisk } from '../memory-disk.ts'
import { CleanedLog, lastOfKeys, recordsOf } from './cleaned-log.ts'
import { CrashingDisk } from './crashing-disk.ts'

const VALUE = 'x'.repeat(60)

/** A log of two keys and a tombstone, in four segments or more, flushed and closed in order. */
function smallLog(): MemoryDisk {
  const disk = new MemoryDisk()
  const topic = new CleanedLog({}, disk)
  topic.write('gone=1')
  topic.write('gone')
  for (let i = 0; i < 12; i++) topic.write(`k${i % 3}=${i}${VALUE}`)
  expect(topic.log.segmentCount).toBeGreaterThanOrEqual(4)
  topic.log.flush()
  topic.log.close()
  return disk
}

function pathsOf(disk: MemoryDisk): string[] {
  return disk.list(DIR).map((name) => `${DIR}/${name}`)
}

/** What a log is when it is loaded again from what is left of its disk. */
function reload(disk: MemoryDisk, endOffset: number): PartitionLog {
  const { log } = new CleanedLog({}, disk)
  expect(disk.list(DIR).filter((name) => /\.(cleaned|swap|deleted)$/.test(name))).toEqual([])
  expect(log.logStartOffset).toBe(0)
  expect(log.logEndOffset).toBe(endOffset)
  return log
}

it.each([1, 2])('after a kill or a power loss the log is as before, as after, or part of each (round %i)', (rounds) => {
  let files = smallLog()
  for (let round = 1; round < rounds; round++) {
    const topic = new CleanedLog({}, files)
    topic.commit()
    topic.clean()
    for (let i = 0; i < 6; i++) topic.write(`k${i % 3}=more${i}${VALUE}`)
    topic.log.flush()
    topic.log.close()
    for (const file of topic.retired) files.remove(file)
    files = files.copy()
  }
  const disk = CrashingDisk.with(files, pathsOf(files))
  const topic = new CleanedLog({}, disk)
  topic.commit()
  const { logEndOffset } = topic.log
  const begin = disk.operations
  const before = topic.records()
  topic.clean()
  for (const file of topic.retired) disk.remove(file)
  const after = topic.records()
  expect(after.length).toBeLessThan(before.length)
  let states = 0
  const seenLengths = new Set<number>()
  for (let count = begin; count <= disk.operations; count++) {
    for (const left of disk.afterFailure(count)) {
      states += 1
      const records = recordsOf(reload(left, logEndOffset))
      seenLengths.add(records.length)
      // In order, nothing that was not there, nothing gone that must stay; so of each key the last is there.
      expect(records).toEqual(before.filter((record) => records.includes(record)))
      expect(after.filter((record) => !records.includes(record))).toEqual([])
      expect(lastOfKeys(records)).toEqual(lastOfKeys(before))
    }
  }
  expect(states).toBeGreaterThan(50)
  // Some were found as before, some as after, some in between.
  expect(seenLengths.size).toBeGreaterThan(2)
  expect([Math.min(...seenLengths), Math.max(...seenLengths)]).toEqual([after.length, before.length])
})

it('would show a swap that is made without a sync', () => {
  const files = smallLog()
  const disk = CrashingDisk.with(files, pathsOf(files))
  const topic = new CleanedLog({}, disk)
  topic.commit()
  const before = topic.records()
  const begin = disk.operations
  // The cleaned file reaches the disk late: never, in this test.
  disk.syncFile = () => {}
  topic.clean()
  let broken = 0
  for (let count = begin; count <= disk.operations && broken === 0; count++) {
    for (const left of disk.afterFailure(count)) {
      const { log } = new CleanedLog({}, left)
      if (lastOfKeys(recordsOf(log)).length < lastOfKeys(before).length) broken += 1
    }
  }
  expect(broken).toBeGreaterThan(0)
})
