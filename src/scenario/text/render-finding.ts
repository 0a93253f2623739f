// A finding as people see it: `file:line:col severity CODE message`, the source line, a caret run under what is meant,
// the suggestion behind it. Plain text; colour is the terminal's business.

import type { Finding } from './diagnostics.ts'

/** Wider lines are shown around the place in question. */
const MAX_WIDTH = 160
const LEAD = 40
const GUTTER = 4

/** `sourceOf` gives the text of a file (for `--set`: one override a line), or undefined if it is not at hand. */
export function renderFindings(findings: readonly Finding[], sourceOf: (file: string) => string | undefined): string {
  const lines = new Map<string, readonly string[] | undefined>()
  const linesOf = (file: string): readonly string[] | undefined => {
    if (!lines.has(file)) lines.set(file, sourceOf(file)?.split(/\r\n|\n|\r/))
    return lines.get(file)
  }
  return findings.map((finding) => renderFinding(finding, linesOf(finding.file)?.[finding.line - 1])).join('\n')
}

/** Several lines, without a newline at the end. */
export function renderFinding(finding: Finding, sourceLine: string | undefined): string {
  const { file, line, column, endColumn, severity, code, message, suggestion } = finding
  const head = printable(`${file}:${line}:${column} ${severity} ${code} ${message}`)
  const hint = suggestion === undefined ? undefined : printable(suggestion)
  if (sourceLine === undefined || sourceLine.trim() === '') {
    return hint === undefined ? head : `${head}; ${hint}`
  }
  const from = sourceLine.length <= MAX_WIDTH || column <= MAX_WIDTH - LEAD ? 0 : column - 1 - LEAD
  const shown = sourceLine.slice(from, from + MAX_WIDTH)
  const left = from > 0 ? '…' : ''
  const right = from + MAX_WIDTH < sourceLine.length ? '…' : ''
  const before = left.length + column - 1 - from
  const carets = Math.max(1, Math.min(endColumn - column, from + MAX_WIDTH - (column - 1)))
  const number = String(line).padStart(GUTTER)
  // Tabs would push the carets aside.
  const source = `${number} | ${left}${printable(shown.replaceAll('\t', ' '))}${right}`
  const under = `${' '.repeat(number.length)} | ${' '.repeat(before)}${'^'.repeat(carets)}`
  return `${head}\n${source}\n${under}${hint === undefined ? '' : ` ${hint}`}`
}

/** A file must not be able to steer the terminal that shows what is wrong with it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD')
}
