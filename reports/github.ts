// What GitHub Actions shows: annotations at lines of files, written as commands into the log, and a summary of the job in
// Markdown. GitHub shows ten annotations of a step, so that what many seeds say of one line is said once.

import type { CiCase, Problem } from './ci-case.ts'
import { count, counted } from './figures.ts'
import { githubAnnotation } from './github-command.ts'

interface Annotation {
  readonly file: string | undefined
  readonly problem: Problem
  readonly first: CiCase
  cases: number
}

/** `pathOf` is a file as the repository knows it. */
export function githubAnnotations(cases: readonly CiCase[], pathOf: (file: string) => string): string[] {
  return annotationsOf(cases).map(({ file, problem, first, cases: n }) => {
    const { title, message, place } = problem
    const others = n > 1 ? `, and ${counted(n - 1, 'other case')}` : ''
    const replay = first.replay === undefined ? '' : ` Replay: ${first.replay}`
    const record = first.records?.find((command) => names(message, command))
    const asks = record === undefined ? '' : ` Record: ${record}.`
    const where =
      file === undefined ? undefined : { file: pathOf(file), line: place?.line ?? 1, column: place?.column ?? 1 }
    return githubAnnotation('error', title, `${message} (${first.label}${others}).${asks}${replay}`, where)
  })
}

/** Markdown for the page of the job. */
export function githubSummary(cases: readonly CiCase[]): string {
  const failed = cases.filter(({ status }) => status !== 'passed')
  const heading = failed.length === 0 ? '✅ kafkasim' : '❌ kafkasim'
  const lines = [
    `### ${heading}: ${count(cases.length - failed.length)} of ${counted(cases.length, 'case')} as expected`,
    '',
  ]
  if (failed.length > 0) {
    lines.push('| | what | first | cases | replay |', '|---|---|---|--:|---|')
    for (const { problem, first, cases: n } of annotationsOf(cases).slice(0, MOST_ROWS)) {
      const replay = first.replay === undefined ? '' : code(first.replay)
      const what = `**${cell(problem.title)}**: ${cell(problem.message)}`
      lines.push(`| ✘ | ${what} | ${cell(first.label)} | ${n} | ${replay} |`)
    }
    lines.push('')
  }
  return lines.join('\n')
}

const MOST_ROWS = 50

/** One for each thing that went wrong in each place, by its first case. */
function annotationsOf(cases: readonly CiCase[]): Annotation[] {
  const found = new Map<string, Annotation>()
  for (const each of cases) {
    for (const problem of each.problems) {
      const key = JSON.stringify([each.file ?? each.name, each.suite, problem.title])
      const known = found.get(key)
      if (known === undefined) found.set(key, { file: each.file, problem, first: each, cases: 1 })
      else known.cases++
    }
  }
  return [...found.values()]
}

function cell(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]<>|#]/g, (char) => `\\${char}`)
}

/** A backtick would end it, a bar the cell. */
function code(text: string): string {
  return text.includes('`') ? cell(text) : `\`${text.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '\\|')}\``
}

/** Is this the command for the record that the message names? */
function names(message: string, command: string): boolean {
  const record = / --record (\S+) /.exec(command)?.[1]
  return record !== undefined && message.includes(`${record} `)
}
