// How long writers waited: the longest stretches in which records of a partition were on their way and none was
// acknowledged. A partition nobody writes to has no gap; waiting after the producers were done is nobody's waiting.

/** Longest time without an acknowledgement on a partition. */
export interface WriteGap {
  readonly partition: string
  readonly gapUs: number
  readonly endedUs: number
}

export class WriteGaps {
  private readonly partitions = new Map<string, PartitionGaps>()
  /** When the last record for a topic was sent. */
  private readonly lastSentUs = new Map<string, number>()

  sent(topic: string, atUs: number): void {
    this.lastSentUs.set(topic, atUs)
  }

  acknowledged(partition: string, sentUs: number, atUs: number): void {
    let gaps = this.partitions.get(partition)
    if (gaps === undefined) {
      gaps = new PartitionGaps()
      this.partitions.set(partition, gaps)
    }
    gaps.acknowledged(sentUs, atUs)
  }

  /**
   * The longest gap on one of the topic's partitions while records were being sent. `waitingSinceUs`: when the oldest
   * record without an outcome was sent; nobody knows which partition it waits for. Undefined without partitions.
   */
  longest(topic: string, partitions: readonly string[], waitingSinceUs: number | undefined): WriteGap | undefined {
    const endUs = this.lastSentUs.get(topic) ?? 0
    let longest: WriteGap | undefined
    for (const partition of partitions) {
      const gap = (this.partitions.get(partition) ?? new PartitionGaps()).longest(endUs, waitingSinceUs)
      if (longest === undefined || gap.gapUs > longest.gapUs) longest = { partition, ...gap }
    }
    return longest
  }
}

class PartitionGaps {
  private lastAckUs = -1
  /** Gaps, each longer than all before it: cutting them off at some end leaves the longest among them. */
  private readonly starts: number[] = []
  private readonly ends: number[] = []
  private longestUs = 0

  acknowledged(sentUs: number, atUs: number): void {
    const startUs = Math.max(this.lastAckUs, sentUs)
    this.lastAckUs = atUs
    if (atUs - startUs <= this.longestUs) return
    this.longestUs = atUs - startUs
    this.starts.push(startUs)
    this.ends.push(atUs)
  }

  longest(endUs: number, waitingSinceUs: number | undefined): { gapUs: number; endedUs: number } {
    let gapUs = 0
    let endedUs = endUs
    for (const [i, startUs] of this.starts.entries()) {
      const end = Math.min(this.ends[i] ?? endUs, endUs)
      if (end - startUs <= gapUs) continue
      gapUs = end - startUs
      endedUs = end
    }
    if (waitingSinceUs === undefined) return { gapUs, endedUs }
    const openUs = endUs - Math.max(this.lastAckUs, waitingSinceUs)
    return openUs > gapUs ? { gapUs: openUs, endedUs: endUs } : { gapUs, endedUs }
  }
}
