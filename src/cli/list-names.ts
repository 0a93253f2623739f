// What `kafkasim list` can list.

export const LISTS = [
  'scenarios',
  'expectations',
  'invariants',
  'faults',
  'switches',
  'marks',
  'buggify',
  'myths',
] as const

export type ListName = (typeof LISTS)[number]
