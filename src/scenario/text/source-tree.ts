// A YAML text as a tree of plain values that know where they stand. All the traps of YAML are here: aliases that grow
// without end or contain themselves, merge keys, keys that are no text or are there twice, names of JavaScript internals.

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import { unreachable } from '../../../sim/index.ts'
import type { DiagnosticCode, Finding } from './diagnostics.ts'

/** Where something stands: on one line, 1-based, `endColumn` after its last character. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endColumn: number
}

/** Mutable: `--set` replaces parts of it, and parts that are wrong are cut off to see what else is. */
export interface SourceNode {
  span: Span
  /** Of the key that leads here; undefined for the root and for items of a list. */
  keySpan: Span | undefined
  content: SourceContent
}

export type SourceContent =
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: SourceNode[] }
  | { readonly kind: 'mapping'; readonly entries: Map<string, SourceNode> }

export type SourcePath = readonly (string | number)[]

export type ReadSource = { readonly root: SourceNode | undefined; readonly findings: readonly Finding[] }

const MAX_CHARACTERS = 100_000
const MAX_NODES = 20_000
const MAX_DEPTH = 60
/** Far more brackets open at once than a parser that recurses should see; those in texts and comments count too. */
const MAX_OPEN_BRACKETS = 1000
/** No YAML file has so many in a row. */
const DIRECTIVES = /^(?:%.*\n){20}/m
/** The same without brackets: `- - - x` is a list in a list in a list. */
const COMPACT_STEPS = /(?:[-?:][ \t]+){250}/
/** Of a text after its escapes are read: control characters but tab and line feed, and lone surrogates. */
const ODD_CHARACTER = /[^\P{Cc}\t\n]|\p{Surrogate}/u
const PLAIN_TAGS: readonly string[] = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map(
  (name) => `tag:yaml.org,2002:${name}`,
)
/** Plain objects that people index by these would not be what they seem. */
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** Reads one document. The root is undefined if nothing can be made of the text; then there are findings. */
export function readSource(text: string, file: string): ReadSource {
  const problems = textProblems(text, file)
  if (problems.length > 0) return { root: undefined, findings: problems }
  const lines = new Lines(text)
  const at = (from: number, to: number): Span => spanOf(file, lines, from, to, text)
  let document: Document.Parsed
  try {
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: false })
  } catch (error) {
    // The parser recurses: only the depth of the text can make it fail.
    if (!(error instanceof RangeError)) throw error
    return { root: undefined, findings: [finding('KS007', 'the file is nested too deeply', at(0, 1))] }
  }
  // What follows on the line of a mistake comes of having lost the place.
  const lineOf = new Set<number>()
  const firsts = [...document.errors, ...document.warnings].filter(({ pos }) => {
    const { line } = lines.linePos(pos[0])
    return !lineOf.has(line) && lineOf.add(line)
  })
  const found = firsts.map(({ code, pos, message }) => {
    const what =
      code === 'MULTIPLE_DOCS' ? 'a file holds one scenario: a second document begins here' : sentence(message)
    const span = at(pos[0], pos[1])
    const unquoted =
      what.endsWith(' at node end') && /[{[].*[([]/.test(text.split('\n', span.line)[span.line - 1] ?? '')
    const hint = unquoted ? { suggestion: 'within { } or [ ], a text with brackets or commas needs quotes' } : {}
    return { ...finding('KS001', what, span), ...hint }
  })
  if (found.length > 0) return { root: undefined, findings: found }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { root: undefined, findings: [finding('KS002', 'the file is empty', at(0, 0))] }
  }
  const reader = new TreeReader(at)
  const root = reader.read(document.contents, undefined, 0)
  // What was not read to its end is not worth checking.
  const whole = reader.findings.every(({ code }) => code !== 'KS007' && code !== 'KS006')
  return { root: whole ? root : undefined, findings: reader.findings }
}

/** The node at a path, or undefined. */
export function nodeAt(root: SourceNode, path: SourcePath): SourceNode | undefined {
  let node: SourceNode | undefined = root
  for (const step of path) node = node === undefined ? undefined : childOf(node, step)
  return node
}

export function childOf({ content }: SourceNode, step: string | number): SourceNode | undefined {
  if (content.kind === 'mapping') return content.entries.get(String(step))
  return content.kind === 'list' && typeof step === 'number' ? content.items[step] : undefined
}

/** Takes the node at a path out of its parent; what is not there is not missed. */
export function removeAt(root: SourceNode, path: SourcePath): void {
  const step = path.at(-1)
  const parent = nodeAt(root, path.slice(0, -1))?.content
  if (step === undefined || parent === undefined) return
  if (parent.kind === 'mapping') parent.entries.delete(String(step))
  else if (parent.kind === 'list' && typeof step === 'number') parent.items.splice(step, 1)
}

/** The plain value. Mappings have no prototype. */
export function plainValue({ content }: SourceNode): unknown {
  switch (content.kind) {
    case 'scalar':
      return content.value
    case 'list':
      return content.items.map(plainValue)
    case 'mapping': {
      const mapping: { [key: string]: unknown } = Object.create(null)
      for (const [key, node] of content.entries) mapping[key] = plainValue(node)
      return mapping
    }
    default:
      return unreachable(content, 'a node')
  }
}

/** How many values there are in it, itself among them. */
export function sizeOf({ content }: SourceNode): number {
  const children = content.kind === 'scalar' ? [] : content.kind === 'list' ? content.items : content.entries.values()
  let size = 1
  for (const child of children) size += sizeOf(child)
  return size
}

/** A tree of its own with the same spans. */
export function copyOf({ span, keySpan, content }: SourceNode): SourceNode {
  switch (content.kind) {
    case 'scalar':
      return { span, keySpan, content }
    case 'list':
      return { span, keySpan, content: { kind: 'list', items: content.items.map(copyOf) } }
    case 'mapping': {
      const entries = new Map([...content.entries].map(([key, node]) => [key, copyOf(node)]))
      return { span, keySpan, content: { kind: 'mapping', entries } }
    }
    default:
      return unreachable(content, 'a node')
  }
}

class TreeReader {
  readonly findings: Finding[] = []
  private readonly at: (from: number, to: number) => Span
  private readonly anchors = new Map<string, Node>()
  /** Nodes with an anchor that are being read: an alias to one of them would never end. */
  private readonly open = new Set<Node>()
  private nodes = 0
  private overflowed = false

  constructor(at: (from: number, to: number) => Span) {
    this.at = at
  }

  read(node: unknown, keySpan: Span | undefined, depth: number): SourceNode {
    const span = this.span(node) ?? keySpan ?? this.at(0, 0)
    this.nodes += 1
    if (this.nodes > MAX_NODES || depth > MAX_DEPTH) {
      const what = depth > MAX_DEPTH ? 'nested too deeply' : `more than ${MAX_NODES} values`
      if (!this.overflowed) this.findings.push(finding('KS007', `the file is too large: ${what}`, span))
      this.overflowed = true
      return scalar(null, span, keySpan)
    }
    if (isAlias(node)) return this.readAlias(node.source, span, keySpan, depth)
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) this.anchors.set(node.anchor, node)
    }
    if (isScalar(node)) {
      this.checkScalar(node, span)
      return scalar(scalarValue(node.value), span, keySpan)
    }
    if (isMap(node)) {
      this.open.add(node)
      const entries = this.readEntries(node.items, depth)
      this.open.delete(node)
      return { span, keySpan, content: { kind: 'mapping', entries } }
    }
    if (isSeq(node)) {
      this.open.add(node)
      const items: SourceNode[] = []
      for (const item of node.items) {
        if (this.overflowed) break
        items.push(this.read(item, undefined, depth + 1))
      }
      this.open.delete(node)
      return { span, keySpan, content: { kind: 'list', items } }
    }
    return scalar(null, span, keySpan)
  }

  /** What YAML can write and a scenario cannot mean: bytes, dates, sets; escapes that stand for no letter. */
  private checkScalar({ tag, value }: { readonly tag?: string; readonly value: unknown }, span: Span): void {
    if (tag !== undefined && tag !== '!' && !PLAIN_TAGS.includes(tag)) {
      this.findings.push(finding('KS001', `the tag ${tag} is not supported`, span))
    }
    const odd = typeof value === 'string' ? ODD_CHARACTER.exec(value)?.[0] : undefined
    if (odd === undefined) return
    const code = `0x${odd.charCodeAt(0).toString(16).padStart(2, '0')}`
    const what = code.length > 4 ? `half of a character, ${code},` : `the control character ${code}`
    this.findings.push(finding('KS006', `${what} cannot stand in a text`, span))
  }

  private readAlias(name: string, span: Span, keySpan: Span | undefined, depth: number): SourceNode {
    const target = this.anchors.get(name)
    if (target !== undefined && !this.open.has(target)) return { ...this.read(target, keySpan, depth + 1), span }
    const why = target === undefined ? 'has no anchor' : 'contains itself'
    this.findings.push(finding('KS007', `the alias *${name} ${why}`, span))
    return scalar(null, span, keySpan)
  }

  private readEntries(
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    depth: number,
  ): Map<string, SourceNode> {
    const entries = new Map<string, SourceNode>()
    for (const { key, value } of pairs) {
      if (this.overflowed) break
      const keySpan = this.span(key)
      const name = isScalar(key) ? keyText(key.value, key.source) : undefined
      if (isScalar(key)) this.checkScalar(key, keySpan ?? this.at(0, 0))
      if (name === undefined) {
        this.findings.push(finding('KS005', 'a key must be a text', keySpan ?? this.at(0, 0)))
      } else if (name === '<<' || FORBIDDEN_KEYS.includes(name)) {
        const message = name === '<<' ? 'merge keys (<<) are not supported' : `"${name}" cannot be a key`
        const suggestion = name === '<<' ? { suggestion: 'write the keys out' } : {}
        this.findings.push({ ...finding('KS005', message, keySpan ?? this.at(0, 0)), ...suggestion })
      } else if (entries.has(name)) {
        const first = entries.get(name)?.keySpan
        const message = `"${name}" is there twice (first in line ${first?.line ?? '?'})`
        this.findings.push(finding('KS004', message, keySpan ?? this.at(0, 0)))
      } else {
        if (isScalar(key) && key.anchor !== undefined) this.anchors.set(key.anchor, key)
        entries.set(name, this.read(value, keySpan, depth + 1))
      }
    }
    return entries
  }

  private span(node: unknown): Span | undefined {
    if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return undefined
    return node.range === undefined || node.range === null ? undefined : this.at(node.range[0], node.range[1])
  }
}

function scalar(value: string | number | boolean | null, span: Span, keySpan: Span | undefined): SourceNode {
  return { span, keySpan, content: { kind: 'scalar', value } }
}

function scalarValue(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return value === null || value === undefined ? null : String(value)
}

/** Names such as 2024 or true are what was written; nothing is no name. */
function keyText(value: unknown, source: string | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? (source ?? String(value)) : undefined
}

/** Large files and characters that have no place in a text, before any parser sees them. */
function textProblems(text: string, file: string): Finding[] {
  const start: Span = { file, line: 1, column: 1, endColumn: 1 }
  if (text.length > MAX_CHARACTERS) {
    return [finding('KS007', `the file is too large: more than ${MAX_CHARACTERS} characters`, start)]
  }
  const steps = COMPACT_STEPS.exec(text) ?? DIRECTIVES.exec(text)
  if (steps !== null) {
    const before = text.slice(0, steps.index).split('\n')
    const column = (before.at(-1) ?? '').length + 1
    const isDeep = !steps[0].startsWith('%')
    const message = isDeep
      ? 'the file is nested too deeply: too many "- " in a row'
      : 'the file is no scenario: too many directives'
    return [finding('KS007', message, { file, line: before.length, column, endColumn: column + 1 })]
  }
  let line = 1
  let lineStart = 0
  let open = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10) {
      line += 1
      lineStart = i + 1
    } else if (code === 0x5b || code === 0x7b) {
      open += 1
      if (open > MAX_OPEN_BRACKETS) {
        const column = i - lineStart + 1
        const message = 'the file is nested too deeply: too many brackets are open'
        return [finding('KS007', message, { file, line, column, endColumn: column + 1 })]
      }
    } else if (code === 0x5d || code === 0x7d) {
      open -= 1
    } else if ((code < 32 && code !== 9 && code !== 13) || code === 127) {
      const column = i - lineStart + 1
      const message = `the control character 0x${code.toString(16).padStart(2, '0')} cannot stand in a text file`
      return [finding('KS006', message, { file, line, column, endColumn: column + 1 })]
    }
  }
  return []
}

/** Where lines begin. (The parser counts only those that it has understood.) */
class Lines {
  private readonly starts: readonly number[]

  constructor(text: string) {
    const starts = [0]
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.starts = starts
  }

  /** 1-based. */
  linePos(offset: number): { readonly line: number; readonly col: number } {
    let [low, high] = [0, this.starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, col: offset - (this.starts[low] ?? 0) + 1 }
  }
}

/** The part of [from, to) that is on its first line. */
function spanOf(file: string, lines: Lines, from: number, to: number, text: string): Span {
  const { line, col } = lines.linePos(from)
  let end = from
  while (end < to && end < text.length && text[end] !== '\n' && text[end] !== '\r') end++
  return { file, line: Math.max(1, line), column: Math.max(1, col), endColumn: Math.max(1, col) + (end - from) }
}

function finding(code: DiagnosticCode, message: string, span: Span): Finding {
  return { code, severity: 'error', message, ...span }
}

/** The parser's words, as ours: lower case, one line, no full stop. */
function sentence(message: string): string {
  const line = message.split('\n', 1)[0] ?? ''
  return line.slice(0, 1).toLowerCase() + line.slice(1).replace(/\.$/, '')
}
