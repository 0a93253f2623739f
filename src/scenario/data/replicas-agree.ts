// Whether the replicas of a partition hold the same: the brokers of a cluster that begins with data take all of it for one
// history (leader epoch 0), so that nothing would ever find out. Only for logs that are not compacted: there each replica has its
// own bytes.

import { LOG_SUFFIX } from '../../log/file-names.ts'
import { baseOffset, BatchWalk, crc } from '../../records/record-batch.ts'
import type { DataFile } from './data-directory.ts'

/** The first offset at which the logs have batches that differ; undefined if there is none. */
export function firstDifference(
  partition: string,
  one: readonly DataFile[],
  other: readonly DataFile[],
): number | undefined {
  const checksums = new Map<number, number>()
  for (const [offset, checksum] of batches(partition, one)) checksums.set(offset, checksum)
  for (const [offset, checksum] of batches(partition, other)) {
    const found = checksums.get(offset)
    if (found !== undefined && found !== checksum) return offset
  }
  return undefined
}

function* batches(
  partition: string,
  files: readonly DataFile[],
): Generator<readonly [offset: number, checksum: number]> {
  for (const { path, bytes } of files) {
    if (!path.startsWith(`${partition}/`) || !path.endsWith(LOG_SUFFIX)) continue
    for (const walk = new BatchWalk(bytes, 0, bytes.length); walk.next();) {
      yield [baseOffset(bytes, walk.position), crc(bytes, walk.position)]
    }
  }
}
