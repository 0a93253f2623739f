// What a power loss took, in terms of logs and their checkpoints.

import type { PowerLossReport } from '../../sim/index.ts'
import type { SegmentRest } from '../invariants/index.ts'

/** Was a checkpoint of a log directory replaced, and is not any more? */
export function lostCheckpoints({ lostDirectoryChanges }: PowerLossReport): boolean {
  return lostDirectoryChanges.some((change) => change.kind === 'rename' && change.to.endsWith('-offset-checkpoint'))
}

export interface LostOfLog {
  bytes: number
  /** The end of one of its segments is part of a write. */
  torn: boolean
  rests: SegmentRest[]
}

/**
 * How many bytes each partition lost, and what is left of its segments. One that the cleaner was swapping in becomes a segment
 * of the log when that is loaded (S-14); it was synced before it got that name, but a disk may lie.
 */
export function lostOfLogs({ files }: PowerLossReport): Map<string, LostOfLog> {
  const lost = new Map<string, LostOfLog>()
  for (const { path, sizeBefore, sizeAfter, torn } of files) {
    const [, partition, baseOffset] = /(?:^|\/)([^/]+)\/(\d{20})\.log(?:\.swap)?$/.exec(path) ?? []
    if (partition === undefined) continue
    const before = lost.get(partition) ?? { bytes: 0, torn: false, rests: [] }
    const { bytes, rests } = before
    rests.push({ baseOffset: Number(baseOffset), sizeBytes: sizeAfter })
    lost.set(partition, { bytes: bytes + sizeBefore - sizeAfter, torn: before.torn || torn !== 'no', rests })
  }
  return lost
}

/** Does an index end with zeros now? */
export function zeroedIndexes({ files }: PowerLossReport): boolean {
  return files.some(({ path, torn }) => torn === 'zeroed' && /\/\d{20}\.(time)?index$/.test(path))
}
