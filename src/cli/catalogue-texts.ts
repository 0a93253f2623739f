// How rows of catalogues are put into words.

import type { SwitchDefinition } from '../switches/switches.ts'

/** `true since 3.7, before that false`; `false (or true)` where all releases modelled do the same. */
export function byRelease({ values: [today, before, ...older], since }: SwitchDefinition): string {
  const others = older.map((value) => ` or ${value}`).join('')
  return since === 'all'
    ? `${today} (or ${before}${others})`
    : `${today} since ${since}, before that ${before}${others}`
}

/** Optional keys carry their description inside or outside. */
export function descriptionOf(key: {
  readonly description?: string
  unwrap(): { readonly description?: string }
}): string {
  return key.description ?? key.unwrap().description ?? ''
}
