// R-2, S-14: what a power loss took, by partition, as excuses count it.

import { describe, expect, it } from 'vitest'
import type { PowerLossReport } from '../../sim/index.ts'
import { lostOfLogs } from '../../src/scenario/power-loss.ts'

type FileLoss = PowerLossReport['files'][number]

function loss(path: string, sizeBefore: number, sizeAfter: number, torn: FileLoss['torn'] = 'no'): FileLoss {
  return { path, sizeBefore, sizeAfter, lostChanges: 1, torn }
}

function lostOf(...files: readonly FileLoss[]): unknown {
  return Object.fromEntries(lostOfLogs({ atUs: 0, files, lostDirectoryChanges: [] }))
}

const SEGMENT = 'data/t1-0/00000000000000000000.log'

describe('what a power loss took of logs', () => {
  it('is what their segments lost, with what is left of each', () => {
    const next = loss('data/t1-0/00000000000000000059.log', 1523, 414, 'short')
    const rests = [
      { baseOffset: 0, sizeBytes: 90 },
      { baseOffset: 59, sizeBytes: 414 },
    ]
    expect(lostOf(loss(SEGMENT, 100, 90), next)).toEqual({ 't1-0': { bytes: 1119, torn: true, rests } })
  })

  it('counts a segment that the cleaner was swapping in: a load makes it one of the log, whatever is left of it', () => {
    expect(lostOf(loss(`${SEGMENT}.swap`, 1539, 0))).toEqual({
      't1-0': { bytes: 1539, torn: false, rests: [{ baseOffset: 0, sizeBytes: 0 }] },
    })
  })

  it.each(['.cleaned', '.deleted'])('counts no file that a load throws away: %s', (suffix) => {
    expect(lostOf(loss(`${SEGMENT}${suffix}`, 100, 0))).toEqual({})
  })

  it('counts no index', () => {
    expect(lostOf(loss('data/t1-0/00000000000000000000.timeindex.swap', 12, 0))).toEqual({})
  })
})
