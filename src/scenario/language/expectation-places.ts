// Where the expectations of a file stand, by their text: for reports that point at the line that was not met.

import { childOf, readSource, type SourceNode, type Span } from '../text/source-tree.ts'

/** Of a text that is no scenario, none. An expectation that is there twice is found where it stands first. */
export function expectationPlaces(text: string, file: string): ReadonlyMap<string, Span> {
  const { root } = readSource(text, file)
  const list = root === undefined ? undefined : childOf(root, 'expect')
  const places = new Map<string, Span>()
  const add = (prefix: string, node: SourceNode): void => {
    if (node.content.kind === 'list') for (const item of node.content.items) add(prefix, item)
    if (node.content.kind !== 'scalar') return
    const written = String(node.content.value).trim()
    const found = /^finds:\s*(.*)$/s.exec(written)
    const key = found === null ? `${prefix}${written}` : `finds: ${found[1] ?? ''}`
    if (!places.has(key)) places.set(key, node.span)
  }
  for (const item of list?.content.kind === 'list' ? list.content.items : []) {
    if (item.content.kind !== 'mapping') add('', item)
    const pass = childOf(item, 'pass')
    const finds = childOf(item, 'finds')
    if (pass !== undefined) add('', pass)
    if (finds !== undefined) add('finds: ', finds)
  }
  return places
}
