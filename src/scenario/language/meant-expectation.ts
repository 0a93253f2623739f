// Which expectation is meant by a word that is none: one of nearly that spelling, one that other tools call so, or one
// that says something of the same.

import { editSuggestion } from '../../config/did-you-mean.ts'

/** Undefined if none comes near. `known` are the words that there are. */
export function meantExpectation(word: string, known: readonly string[]): string | undefined {
  return OTHER_NAMES.get(word) ?? editSuggestion(word, known) ?? likest(word, known)
}

/** What people call them elsewhere. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'no-data-loss': 'no-acked-loss',
    'no-loss': 'no-acked-loss',
    'no-lost-records': 'no-acked-loss',
    'no-lost-writes': 'no-acked-loss',
    durable: 'no-acked-loss',
    'no-duplicates': 'no-duplicates-in-log',
    'in-order': 'order-per-partition',
    ordered: 'order-per-partition',
    'no-reordering': 'order-per-partition',
    'no-unclean-leader-election': 'no-unclean-election',
    available: 'writable(orders) gap <= 15s',
    'no-lag': 'caught-up(audit) within 30s',
    'stopped-time': 'max(stopped-time(billing)) < 10s',
    'at-least-once': 'commits-cover-processed',
    'no-redelivery': 'no-duplicate-delivery',
    'no-reprocessing': 'no-duplicate-delivery',
    'exactly-once-delivery': 'no-duplicate-delivery',
  }),
)

/** The one that shares most of its words; of equals the first. */
function likest(word: string, known: readonly string[]): string | undefined {
  const wanted = partsOf(word)
  let best: string | undefined
  let most = 0
  for (const candidate of [...known, ...OTHER_NAMES.keys()]) {
    const parts = partsOf(candidate)
    const shared = wanted.filter((part) => parts.some((other) => sameStem(part, other))).length
    if (shared <= most) continue
    most = shared
    best = OTHER_NAMES.get(candidate) ?? candidate
  }
  return best
}

/** Words that say something: `no` and `in` do not. */
function partsOf(word: string): string[] {
  return word
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((part) => part.length >= STEM - 1)
}

const STEM = 5

/** `durable` and `durability`, `duplicate` and `duplicates`. */
function sameStem(a: string, b: string): boolean {
  return a.slice(0, STEM) === b.slice(0, STEM)
}
