// The tables of protocol fields, read by a parser of the tests' own: what the generator misreads must not go unseen.

import { readFileSync } from 'node:fs'

export interface Node {
  readonly name: string
  readonly type: string
  readonly fromVersion: number
  readonly toVersion: number
  readonly nullableFrom: number
  readonly defaultText: string
  readonly tag: number
  readonly children: Node[]
}

/** The fields of a request, response or record, in schema order. */
export function fieldsOf(table: 'wire-fields' | 'metadata-records', owner: string, direction: string): Node[] {
  const text = readFileSync(new URL(`../../src/protocol/${table}.tsv`, import.meta.url), 'utf8')
  const root: Node[] = []
  const byPath = new Map<string, Node[]>([['', root]])
  for (const line of text.split('\n')) {
    const [, rowOwner, rowDirection, path = '', type = '', versions = '', nullable = '', defaultText = '', tag = ''] =
      line.split('\t')
    if (rowOwner !== owner || rowDirection !== direction) continue
    const dot = path.lastIndexOf('.')
    const siblings = byPath.get(path.slice(0, Math.max(dot, 0)))
    if (siblings === undefined) throw new Error(`no parent for ${path}`)
    const [from = '', to = from] = versions.split('-')
    const node: Node = {
      name: path.slice(dot + 1).replace('[]', ''),
      type,
      fromVersion: Number.parseInt(from, 10),
      toVersion: versions.endsWith('+') ? 99 : Number.parseInt(to, 10),
      nullableFrom: nullable === '-' ? 100 : Number.parseInt(nullable, 10),
      defaultText,
      tag: tag === '-' ? -1 : Number(tag),
      children: [],
    }
    siblings.push(node)
    byPath.set(path, node.children)
  }
  return root
}

export function isCarried(node: Node, version: number): boolean {
  return version >= node.fromVersion && version <= node.toVersion
}
