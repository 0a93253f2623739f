import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { append, appendMany, batchOf, contentOf, errorOf, FIRST_SEGMENT, openLog, replicate } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

/** Stored bytes of a leader's log with these records, one batch each. */
function storedBytes(values: string[], leaderEpoch = 0, startAt = 0): Uint8Array {
  const leader = openLog()
  leader.truncateFullyAndStartAt(startAt)
  for (const value of values) append(leader, batchOf([value]), leaderEpoch)
  return leader.read(startAt, 1 << 30, leader.logEndOffset, true).bytes
}

describe('a follower appends', () => {
  it('the bytes of its leader, verbatim (R-1)', () => {
    const [leaderDisk, followerDisk] = [new MemoryDisk(), new MemoryDisk()]
    const leader = openLog(leaderDisk)
    appendMany(leader, 3, 1)
    append(leader, batchOf(['x', 'y']), 4)
    const follower = openLog(followerDisk)
    replicate(leader, follower)
    expect(followerDisk.bytes(FIRST_SEGMENT)).toEqual(leaderDisk.bytes(FIRST_SEGMENT))
    expect(follower.epochs.entries()).toEqual(leader.epochs.entries())
  })

  it('only whole batches: what a fetch cut off is left out', () => {
    const bytes = storedBytes(['a', 'b'])
    const log = openLog()
    expect(log.appendAsFollower(bytes.subarray(0, bytes.length - 3))).toMatchObject({ firstOffset: 0, lastOffset: 0 })
    expect(openLog().appendAsFollower(bytes.subarray(0, 30))).toEqual({ kind: 'nothing' })
    expect(openLog().appendAsFollower(new Uint8Array(0))).toEqual({ kind: 'nothing' })
  })

  it('nothing of a fetch in which a checksum is wrong (R-26)', () => {
    const bytes = storedBytes(['a', 'b']).slice()
    bytes[bytes.length - 2] = bytes[bytes.length - 2]! ^ 4
    const log = openLog()
    expect(errorOf(log.appendAsFollower(bytes))).toBe(Errors.CORRUPT_MESSAGE)
    expect(log.logEndOffset).toBe(0)
  })

  it('nothing of bytes that are no batch', () => {
    expect(errorOf(openLog().appendAsFollower(new Uint8Array(100)))).toBe(Errors.CORRUPT_MESSAGE)
  })

  it('offsets with gaps, as a compacted leader has them (R-2)', () => {
    const log = openLog()
    log.appendAsFollower(storedBytes(['a']))
    log.appendAsFollower(storedBytes(['b'], 0, 10))
    expect(contentOf(log)).toEqual([
      [0, 'a'],
      [10, 'b'],
    ])
    expect(log.read(4, 1000, 11, true).nextOffset).toBe(11)
  })

  it('no batch below its end, and none out of order (R-2)', () => {
    const log = openLog()
    log.appendAsFollower(storedBytes(['a', 'b']))
    expect(errorOf(log.appendAsFollower(storedBytes(['b'], 0, 1)))).toBe(Errors.UNKNOWN_SERVER_ERROR)
    const swapped = Uint8Array.from([...storedBytes(['d'], 0, 3), ...storedBytes(['c'], 0, 2)])
    expect(errorOf(log.appendAsFollower(swapped))).toBe(Errors.UNKNOWN_SERVER_ERROR)
    expect(log.logEndOffset).toBe(2)
  })

  it('batches larger than max.message.bytes: that is for the leader to check (R-5)', () => {
    const log = openLog(new MemoryDisk(), { config: { maxMessageBytes: 10 } })
    expect(log.appendAsFollower(storedBytes(['a'])).kind).toBe('appended')
  })

  it('no chunk above segment.bytes (R-5)', () => {
    const log = openLog(new MemoryDisk(), { config: { segmentBytes: 100 } })
    expect(errorOf(log.appendAsFollower(storedBytes(['a', 'b'])))).toBe(Errors.RECORD_LIST_TOO_LARGE)
  })

  it('a first batch that begins before its empty log: the log then starts there (KAFKA-6975)', () => {
    const leader = openLog()
    append(leader, batchOf(['a', 'b', 'c', 'd']))
    const bytes = leader.read(0, 1000, 4, true).bytes
    const log = openLog()
    log.truncateFullyAndStartAt(2)
    expect(log.appendAsFollower(bytes)).toMatchObject({ kind: 'appended', firstOffset: 0, lastOffset: 3 })
    expect([log.logStartOffset, log.logEndOffset]).toEqual([0, 4])
    const beyond = openLog()
    beyond.truncateFullyAndStartAt(4)
    expect(errorOf(beyond.appendAsFollower(bytes))).toBe(Errors.UNKNOWN_SERVER_ERROR)
  })
})
