// How the segments of a log are replaced by what the cleaner made of them (S-14): written under a name that a load throws
// away, synced, renamed to one that a load completes; then the old ones get the names of deleted files, and the new one its
// own. Whenever the process dies, the next load finds what was there before or what is there after.

import { assert } from '../../sim/assert.ts'
import { CLEANED_SUFFIX, SEGMENT_FILE_SUFFIXES, SWAP_SUFFIX, offsetFileName } from './file-names.ts'
import type { ProducerHistory } from './producer-history.ts'
import { Segment } from './segment.ts'
import type { SegmentList } from './segment-list.ts'

/** What the cleaner did last. Those replaced stay readable until their files are removed. */
export interface SegmentSwap {
  readonly cleaned: Segment
  readonly replaced: readonly Segment[]
  /** When the round of cleaning began, by the broker's clock. */
  readonly roundMs: number
  /** From where on the round read which keys there are. */
  readonly firstDirtyOffset: number
}

export class LogCompaction {
  lastSwap: SegmentSwap | undefined = undefined
  private readonly segments: SegmentList
  private readonly history: ProducerHistory
  private readonly removeLater: (files: readonly string[]) => void
  private readonly replaced: () => void

  /** `replaced` is told after each swap. */
  constructor(
    segments: SegmentList,
    history: ProducerHistory,
    removeLater: (files: readonly string[]) => void,
    replaced: () => void,
  ) {
    this.segments = segments
    this.history = history
    this.removeLater = removeLater
    this.replaced = replaced
  }

  /** An empty segment that is not part of the log yet. */
  begin(baseOffset: number): Segment {
    this.removeFiles(baseOffset)
    const cleaned = new Segment(this.segments.home, baseOffset, CLEANED_SUFFIX)
    cleaned.becomeActive()
    return cleaned
  }

  /** It takes the place of neighbours that are all closed, the first of which begins where it does. Durable when this returns. */
  swapIn({ cleaned, replaced, roundMs, firstDirtyOffset }: SegmentSwap): void {
    const { segments, history } = this
    const { disk, dir } = segments.home
    const from = segments.floorIndex(cleaned.baseOffset)
    assert(from + replaced.length < segments.size, 'the active segment is never compacted')
    replaced.forEach((segment, i) => assert(segments.at(from + i) === segment, 'a segment went while it was cleaned'))
    cleaned.becomeInactive()
    cleaned.lastModifiedMs = replaced.at(-1)?.lastModifiedMs ?? cleaned.lastModifiedMs
    cleaned.sync()
    cleaned.changeSuffix(CLEANED_SUFFIX, SWAP_SUFFIX)
    const files = segments.retire(from, from + replaced.length)
    cleaned.changeSuffix(SWAP_SUFFIX, '')
    segments.replace(from, from, [cleaned])
    disk.syncDir(dir)
    // Producer snapshots go with the segments that they are named after.
    const snapshots = replaced.slice(1).flatMap(({ baseOffset }) => history.snapshots.retire(baseOffset) ?? [])
    this.removeLater([...files, ...snapshots])
    this.lastSwap = { cleaned, replaced, roundMs, firstDirtyOffset }
    this.replaced()
  }

  /** It is not to become part of the log after all. */
  discard(cleaned: Segment): void {
    this.removeFiles(cleaned.baseOffset)
  }

  private removeFiles(baseOffset: number): void {
    const { disk, dir } = this.segments.home
    for (const kind of SEGMENT_FILE_SUFFIXES) disk.remove(`${dir}/${offsetFileName(baseOffset, kind)}${CLEANED_SUFFIX}`)
  }
}
