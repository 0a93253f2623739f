// Collects findings about places of a file, given by their path.

import type { Finding, Problem } from './diagnostics.ts'
import { nodeAt, type SourceNode, type SourcePath, type Span } from './source-tree.ts'

/** More than this nobody reads at once; the last one that is told says how many there are beyond. */
export const MOST_FINDINGS = 200

export class Reporter {
  readonly findings: Finding[] = []
  private untold = 0
  private untoldErrors = 0
  private readonly seen = new Set<string>()

  /** About the value at the path, or the nearest thing there is on the way. */
  at(path: SourcePath, problem: Problem, tree: SourceNode): void {
    this.add(problem, this.nearest(path, tree).span)
  }

  /** About the key at the end of the path. */
  atKey(path: SourcePath, problem: Problem, tree: SourceNode): void {
    const node = nodeAt(tree, path) ?? this.nearest(path, tree)
    this.add(problem, node.keySpan ?? node.span)
  }

  /** By place in the file; overrides last. */
  sorted(): Finding[] {
    return withRest(this.findings, this.untold)
  }

  /** What is found from now on is counted only: no use in looking for words. */
  get isFull(): boolean {
    return this.findings.length >= MOST_FINDINGS
  }

  get hasErrors(): boolean {
    return this.untoldErrors > 0 || this.findings.some(({ severity }) => severity === 'error')
  }

  private add(problem: Problem, span: Span): void {
    const { code, message, suggestion, severity = 'error' } = problem
    const key = `${span.file} ${span.line} ${span.column} ${code} ${message}`
    // Through aliases the same place can be wrong in the same way more than once.
    if (this.seen.has(key)) return
    this.seen.add(key)
    if (this.isFull) {
      this.untold += 1
      if (severity === 'error') this.untoldErrors += 1
      return
    }
    const finding: Finding = { code, severity, message, ...span }
    this.findings.push(suggestion === undefined ? finding : { ...finding, suggestion })
  }

  private nearest(path: SourcePath, tree: SourceNode): SourceNode {
    for (let length = path.length; length > 0; length--) {
      const node = nodeAt(tree, path.slice(0, length))
      if (node !== undefined) return node
    }
    return tree
  }
}

/** By place, at most so many as people read; `more` are not among them. */
export function withRest(findings: readonly Finding[], more = 0): Finding[] {
  const told = findings.slice(0, MOST_FINDINGS).toSorted(byPlace)
  const untold = more + findings.length - told.length
  const last = told.at(-1)
  if (untold === 0 || last === undefined) return told
  return [...told.slice(0, -1), { ...last, message: `${last.message}; and ${untold} more findings, not told here` }]
}

function byPlace(a: Finding, b: Finding): number {
  return Number(a.file === '--set') - Number(b.file === '--set') || a.line - b.line || a.column - b.column
}
