// Findings about scenario files, for people, for editors and for CI: text with carets, JSON Lines, annotations of GitHub
// Actions.

import { githubAnnotation } from './github-command.ts'
import { DIAGNOSTICS, docsOf, type Finding } from '../src/scenario/text/diagnostics.ts'
import { renderFindings } from '../src/scenario/text/render-finding.ts'

export const FINDINGS_FORMATS = ['text', 'json', 'github'] as const
export type FindingsFormat = (typeof FINDINGS_FORMATS)[number]

/** One object a line with `--format json`. Keys and their order are a contract (docs/diagnostics.md). */
export interface FindingJson {
  /** As typed; `--set` for overrides, whose line is the number of the override. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 units. */
  readonly column: number
  /** The same: findings are on one line. */
  readonly endLine: number
  /** After the last character. */
  readonly endColumn: number
  readonly severity: 'error' | 'warn'
  readonly code: string
  /** Of the code, the same for all its findings. */
  readonly title: string
  readonly message: string
  /** Null if there is none. */
  readonly suggestion: string | null
  /** From the root of this package. */
  readonly docs: string
}

/** Lines ended by line feeds; empty without findings. `sourceOf` is as in `renderFindings`. */
export function findingsReport(
  findings: readonly Finding[],
  format: FindingsFormat,
  sourceOf: (file: string) => string | undefined,
): string {
  const [first] = findings
  if (first === undefined) return ''
  switch (format) {
    case 'text':
      return `${harmless(renderFindings(findings, sourceOf))}\nMore: kafkasim explain ${codesIn(findings)}\n`
    case 'json':
      return findings.map((finding) => `${JSON.stringify(findingJson(finding))}\n`).join('')
    case 'github':
      return findings.map((finding) => `${annotation(finding)}\n`).join('')
  }
}

export function findingJson(finding: Finding): FindingJson {
  const { file, line, column, endColumn, severity, code, message, suggestion = null } = finding
  const { title } = DIAGNOSTICS[code]
  return {
    file,
    line,
    column,
    endLine: line,
    endColumn,
    severity,
    code,
    title,
    message,
    suggestion,
    docs: docsOf(code),
  }
}

/** `KS103`, or `KS103 (or KS204, KS301)`. */
function codesIn(findings: readonly Finding[]): string {
  const [first = '', ...others] = new Set(findings.map(({ code }) => code))
  return others.length === 0 ? first : `${first} (or ${others.join(', ')})`
}

function annotation({ file, line, column, endColumn, severity, code, message, suggestion }: Finding): string {
  const level = severity === 'error' ? 'error' : 'warning'
  const words = suggestion === undefined ? message : `${message}; ${suggestion}`
  // An override stands in no file.
  return githubAnnotation(level, code, words, file === '--set' ? undefined : { file, line, column, endColumn })
}

/** Findings quote the file: whatever is in it must not control the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, '\ufffd')
}
