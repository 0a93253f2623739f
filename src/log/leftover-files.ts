// What an interrupted deletion or compaction left in a partition's directory is brought to an end before the log is loaded
// (R-27, S-14): deletions are done, unfinished compactions are undone, finished ones take the place of what they replace.

import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  leadingOffset,
  LOG_SUFFIX,
  offsetInFileName,
  SWAP_SUFFIX,
} from './file-names.ts'
import { Segment } from './segment.ts'
import type { SegmentHome } from './segment-home.ts'

export function settleLeftoverFiles(home: SegmentHome): void {
  const { disk, dir } = home
  const names = disk.list(dir)
  const remove = (name: string): void => disk.remove(`${dir}/${name}`)
  for (const name of names) if (name.endsWith(DELETED_SUFFIX) || name.endsWith('.tmp')) remove(name)
  const cleaned = names.filter((name) => name.endsWith(CLEANED_SUFFIX))
  let swaps = names.filter((name) => name.endsWith(SWAP_SUFFIX))
  if (cleaned.length > 0) {
    // A split that was not finished: its parts that were are void with it (KAFKA-6264).
    const lowest = Math.min(...cleaned.map((name) => leadingOffset(name) ?? Infinity))
    for (const name of swaps) if ((leadingOffset(name) ?? Infinity) >= lowest) remove(name)
    swaps = swaps.filter((name) => (leadingOffset(name) ?? Infinity) < lowest)
    for (const name of cleaned) remove(name)
  }
  if (swaps.length > 0) finishSwap(home, swaps)
}

/** Removes the segments that the finished ones replace, and gives these their names. */
function finishSwap(home: SegmentHome, swaps: readonly string[]): void {
  const { disk, dir } = home
  let from = Infinity
  let to = -Infinity
  for (const name of swaps) {
    const base = offsetInFileName(name, LOG_SUFFIX + SWAP_SUFFIX)
    if (base === undefined) continue
    from = Math.min(from, base)
    to = Math.max(to, new Segment(home, base, SWAP_SUFFIX).nextOffset)
  }
  for (const name of disk.list(dir)) {
    const offset = leadingOffset(name)
    if (offset === undefined || name.endsWith(SWAP_SUFFIX)) continue
    // Producer snapshots in the range go, too.
    if (offset >= from && offset < to) disk.remove(`${dir}/${name}`)
  }
  for (const name of disk.list(dir)) {
    if (name.endsWith(SWAP_SUFFIX)) disk.rename(`${dir}/${name}`, `${dir}/${name.slice(0, -SWAP_SUFFIX.length)}`)
  }
}
