// The end of a partition as each client was told it, over time: it never goes back (RB-17, KIP-207).

export interface OffsetRegression {
  readonly partition: string
  readonly client: string
  readonly from: number
  readonly to: number
  readonly atUs: number
}

export class OffsetRegressions {
  /** Answers that were judged. */
  answers = 0
  readonly found: OffsetRegression[] = []
  private readonly last = new Map<string, number>()

  told(client: string, partition: string, offset: number, atUs: number): void {
    const key = `${client} ${partition}`
    const from = this.last.get(key) ?? -1
    this.answers += 1
    if (offset < from) this.found.push({ partition, client, from, to: offset, atUs })
    this.last.set(key, offset)
  }
}
