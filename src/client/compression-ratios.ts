// How well the records of each topic compress, as a producer learns it (the Java client's CompressionRatioEstimator): quick to
// believe that it got worse, slow to believe that it got better.

const FIRST = 1
const WORSE_STEP = 0.05
const BETTER_STEP = 0.005

export class CompressionRatios {
  private readonly ratios = new Map<string, number>()

  /** Compressed bytes to be expected of one byte. */
  of(topic: string): number {
    return this.ratios.get(topic) ?? FIRST
  }

  /** A batch was compressed so. */
  observe(topic: string, ratio: number): void {
    const current = this.of(topic)
    if (ratio > current) this.ratios.set(topic, Math.max(current + WORSE_STEP, ratio))
    else if (ratio < current) this.ratios.set(topic, Math.max(current - BETTER_STEP, ratio))
  }

  /** A batch was too large: nothing less than this is believed for now (P-23). */
  reset(topic: string, ratio: number): void {
    this.ratios.set(topic, Math.max(FIRST, ratio))
  }
}
