// What `kafkasim list` can list.

export const LISTS = ['scenarios', 'invariants', 'faults', 'switches'] as const

export type ListName = (typeof LISTS)[number]
