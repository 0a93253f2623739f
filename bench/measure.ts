// Times a function over several rounds after a warm-up, and prints the median with its spread.

export interface Measured {
  readonly medianNs: number
  readonly spreadPercent: number
}

export function measure(rounds: number, fn: () => void): Measured {
  fn()
  const timesNs = Array.from({ length: rounds }, () => timeNs(fn)).toSorted((a, b) => a - b)
  const medianNs = median(timesNs)
  const spreadPercent = Math.round((((timesNs.at(-1) ?? 0) - (timesNs[0] ?? 0)) / medianNs) * 100)
  return { medianNs, spreadPercent }
}

/** Two functions in turn, so that a machine that drifts does so for both: their medians, and the median ratio B / A. */
export function comparePairs(
  rounds: number,
  a: () => void,
  b: () => void,
): { aNs: number; bNs: number; ratio: number } {
  a()
  b()
  const pairs = Array.from({ length: rounds }, () => {
    const aNs = timeNs(a)
    return { aNs, bNs: timeNs(b) }
  })
  return {
    aNs: median(pairs.map((pair) => pair.aNs)),
    bNs: median(pairs.map((pair) => pair.bNs)),
    ratio: median(pairs.map((pair) => pair.bNs / pair.aNs)),
  }
}

function timeNs(fn: () => void): number {
  globalThis.gc?.()
  const before = process.hrtime.bigint()
  fn()
  return Number(process.hrtime.bigint() - before)
}

function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[values.length >> 1] ?? 0
}

export function row(name: string, value: string, note = ''): void {
  console.log(`${name.padEnd(58)} ${value.padStart(16)}  ${note}`)
}

export function perSecond(count: number, medianNs: number): string {
  return `${(count / (medianNs / 1e9) / 1e6).toFixed(3)} M/s`
}
