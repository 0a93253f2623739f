// Literals with a unit: durations, sizes, rates, probabilities, and ranges of them. Exact: what is no whole number of
// microseconds or bytes is refused, not rounded. Undefined means "no such literal".

const MAX_EXACT = Number.MAX_SAFE_INTEGER

/** µs per unit. */
const TIME_UNITS: { readonly [unit: string]: number } = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
}
const SIZE_UNITS: { readonly [unit: string]: number } = {
  B: 1,
  KB: 1_000,
  KiB: 1_024,
  MB: 1_000_000,
  MiB: 1_048_576,
  GB: 1_000_000_000,
  GiB: 1_073_741_824,
}

const TIME_PART = /(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/y
const SIZE = /^(\d+(?:\.\d+)?)(B|KB|KiB|MB|MiB|GB|GiB)$/

const NUMBER = String.raw`\d+(?:\.\d+)?`
const SIZE_FORM = `${NUMBER}(?:${Object.keys(SIZE_UNITS).join('|')})`

/** What editors are told of each, looser than what is parsed: patterns without their ends. */
export const DURATION_FORM = `(?:${NUMBER}(?:${Object.keys(TIME_UNITS).join('|')}))+`
export const UNIT_FORMS = {
  duration: DURATION_FORM,
  signedDuration: `-?${DURATION_FORM}`,
  size: SIZE_FORM,
  rate: `${NUMBER}/[smh]`,
  bandwidth: `${SIZE_FORM}/s`,
  probability: `(?:${NUMBER}%|[01](?:\\.\\d+)?)`,
} as const

/** `500ms`, `1.5s`, `1h30m`, `7d`: in µs. Units get smaller from left to right; no signs, no spaces. */
export function parseDuration(text: string): number | undefined {
  TIME_PART.lastIndex = 0
  let totalUs = 0
  let lastUnitUs = Infinity
  let end = 0
  for (;;) {
    const part = TIME_PART.exec(text)
    if (part === null) break
    const unitUs = TIME_UNITS[part[2] ?? ''] ?? NaN
    if (unitUs >= lastUnitUs) return undefined
    const us = scaled(part[1] ?? '', unitUs)
    if (us === undefined) return undefined
    totalUs += us
    lastUnitUs = unitUs
    end = TIME_PART.lastIndex
  }
  return end > 0 && end === text.length && totalUs <= MAX_EXACT ? totalUs : undefined
}

/** `64KiB`, `10MB`, `512B`: in bytes. */
export function parseSize(text: string): number | undefined {
  const found = SIZE.exec(text)
  return found === null ? undefined : scaled(found[1] ?? '', SIZE_UNITS[found[2] ?? ''] ?? NaN)
}

/** `200/s`, `0.5/s`, `100/m`: per second, above 0. */
export function parseRate(text: string): number | undefined {
  const found = /^(\d{1,9}(?:\.\d{1,6})?)\/(s|m|h)$/.exec(text)
  if (found === null) return undefined
  const perUnit = Number(found[1])
  const seconds = found[2] === 's' ? 1 : found[2] === 'm' ? 60 : 3600
  return perUnit > 0 ? perUnit / seconds : undefined
}

/** `10MB/s`: in bytes per ms, above 0. */
export function parseBandwidth(text: string): number | undefined {
  const perSecond = text.endsWith('/s') ? parseSize(text.slice(0, -2)) : undefined
  return perSecond !== undefined && perSecond > 0 ? perSecond / 1000 : undefined
}

/** `2%` or a number from 0 to 1. */
export function parseProbability(text: string): number | undefined {
  const percent = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)
  const value = percent === null ? (/^[01](?:\.\d{1,9})?$/.test(text) ? Number(text) : NaN) : Number(percent[1]) / 100
  return value >= 0 && value <= 1 ? value : undefined
}

/** `1ms..5ms`, each end a literal of its own; not checked for order. */
export function splitRange(text: string): readonly [string, string] | undefined {
  const at = text.indexOf('..')
  if (at < 1 || at + 2 >= text.length) return undefined
  return [text.slice(0, at).trim(), text.slice(at + 2).trim()]
}

/** 90_500_000 → `1m30.5s`: the literal that parses to this, for messages. */
export function formatDuration(us: number): string {
  if (us === 0) return '0s'
  let rest = us
  let text = ''
  for (const [unit, unitUs] of Object.entries(TIME_UNITS).toReversed()) {
    const count = unit === 's' && rest >= unitUs && rest % 1000 === 0 ? rest / unitUs : Math.floor(rest / unitUs)
    if (count > 0) text += `${count}${unit}`
    rest -= Math.round(count * unitUs)
  }
  return text
}

function scaled(digits: string, unit: number): number | undefined {
  if (digits.length > 20) return undefined
  const [whole = '', fraction = ''] = digits.split('.')
  // Fractions exactly: 1.1s is 1100000 µs although 1.1 × 1000000 in binary is not.
  const divisor = 10 ** fraction.length
  const part = fraction === '' ? 0 : (Number(fraction) * unit) / divisor
  const value = Number(whole) * unit + part
  return Number.isSafeInteger(value) ? value : undefined
}
