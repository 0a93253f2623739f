// Spoils good scenario files, reproducibly: bytes, lines and words of the text, keys and values of the tree, and parts of
// one file in another.

import { parse, stringify } from 'yaml'
import type { Rng } from '../../sim/index.ts'

export const MUTATIONS = ['bytes', 'lines', 'words', 'tree', 'splice'] as const
export type Mutation = (typeof MUTATIONS)[number]

/** A text made of `text`, with parts of `other` where parts of two files are mixed. */
export function mutate(kind: Mutation, text: string, other: string, rng: Rng): string {
  switch (kind) {
    case 'bytes':
      return times(rng, 4).reduce((changed) => spoilByte(changed, rng), text)
    case 'lines':
      return times(rng, 3).reduce((changed) => spoilLine(changed, rng), text)
    case 'words':
      return times(rng, 3).reduce((changed) => spoilWord(changed, other, rng), text)
    case 'tree':
      return stringify(times(rng, 3).reduce((tree: unknown) => spoilTree(tree, rng), parse(text)))
    case 'splice':
      return spliced(text, other, rng)
  }
}

const CHARACTERS = [
  ...'{}[]:,-"\'#&*!|>%@`? \t\n=.0aZ/~\\'.split(''),
  '\u0000',
  '\u00A0',
  '\u2028',
  '\uFEFF',
  '\uD800',
  '🙂',
]

function spoilByte(text: string, rng: Rng): string {
  const at = rng.below(text.length + 1)
  const cut = rng.below(4)
  return text.slice(0, at) + (rng.below(3) === 0 ? '' : rng.pick(CHARACTERS)) + text.slice(at + cut)
}

function spoilLine(text: string, rng: Rng): string {
  const lines = text.split('\n')
  const at = rng.below(lines.length)
  const to = rng.below(lines.length)
  const line = lines[at] ?? ''
  switch (rng.below(5)) {
    case 0:
      return lines.toSpliced(at, 1).join('\n')
    case 1:
      return lines.toSpliced(to, 0, line).join('\n')
    case 2:
      return lines
        .with(at, lines[to] ?? '')
        .with(to, line)
        .join('\n')
    case 3:
      return lines.with(at, ' '.repeat(rng.below(6)) + line.trimStart()).join('\n')
    default:
      return lines.with(at, line.slice(0, rng.below(line.length + 1))).join('\n')
  }
}

const WORD = /[\w.-]+/g
const ODD_WORDS = [
  'null', 'true', '-1', '0', '1e400', '.nan', '99999999999999999999', '0x1F', '1..2', '5s..1s', '10000d', 'all', '[]', '{}', '~', '""',
  '"*"', '__proto__', 'toString', 'leader(orders-0)', 'one broker', 'finds:', '365d', '1us', '0s', '100%', '2024-01-01',
] // prettier-ignore

function spoilWord(text: string, other: string, rng: Rng): string {
  const words = [...text.matchAll(WORD)]
  const others = [...other.matchAll(WORD)]
  const hit = words[rng.below(Math.max(1, words.length))]
  if (hit === undefined) return text
  const foreign = others[rng.below(Math.max(1, others.length))]?.[0] ?? ''
  const word = rng.below(2) === 0 ? rng.pick(ODD_WORDS) : foreign
  return text.slice(0, hit.index) + word + text.slice(hit.index + hit[0].length)
}

const ODD_VALUES: readonly unknown[] = [
  null, true, false, 0, 1, -1, 2.5, 1e21, '', 'x', '5s', '0s', '1d', 'all', [], {}, [1, 2], [[]], { a: 1 }, ['5s', '6s'], '1..5', '1s..5s',
  'broker:1', 'controller', 'no-acked-loss', 'orders', 9_007_199_254_740_991,
] // prettier-ignore

/** One thing somewhere in the tree is removed, doubled, renamed, moved or made another. */
function spoilTree(tree: unknown, rng: Rng): unknown {
  const places = placesIn(tree)
  const place = places[rng.below(Math.max(1, places.length))]
  if (place === undefined) return tree
  const { parent, key } = place
  if (Array.isArray(parent)) {
    const at = Number(key)
    const action = rng.below(4)
    if (action === 0) parent.splice(at, 1)
    else if (action === 1) parent.splice(at, 0, structuredClone(parent[at]))
    else if (action === 2) parent[at] = rng.pick(ODD_VALUES)
    else parent.push(rng.pick(ODD_VALUES))
    return tree
  }
  const other = places[rng.below(places.length)]
  switch (rng.below(5)) {
    case 0:
      delete parent[key]
      break
    case 1:
      parent[key] = rng.pick(ODD_VALUES)
      break
    case 2:
      parent[`${key}${rng.pick(['s', '-', '.x', '2'])}`] = parent[key]
      break
    case 3:
      parent[key] = [parent[key]]
      break
    default:
      // The value of another place, wherever that is.
      if (other !== undefined) parent[key] = structuredClone(valueAt(other))
  }
  return tree
}

interface Place {
  readonly parent: { [key: string]: unknown } | unknown[]
  readonly key: string
}

function valueAt({ parent, key }: Place): unknown {
  return Array.isArray(parent) ? parent[Number(key)] : parent[key]
}

function placesIn(tree: unknown): Place[] {
  if (typeof tree !== 'object' || tree === null) return []
  // What YAML reads is made of mappings and lists.
  const parent = tree as { [key: string]: unknown } | unknown[]
  return Object.entries(parent).flatMap(([key, value]) => [{ parent, key }, ...placesIn(value)])
}

/** Top-level parts of one file put in place of those of another, or cut anywhere and joined. */
function spliced(text: string, other: string, rng: Rng): string {
  if (rng.below(2) === 0) {
    return text.slice(0, rng.below(text.length)) + other.slice(rng.below(other.length))
  }
  const [mine, theirs] = [partsOf(text), partsOf(other)]
  const parts = mine.map((part) => (rng.below(3) === 0 ? rng.pick(theirs) : part))
  return parts.join('\n')
}

function partsOf(text: string): string[] {
  return text.split(/\n(?=[a-z])/)
}

function times(rng: Rng, most: number): readonly number[] {
  return Array.from({ length: 1 + rng.below(most) }, (_, i) => i)
}
