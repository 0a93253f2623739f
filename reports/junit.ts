// JUnit's XML, as Surefire writes it and Jenkins, GitLab and others read it: suites of cases, each with at most one failure.
// Holds no date: but for how long things took, the same runs give the same text.

import type { CiCase } from './ci-case.ts'

/** The whole document. */
export function junitXml(cases: readonly CiCase[]): string {
  const suites = new Map<string, CiCase[]>()
  for (const each of cases) {
    const suite = suites.get(each.suite)
    if (suite === undefined) suites.set(each.suite, [each])
    else suite.push(each)
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="kafkasim"${counts(cases)}>`,
    ...[...suites.values()].flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteLines(cases: readonly CiCase[]): string[] {
  const name = cases[0]?.suite ?? ''
  return [`  <testsuite name="${attribute(name)}"${counts(cases)}>`, ...cases.flatMap(caseLines), '  </testsuite>']
}

function counts(cases: readonly CiCase[]): string {
  const of = (status: CiCase['status']): number => cases.filter((each) => each.status === status).length
  const wallMs = cases.reduce((sum, each) => sum + each.wallMs, 0)
  return ` tests="${cases.length}" failures="${of('failed')}" errors="${of('error')}" skipped="0" time="${seconds(wallMs)}"`
}

function caseLines({ suite, name, file, wallMs, status, problems, records = [], replay }: CiCase): string[] {
  const classname = file ?? suite
  const open = `    <testcase classname="${attribute(classname)}" name="${attribute(name)}" time="${seconds(wallMs)}"`
  const [first] = problems
  if (status === 'passed' || first === undefined) return [`${open}/>`]
  const kind = status === 'failed' ? 'failure' : 'error'
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const message = attribute(`${first.title}: ${first.message}${more}`)
  const lines = problems.map(({ title, message: says, place }) => {
    const at = file === undefined ? '' : place === undefined ? `${file}: ` : `${file}:${place.line}:${place.column}: `
    return `${at}${title}: ${says}`
  })
  for (const record of records) lines.push(`record: ${record}`)
  if (replay !== undefined) lines.push(`replay: ${replay}`)
  return [
    `${open}>`,
    `      <${kind} message="${message}" type="${attribute(first.title)}">${content(lines.join('\n'))}</${kind}>`,
    '    </testcase>',
  ]
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** What a parser would turn into blanks is written as a reference. */
function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}

function content(text: string): string {
  return allowed(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** XML 1.0 has no way to write most control characters, nor halves of pairs. */
function allowed(text: string): string {
  return text.replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}
