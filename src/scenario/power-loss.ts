// What a power loss took, in terms of logs and their checkpoints.

import type { PowerLossReport } from '../../sim/index.ts'
import type { SegmentRest } from '../invariants/index.ts'

/** Was a checkpoint of a log directory replaced, and is not any more? */
export function lostCheckpoints({ lostDirectoryChanges }: PowerLossReport): boolean {
  return lostDirectoryChanges.some((change) => change.kind === 'rename' && change.to.endsWith('-offset-checkpoint'))
}

/** How many bytes each partition lost, and what is left of its segments. */
export function lostOfLogs({ files }: PowerLossReport): Map<string, { bytes: number; rests: SegmentRest[] }> {
  const lost = new Map<string, { bytes: number; rests: SegmentRest[] }>()
  for (const { path, sizeBefore, sizeAfter } of files) {
    const [, partition, baseOffset] = /(?:^|\/)([^/]+)\/(\d{20})\.log$/.exec(path) ?? []
    if (partition === undefined) continue
    const { bytes, rests } = lost.get(partition) ?? { bytes: 0, rests: [] }
    rests.push({ baseOffset: Number(baseOffset), sizeBytes: sizeAfter })
    lost.set(partition, { bytes: bytes + sizeBefore - sizeAfter, rests })
  }
  return lost
}
