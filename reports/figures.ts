// How times and counts are written for people. Virtual times keep their milliseconds, so that a line of the timeline can
// be found again in a trace.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** `12.345s`, `10m02.000s`, `2h00m00.500s`: seconds alone below ten minutes, as scenario files have them. */
export function virtualTime(ms: number): string {
  const whole = Math.round(ms)
  if (whole < 10 * MINUTE_MS) return `${(whole / 1000).toFixed(3)}s`
  const seconds = ((whole % MINUTE_MS) / 1000).toFixed(3).padStart(6, '0')
  const minutes = Math.floor(whole / MINUTE_MS)
  if (whole < HOUR_MS) return `${minutes}m${seconds}s`
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m${seconds}s`
}

/** As `virtualTime`, without the fraction when there is none: `90s`, `10m00s`. */
export function span(ms: number): string {
  return virtualTime(ms).replace(/\.000s$/, 's')
}

/** How long something took, to three digits: `0.42ms`, `81.2ms`, `8.26s`. */
export function latency(us: number): string {
  if (us < 1_000_000) return `${threeDigits(us / 1000)}ms`
  return us < 600_000_000 ? `${threeDigits(us / 1_000_000)}s` : span(us / 1000)
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
}

/** Time of a clock on the wall, with no more digits than it deserves: `0.84 s`, `12 s`. */
export function wallTime(ms: number): string {
  const seconds = ms / 1000
  return `${seconds.toFixed(seconds < 10 ? 2 : seconds < 100 ? 1 : 0)} s`
}

/** `1 234 567`: groups of three. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** `3 records`, `1 record`. */
export function counted(value: number, singular: string, plural: string = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`
}
