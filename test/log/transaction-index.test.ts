// Where the index of aborted transactions has its place (S-7, S-14): it goes with its segment, whoever made it.

import { describe, expect, it } from 'vitest'
import { appendMany, batchOf, DIR, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

const FIRST = `${DIR}/00000000000000000000.txnindex`
const ENTRY_BYTES = 34

/** Aborts at these offsets. */
function aborts(...offsets: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES * offsets.length)
  const view = new DataView(bytes.buffer)
  for (const [i, offset] of offsets.entries()) view.setBigInt64(ENTRY_BYTES * i + 18, BigInt(offset))
  return bytes
}

/** Four batches in two segments; the first has aborts at 0 and 1. */
function log(disk: MemoryDisk, cleanShutdown = true, retired: string[] = []) {
  const segmentBytes = 2 * batchOf(['v0']).length
  return openLog(disk, { config: { segmentBytes }, cleanShutdown, retired: (files) => void retired.push(...files) })
}

function written(): MemoryDisk {
  const disk = new MemoryDisk()
  const first = log(disk)
  appendMany(first, 4)
  first.close()
  disk.put(FIRST, aborts(0, 1))
  return disk
}

describe('a transaction index', () => {
  it('is not made where no transaction was aborted', () => {
    const disk = new MemoryDisk()
    appendMany(log(disk), 4)
    expect(disk.list(DIR).filter((name) => name.endsWith('.txnindex'))).toEqual([])
  })

  it('is cut with its segment, and gets the name of a deleted file with it', () => {
    const disk = written()
    const retired: string[] = []
    const loaded = log(disk, true, retired)
    loaded.truncateTo(1)
    expect(disk.bytes(FIRST)).toEqual(aborts(0))
    loaded.truncateFullyAndStartAt(10)
    expect(retired).toContain(`${FIRST}.deleted`)
    expect(disk.exists(FIRST)).toBe(false)
  })

  it('keeps what lies before the first bad batch when its segment is recovered', () => {
    const disk = written()
    const segment = `${DIR}/00000000000000000000.log`
    disk.rot(segment, batchOf(['v0']).length + 70)
    expect(log(disk, false).logEndOffset).toBe(1)
    expect(disk.bytes(FIRST)).toEqual(aborts(0))
  })

  it('is removed at a start when it has no segment', () => {
    const disk = written()
    const stray = `${DIR}/00000000000000000099.txnindex`
    disk.put(stray, aborts(99))
    log(disk)
    expect([disk.exists(FIRST), disk.exists(stray)]).toEqual([true, false])
  })
})
