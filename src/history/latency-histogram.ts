// Latencies in whole µs, counted in buckets that grow with what they count: percentiles within a thousandth, of any number
// of values, in bounded memory. The largest is exact.

/** Buckets for each power of two: a bucket's width is at most this share of what is in it. */
const BUCKETS = 1024
const EXACT_BELOW = BUCKETS * 2

export class LatencyHistogram {
  count = 0
  maxUs = 0
  /** By power of two; the first holds everything below EXACT_BELOW, one value a bucket. Made when first needed. */
  private readonly counts: (Uint32Array | undefined)[] = []

  /** `us` is a whole number, 0 or more. */
  add(us: number): void {
    this.count += 1
    if (us > this.maxUs) this.maxUs = us
    let power = 0
    let width = 1
    while (us >= EXACT_BELOW * width) {
      power += 1
      width *= 2
    }
    const buckets = (this.counts[power] ??= new Uint32Array(EXACT_BELOW))
    const bucket = Math.floor(us / width)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }

  /** The smallest value that at least `percent` % of all do not exceed, or up to a thousandth more; 0 of nothing. */
  percentileUs(percent: number): number {
    const rank = Math.max(1, Math.ceil((Math.round(percent * 10_000) * this.count) / 1_000_000))
    let below = 0
    let width = 1
    for (const buckets of this.counts) {
      for (const [bucket, count] of (buckets ?? []).entries()) {
        below += count
        if (below >= rank) return Math.min(this.maxUs, (bucket + 1) * width - 1)
      }
      width *= 2
    }
    return this.maxUs
  }
}
