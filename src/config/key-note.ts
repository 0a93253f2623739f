// What we say of a key, beside what the jars say of it: makers of notes, and the table that both make together.

import type { ExtractedKey, ExtractedTable, KeyNote } from './key-definition.ts'

type Details = Omit<KeyNote, 'doc' | 'effect' | 'why'>

export interface Modelled {
  readonly doc: string
  readonly effect: 'modelled'
}

export interface NotModelled<Effect extends 'accepted' | 'refused'> {
  readonly doc: string
  readonly effect: Effect
  readonly why: string
}

/** Does here what it does in Kafka. */
export function modelled(doc: string): Modelled
export function modelled<const D extends Details>(doc: string, details: D): D & Modelled
export function modelled(doc: string, details?: Details): Details & Modelled {
  return { doc, effect: 'modelled', ...details }
}

/** May be set, and changes nothing here; the verdict says so. */
export function accepted(why: string, doc: string): NotModelled<'accepted'> {
  return { doc, effect: 'accepted', why }
}

/** Not built: only its default may be set. */
export function refused(why: string, doc: string): NotModelled<'refused'> {
  return { doc, effect: 'refused', why }
}

/** Notes for every key, and for no other. */
type NotesFor<E extends ExtractedTable, N> = { readonly [Key in keyof E]: KeyNote } & {
  readonly [Key in Exclude<keyof N, keyof E>]: never
}

export type Joined<E, N extends { readonly [Key in keyof E]: unknown }> = { readonly [Key in keyof E]: E[Key] & N[Key] }

export function joined<const E extends ExtractedTable, const N extends NotesFor<E, N>>(
  extracted: E,
  notes: N,
): Joined<E, N> {
  const rows: { readonly [key: string]: ExtractedKey } = extracted
  const noteOf: { readonly [key: string]: KeyNote } = notes
  const table: { [key: string]: object } = {}
  // By hand: every command that reads a file waits for this.
  for (const key of Object.keys(rows)) table[key] = { ...rows[key], ...noteOf[key] }
  // Each key of the result has both halves.
  return table as Joined<E, N>
}
