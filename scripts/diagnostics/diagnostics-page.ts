// docs/diagnostics.md, made of the catalogue: a section for each code, with the message that the bad example is told.

import { EXAMPLE_BASE, exampleFile } from '../../src/scenario/text/catalogue/diagnostic-page.ts'
import {
  type DiagnosticCode,
  type DiagnosticPage,
  DIAGNOSTICS,
  isDiagnosticCode,
} from '../../src/scenario/text/diagnostics.ts'
import { renderFindings } from '../../src/scenario/text/render-finding.ts'
import { loadScenario } from '../../src/simulate.ts'

const GROUPS: readonly { readonly prefix: string; readonly title: string }[] = [
  { prefix: 'KS0', title: 'The text' },
  { prefix: 'KS1', title: 'Keys and values' },
  { prefix: 'KS2', title: 'Faults and expectations' },
  { prefix: 'KS3', title: 'Warnings: legal, and probably not meant' },
  { prefix: 'KS4', title: 'What was typed' },
]

export const CODES: readonly DiagnosticCode[] = Object.keys(DIAGNOSTICS).filter(isDiagnosticCode).toSorted()

export function diagnosticsPage(): string {
  const lines = [
    '# What a scenario file can be told',
    '',
    '<!-- Made by `npm run generate` of src/scenario/text/catalogue: edit that. -->',
    '',
    'Every finding has a code that stays the same from release to release. Errors keep a file from running (exit code 2);',
    'warnings (KS3xx and some others) do not, unless `kafkasim check --strict` is asked. `kafkasim check FILE` tells all of',
    'them without running anything.',
    '',
    '`--format json` prints one object a line for each finding, with these keys:',
    '',
    '| key | |',
    '|---|---|',
    '| `file` | as typed; `--set` for an override, whose `line` is the number of the override |',
    '| `line`, `column`, `endLine`, `endColumn` | where, counted from 1, columns in UTF-16 units; the end is after the last character |',
    '| `severity` | `error` or `warn` |',
    '| `code`, `title` | `KS103`, and what that is |',
    '| `message`, `suggestion` | what is wrong here; what to do, or null |',
    '| `docs` | the section of this page, from the root of the package |',
    '',
    '`--format github` prints annotations of GitHub Actions (`::error file=…,line=…,col=…,endColumn=…,title=KS103::…`). `run` and',
    '`fuzz` take `--format`, too, for what they find wrong with a file.',
    '',
    'The examples are keys of a file that otherwise is:',
    '',
    ...fenced(EXAMPLE_BASE),
  ]
  for (const { prefix, title } of GROUPS) {
    lines.push('', `## ${title}`, '', '| code | |', '|---|---|')
    const codes = CODES.filter((code) => code.startsWith(prefix))
    for (const code of codes) lines.push(`| [${code}](#${code.toLowerCase()}) | ${DIAGNOSTICS[code].title} |`)
    for (const code of codes) lines.push(...section(code))
  }
  return `${lines.join('\n')}\n`
}

function section(code: DiagnosticCode): string[] {
  const page: DiagnosticPage = DIAGNOSTICS[code]
  return [
    '',
    // The anchor of a heading is made of all its words; this one is the code alone.
    `### <a id="${code.toLowerCase()}"></a>${code}`,
    '',
    `**${page.title.slice(0, 1).toUpperCase()}${page.title.slice(1)}.** ${page.says}`,
    '',
    'Not so:',
    '',
    ...fenced(page.bad.replaceAll('\u0000', '\\0')),
    '',
    ...told(code, page),
    'But so:',
    '',
    ...fenced(page.good),
  ]
}

/** What the bad example is told; nothing for what is typed. */
function told(code: DiagnosticCode, page: DiagnosticPage): string[] {
  if (code.startsWith('KS4')) return []
  const text = exampleFile(page.bad, page)
  const result = loadScenario(text, { file: 'example.yaml' })
  const found = (result.ok ? result.warnings : result.findings).filter((finding) => finding.code === code)
  return [...fenced(renderFindings(found.slice(0, 1), () => text)), '']
}

function fenced(text: string): string[] {
  return ['```text', ...text.trimEnd().split('\n'), '```']
}
