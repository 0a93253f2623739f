// How times are written in what a myth shows.

/** `4.03 s`, of milliseconds. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

/** `[1,2]`. */
export function list(brokers: readonly number[]): string {
  return `[${brokers.join(',')}]`
}
