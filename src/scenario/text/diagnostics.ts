// Everything a scenario file can be told: one catalogue of stable codes, and what a finding is. KS0xx: the text is no
// usable YAML. KS1xx: keys and values. KS2xx: faults and expectations. KS3xx: legal, but probably not meant. KS4xx: what
// was typed. Each code has a page (title, paragraph, a bad and a good example), of which docs/diagnostics.md is made.

import { KEY_PAGES } from './catalogue/key-pages.ts'
import { MEANING_PAGES } from './catalogue/meaning-pages.ts'
import { TEXT_PAGES } from './catalogue/text-pages.ts'
import { TYPED_PAGES } from './catalogue/typed-pages.ts'
import { WARNING_PAGES } from './catalogue/warning-pages.ts'

export type { DiagnosticPage } from './catalogue/diagnostic-page.ts'

export const DIAGNOSTICS = { ...TEXT_PAGES, ...KEY_PAGES, ...MEANING_PAGES, ...WARNING_PAGES, ...TYPED_PAGES } as const

export type DiagnosticCode = keyof typeof DIAGNOSTICS

export interface Finding {
  readonly code: DiagnosticCode
  readonly severity: 'error' | 'warn'
  readonly message: string
  /** As given to the loader; `--set` for overrides, whose line is the number of the override. */
  readonly file: string
  /** 1-based; the end column is that after the last character, on the same line. */
  readonly line: number
  readonly column: number
  readonly endColumn: number
  readonly suggestion?: string
}

/** Where the page of a code stands, as a link from the root of the package. */
export function docsOf(code: DiagnosticCode): string {
  return `docs/diagnostics.md#${code.toLowerCase()}`
}

export function isDiagnosticCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(DIAGNOSTICS, text)
}

/** A finding without its place: where is known by its path. */
export interface Problem {
  readonly code: DiagnosticCode
  readonly severity?: 'error' | 'warn'
  readonly message: string
  readonly suggestion?: string | undefined
}
