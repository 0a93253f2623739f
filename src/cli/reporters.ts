// Which reporters were asked for, and where each writes: `--reporter github,junit=report.xml`.

import type { FindingsFormat } from '../../reports/findings.ts'
import { editSuggestion } from '../config/did-you-mean.ts'
import { flag, listOf } from './flags.ts'
import { UsageError } from './usage-error.ts'

export const REPORTERS = ['default', 'quiet', 'json', 'junit', 'github'] as const

export type ReporterName = (typeof REPORTERS)[number]

export interface ReporterChoice {
  readonly name: ReporterName
  /** As typed; undefined: standard output. */
  readonly file: string | undefined
}

/** At least one. `--json` and `--quiet` are short for reporters of these names. */
export function reportersOf(args: Readonly<Record<string, unknown>>): readonly ReporterChoice[] {
  const named = listOf(args['reporter']).flatMap((list) => list.split(',').map(readOne))
  const short = (['json', 'quiet'] as const).filter((name) => flag(args, name)).slice(0, 1)
  const chosen = [...short.map((name) => ({ name, file: undefined })), ...named]
  const choices = chosen.length === 0 ? [{ name: 'default' as const, file: undefined }] : unique(chosen)
  refuseSharing(choices)
  return choices
}

/** How what is wrong with a file is told by default: to GitHub as annotations, too. */
export function findingsBy(choices: readonly ReporterChoice[]): FindingsFormat {
  return choices.some(({ name }) => name === 'github') ? 'github' : 'text'
}

function readOne(text: string): ReporterChoice {
  const [, word = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text.trim()) ?? []
  const name = REPORTERS.find((known) => known === word)
  if (name === undefined) {
    const meant = editSuggestion(word, REPORTERS)
    const hint = meant === undefined ? `there are ${REPORTERS.join(', ')}` : `did you mean "${meant}"?`
    throw new UsageError(`there is no reporter "${word}"; ${hint}`)
  }
  if (file === '') throw new UsageError(`--reporter ${text}: the file has no name`)
  return { name, file }
}

function unique(choices: readonly ReporterChoice[]): ReporterChoice[] {
  const first = (choice: ReporterChoice): number =>
    choices.findIndex(({ name, file }) => name === choice.name && file === choice.file)
  return choices.filter((choice, i) => first(choice) === i)
}

/** Two in one place would be readable to nobody; annotations may stand among lines for people, as GitHub wants them. */
function refuseSharing(choices: readonly ReporterChoice[]): void {
  const takers = new Map<string, ReporterName>()
  for (const { name, file } of choices) {
    if (name === 'github' && file === undefined) continue
    const place = file ?? ''
    const other = takers.get(place)
    if (other !== undefined) {
      const where = file === undefined ? 'to standard output' : `to ${file}`
      throw new UsageError(
        `reporters ${other} and ${name} would both write ${where}; give one a file: --reporter ${other},${name}=FILE`,
      )
    }
    takers.set(place, name)
  }
  const machine = takers.get('')
  const annotates = choices.some(({ name, file }) => name === 'github' && file === undefined)
  if (annotates && (machine === 'json' || machine === 'junit')) {
    throw new UsageError(
      `reporters ${machine} and github would both write to standard output; give one a file: --reporter github,${machine}=FILE`,
    )
  }
}
