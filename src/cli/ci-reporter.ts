// Where reports for continuous integration go: JUnit's XML as a whole, GitHub's annotations into the log and a summary onto
// the page of the job.

import type { CiCase } from '../../reports/ci-case.ts'
import { counted } from '../../reports/figures.ts'
import { githubAnnotations, githubSummary } from '../../reports/github.ts'
import { junitXml } from '../../reports/junit.ts'
import type { Io } from './io.ts'
import { appendToStepSummary, pathInRepository } from './report-file.ts'

/** To be called once, with everything. */
export function ciReporter(name: 'junit' | 'github', io: Io): (cases: readonly CiCase[]) => void {
  if (name === 'junit') return (cases) => io.stdout.write(junitXml(cases))
  return (cases) => {
    const failed = cases.filter(({ status }) => status !== 'passed').length
    const lines = githubAnnotations(cases, (file) => pathInRepository(file, io))
    lines.push(
      `kafkasim: ${counted(cases.length, 'case')}, ${counted(cases.length - failed, 'as expected', 'as expected')}`,
    )
    io.stdout.write(lines.map((line) => `${line}\n`).join(''))
    appendToStepSummary(githubSummary(cases), io)
  }
}
