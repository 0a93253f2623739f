// Where a scenario says something: the line of a setting, by its path as `--set` takes it. For reports that name the line
// that led to something; what no file says has no origin, and is Kafka's default.

import { childOf, plainValue, type SourceNode } from './text/source-tree.ts'
import type { PlainValue } from './text/to-yaml.ts'

export interface Origin {
  /** As the user typed it, or `--set`. */
  readonly file: string
  readonly line: number
  /** As written, before anything was drawn from it. */
  readonly written: PlainValue
}

export interface Origins {
  /** Of `topics.orders.config.min.insync.replicas`; items of a list go by their number, `id`, or (faults) verb and number. */
  at(path: string): Origin | undefined
}

export function originsOf(root: SourceNode): Origins {
  return {
    at: (path) => {
      const node = find(root, path)
      if (node === undefined) return undefined
      const { file, line } = node.keySpan ?? node.span
      // A tree holds only what YAML can say.
      return { file, line, written: plainValue(node) as PlainValue }
    },
  }
}

/** `scenarios/x.yaml:12`, or the flag. */
export function placeOf({ file, line }: Origin): string {
  return file.startsWith('--') ? file : `${file}:${line}`
}

/** Keys of Kafka have dots in them: each step takes the longest key that is there. */
function find(node: SourceNode, path: string): SourceNode | undefined {
  if (path === '') return node
  const keys = node.content.kind === 'mapping' ? [...node.content.entries.keys()] : []
  const key = keys
    .filter((each) => path === each || path.startsWith(`${each}.`))
    .reduce((a, b) => (b.length > a.length ? b : a), '')
  const step = key === '' ? (path.split('.', 1)[0] ?? '') : key
  const child = node.content.kind === 'list' ? itemNamed(node.content.items, step) : childOf(node, step)
  return child === undefined ? undefined : find(child, path.slice(step.length + 1))
}

function itemNamed(items: readonly SourceNode[], step: string): SourceNode | undefined {
  const byId = items.find((item) => {
    const id = childOf(item, 'id')?.content
    return id?.kind === 'scalar' && String(id.value) === step
  })
  if (byId !== undefined) return byId
  if (/^\d+$/.test(step)) return items[Number(step)]
  const [, verb = '', number = ''] = /^(.+)-(\d+)$/.exec(step) ?? []
  const ofVerb = items.filter((item) => childOf(item, verb) !== undefined && childOf(item, 'id') === undefined)
  return ofVerb[Number(number) - 1]
}
