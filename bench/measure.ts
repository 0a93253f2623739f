// Times a function over several rounds after a warm-up, and prints the median with its spread.

export interface Measured {
  readonly medianNs: number
  readonly spreadPercent: number
}

export function measure(rounds: number, fn: () => void): Measured {
  fn()
  const timesNs: number[] = []
  for (let i = 0; i < rounds; i++) {
    globalThis.gc?.()
    const before = process.hrtime.bigint()
    fn()
    timesNs.push(Number(process.hrtime.bigint() - before))
  }
  timesNs.sort((a, b) => a - b)
  const medianNs = timesNs[timesNs.length >> 1] ?? 0
  const spreadPercent = Math.round((((timesNs.at(-1) ?? 0) - (timesNs[0] ?? 0)) / medianNs) * 100)
  return { medianNs, spreadPercent }
}

export function row(name: string, value: string, note = ''): void {
  console.log(`${name.padEnd(58)} ${value.padStart(16)}  ${note}`)
}

export function perSecond(count: number, medianNs: number): string {
  return `${(count / (medianNs / 1e9) / 1e6).toFixed(3)} M/s`
}
