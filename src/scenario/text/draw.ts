// Settings that a file leaves to chance: one of a list, or anything in a range, drawn once per run. Each is drawn from a
// stream of its own, named after its place in the file, so that changing one leaves all others as they were.

import { assert, type Rng, unreachable } from '../../../sim/index.ts'

export type Draw<T> =
  | { readonly kind: 'fixed'; readonly value: T }
  | { readonly kind: 'one-of'; readonly values: readonly T[] }
  /** Numbers, both ends included; whole ones if both ends are. */
  | { readonly kind: 'between'; readonly low: number; readonly high: number }

/** Opens the stream of this name. Each name is asked for once. */
export type StreamOf = (name: string) => Rng

/** Draws the setting at a path of the file. */
export type DrawNow = <T>(draw: Draw<T>, path: string) => T

/** A setting of the file: what it is called there, and what it may be. */
export function drawValue<T>(draw: Draw<T>, path: string, streamOf: StreamOf): T {
  switch (draw.kind) {
    case 'fixed':
      return draw.value
    case 'one-of':
      return streamOf(`draw/${path}`).pick(draw.values)
    case 'between':
      // Only settings that are numbers are ever given as a range.
      return numberBetween(draw.low, draw.high, streamOf(`draw/${path}`)) as T
    default:
      return unreachable(draw, path)
  }
}

/** Draws again and again from one stream. */
export function drawWith(draw: Draw<number>, rng: Rng): number {
  switch (draw.kind) {
    case 'fixed':
      return draw.value
    case 'one-of':
      return rng.pick(draw.values)
    case 'between':
      return numberBetween(draw.low, draw.high, rng)
    default:
      return unreachable(draw, 'a draw')
  }
}

/** The values that stand for all: each of a list, both ends of a range. */
export function extremes<T>(draw: Draw<T>): readonly T[] {
  switch (draw.kind) {
    case 'fixed':
      return [draw.value]
    case 'one-of':
      return draw.values
    case 'between':
      // As in drawValue.
      return [draw.low, draw.high] as T[]
    default:
      return unreachable(draw, 'a draw')
  }
}

export function lowest(draw: Draw<number>): number {
  return extremes(draw).reduce((a, b) => Math.min(a, b))
}

export function highest(draw: Draw<number>): number {
  return extremes(draw).reduce((a, b) => Math.max(a, b))
}

function numberBetween(low: number, high: number, rng: Rng): number {
  assert(low <= high, `a range from ${low} to ${high}`)
  if (Number.isInteger(low) && Number.isInteger(high)) return rng.between(low, high)
  return low + (high - low) * rng.unit()
}
