// What a run drew from its seed, in the words of its file: `topics.orders.partitions = 2 (from 1..3)`.

import type { Origins } from './origins.ts'
import type { Draw } from './text/draw.ts'
import { flowText, type PlainValue } from './text/to-yaml.ts'
import { formatDuration, parseDuration } from './text/units.ts'

export interface DrawnSetting {
  /** As `--set` takes it: setting it to `value` runs the same again, without the chance. */
  readonly path: string
  readonly value: string
  /** What it was drawn from, as written. */
  readonly from: string
}

/** A setting that was drawn, as it was: `path` names its stream of chance. */
export interface Drawn {
  readonly draw: Draw<unknown>
  readonly path: string
  readonly value: unknown
}

/** `path` is where the file has it. */
export function drawnSetting({ draw, value }: Drawn, path: string, origins: Origins): DrawnSetting {
  const written = origins.at(path)?.written
  return { path, value: valueText(draw, value, written), from: rangeText(draw, written) }
}

function valueText(draw: Draw<unknown>, value: unknown, written: PlainValue): string {
  if (draw.kind === 'one-of' && Array.isArray(written)) {
    const item: PlainValue = written[draw.values.indexOf(value)]
    if (item !== undefined) return flowText(item)
  }
  if (typeof value !== 'number') return String(value)
  return typeof written === 'string' ? withUnit(value, written) : String(value)
}

function rangeText(draw: Draw<unknown>, written: PlainValue): string {
  if (Array.isArray(written)) return written.map((item: PlainValue) => flowText(item)).join(', ')
  if (typeof written === 'string') return written
  return draw.kind === 'between' ? `${draw.low}..${draw.high}` : ''
}

/** In the unit of the range it was drawn from. */
function withUnit(value: number, range: string): string {
  const low = range.split('..', 1)[0] ?? ''
  if (parseDuration(low) !== undefined) return durationText(Math.round(value))
  if (/\/[smh]$/.test(low) && !low.endsWith('B/s')) return `${rounded(value)}/s`
  if (low.endsWith('B/s')) return `${rounded(value * 1000)}B/s`
  if (low.endsWith('B')) return `${rounded(value)}B`
  if (low.endsWith('%')) return `${rounded(value * 100)}%`
  return rounded(value)
}

/** `10.88545s`: a drawn time is rarely round, and is to be read at a glance. */
function durationText(us: number): string {
  return us < 1_000_000 || us >= 600_000_000 ? formatDuration(us) : `${us / 1_000_000}s`
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3)
}
