// Which segments the cleaner makes into one: neighbours, as long as they fit one segment as they are, so that
// segments do not get smaller and smaller.

import { MAX_RELATIVE_OFFSET } from '../segment.ts'

export interface SegmentSize {
  readonly baseOffset: number
  readonly sizeBytes: number
  readonly offsetIndexBytes: number
  readonly timeIndexBytes: number
}

export interface GroupLimits {
  readonly segmentBytes: number
  readonly segmentIndexBytes: number
  /** Where the last of the segments ends, at the latest. */
  readonly endOffset: number
}

export function groupSegments<S extends SegmentSize>(segments: readonly S[], limits: GroupLimits): S[][] {
  const groups: S[][] = []
  let group: S[] = []
  let sizeBytes = 0
  let offsetIndexBytes = 0
  let timeIndexBytes = 0
  segments.forEach((segment, i) => {
    const end = segments[i + 1]?.baseOffset ?? limits.endOffset
    const first = group[0]
    const fits =
      first !== undefined &&
      sizeBytes + segment.sizeBytes <= limits.segmentBytes &&
      offsetIndexBytes + segment.offsetIndexBytes <= limits.segmentIndexBytes &&
      timeIndexBytes + segment.timeIndexBytes <= limits.segmentIndexBytes &&
      (segment.sizeBytes === 0 || end - 1 - first.baseOffset <= MAX_RELATIVE_OFFSET)
    if (!fits) {
      group = []
      groups.push(group)
      sizeBytes = offsetIndexBytes = timeIndexBytes = 0
    }
    group.push(segment)
    sizeBytes += segment.sizeBytes
    offsetIndexBytes += segment.offsetIndexBytes
    timeIndexBytes += segment.timeIndexBytes
  })
  return groups
}
