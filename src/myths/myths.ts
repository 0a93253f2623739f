// All myths, by their numbers in the list of claims that people are taught (M01–M20 and M54–M60 so far).

import { DURABILITY_MYTHS } from './durability-myths.ts'
import { ELECTION_MYTHS } from './election-myths.ts'
import { HIGH_WATERMARK_MYTHS } from './high-watermark-myths.ts'
import { ISR_MYTHS } from './isr-myths.ts'
import type { Myth, UnbuiltMyth } from './myth.ts'
import { RETENTION_MYTHS } from './retention-myths.ts'
import { STORAGE_MYTHS } from './storage-myths.ts'

export const MYTHS: readonly Myth[] = [
  ...ISR_MYTHS,
  ...HIGH_WATERMARK_MYTHS,
  ...ELECTION_MYTHS,
  ...DURABILITY_MYTHS,
  ...STORAGE_MYTHS,
  ...RETENTION_MYTHS,
].toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** Claims that cannot be put to the test yet: none of those so far. */
export const UNBUILT_MYTHS: readonly UnbuiltMyth[] = []

/** By `M07`, `m7` or `largest-leo-wins`. */
export function mythNamed(typed: string, myths: readonly (Myth | UnbuiltMyth)[] = [...MYTHS, ...UNBUILT_MYTHS]) {
  const number = /^m(\d{1,3})$/i.exec(typed)?.[1]
  const id = number === undefined ? undefined : `M${number.padStart(2, '0')}`
  return myths.find((myth) => myth.id === id || myth.slug === typed.toLowerCase())
}
