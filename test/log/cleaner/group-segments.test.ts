// Which segments are made into one.

import { expect, it } from 'vitest'
import { groupSegments } from '../../../src/log/cleaner/group-segments.ts'

const LIMITS = { segmentBytes: 100, segmentIndexBytes: 50, endOffset: 1000 }

function sizes(list: readonly (readonly [baseOffset: number, sizeBytes: number, indexBytes?: number])[]) {
  return list.map(([baseOffset, sizeBytes, index = 0]) => ({
    baseOffset,
    sizeBytes,
    offsetIndexBytes: index,
    timeIndexBytes: index,
  }))
}

function groups(list: Parameters<typeof sizes>[0], limits = LIMITS): number[][] {
  return groupSegments(sizes(list), limits).map((group) => group.map(({ baseOffset }) => baseOffset))
}

it('neighbours, while they fit one segment', () => {
  expect(
    groups([
      [0, 40],
      [10, 60],
      [20, 1],
      [30, 200],
      [40, 0],
    ]),
  ).toEqual([[0, 10], [20], [30], [40]])
})

it('and while their indexes fit one index', () => {
  expect(
    groups([
      [0, 1, 30],
      [10, 1, 20],
      [20, 1, 1],
    ]),
  ).toEqual([[0, 10], [20]])
})

it('and while the last offset fits an int32, counted from the first', () => {
  const far = 2 ** 31
  expect(
    groups(
      [
        [0, 1],
        [10, 1],
        [far, 1],
      ],
      { ...LIMITS, endOffset: far + 5 },
    ),
  ).toEqual([[0, 10], [far]].map((g) => g))
  expect(
    groups(
      [
        [0, 1],
        [10, 1],
      ],
      { ...LIMITS, endOffset: far + 1 },
    ),
  ).toEqual([[0], [10]])
  expect(
    groups(
      [
        [0, 1],
        [10, 1],
      ],
      { ...LIMITS, endOffset: far },
    ),
  ).toEqual([[0, 10]])
})

it('an empty one goes with those before it, whatever its offset', () => {
  expect(
    groups(
      [
        [0, 1],
        [2 ** 32, 0],
      ],
      { ...LIMITS, endOffset: 2 ** 33 },
    ),
  ).toEqual([[0, 2 ** 32]])
})

it('nothing of nothing', () => {
  expect(groups([])).toEqual([])
})
