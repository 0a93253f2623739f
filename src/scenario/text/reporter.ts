// Collects findings about places of a file, given by their path.

import type { Finding, Problem } from './diagnostics.ts'
import { nodeAt, type SourceNode, type SourcePath, type Span } from './source-tree.ts'

export class Reporter {
  readonly findings: Finding[] = []
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
    return this.findings.toSorted(
      (a, b) => Number(a.file === '--set') - Number(b.file === '--set') || a.line - b.line || a.column - b.column,
    )
  }

  get hasErrors(): boolean {
    return this.findings.some(({ severity }) => severity === 'error')
  }

  private add(problem: Problem, span: Span): void {
    const { code, message, suggestion, severity = 'error' } = problem
    const key = `${span.file} ${span.line} ${span.column} ${code} ${message}`
    // Through aliases the same place can be wrong in the same way more than once.
    if (this.seen.has(key)) return
    this.seen.add(key)
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
