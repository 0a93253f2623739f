// Flags as the parser leaves them, read one by one: a flag given twice is a list.

import { parseDuration } from '../scenario/text/units.ts'
import { UsageError } from './usage-error.ts'

type Args = Readonly<Record<string, unknown>>

const MAX_SEED = Number.MAX_SAFE_INTEGER

export function listOf(value: unknown): string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

export function once(args: Args, name: string): string | undefined {
  const given = listOf(args[name])
  if (given.length > 1) throw new UsageError(`--${name} is given ${given.length} times: ${given.join(', ')}`)
  if (given[0] === '') throw new UsageError(`--${name} needs a value`)
  return given[0]
}

export function flag(args: Args, name: string): boolean {
  const value = args[name]
  return Array.isArray(value) ? value.includes(true) : value === true
}

/** Undefined if it is not given. */
export function wholeNumber(args: Args, name: string, least = 1): number | undefined {
  const text = once(args, name)
  if (text === undefined) return undefined
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(value >= least)) throw new UsageError(`--${name} ${text}: expected a whole number of at least ${least}`)
  return value
}

/** `--set path=value`, in order. */
export function settingsOf(args: Args): string[] {
  const settings = listOf(args['set'])
  const odd = settings.find((setting) => !/^[^=\s][^=]*=/.test(setting))
  if (odd !== undefined) throw new UsageError(`--set ${odd}: expected path=value, e.g. producers.web.config.acks=1`)
  return settings
}

/** A seed is an integer in [0, 2^53). */
export function parseSeed(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--seed ${text}: expected an integer such as 42`)
  return seedOf(text)
}

export function seedOf(digits: string): number {
  const seed = Number(digits)
  if (seed > MAX_SEED) throw new UsageError(`--seed ${digits}: a seed is at most ${MAX_SEED}`)
  return seed
}

/** A virtual time, in µs. */
export function parseUntil(text: string): number {
  const us = parseDuration(text)
  if (us === undefined || us === 0) {
    throw new UsageError(`--until ${text}: expected a time such as 30s, 500ms or 1h30m`)
  }
  return us
}
