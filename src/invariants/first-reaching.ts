// Batches as this room keeps them: last offsets, rising, in the first `size` places of a typed array.

/** Index of the first batch that reaches `offset` or beyond; `size` if none does. */
export function firstReaching(lasts: Float64Array, size: number, offset: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((lasts[middle] ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}
