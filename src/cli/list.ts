// `kafkasim list`: what there is to run, to break, to check and to switch, with a line on each.

import { Chalk } from 'chalk'
import { labelled, type Labelled, type Layout } from '../../reports/terminal/layout.ts'
import { palette } from '../../reports/terminal/palette.ts'
import { editSuggestion } from '../config/did-you-mean.ts'
import type { SwitchDefinition } from '../switches/switches.ts'
import { byRelease, descriptionOf } from './catalogue-texts.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { colourLevel, columnsOf, type Io } from './io.ts'
import { type ListName, LISTS } from './list-names.ts'
import { listFolder, listScenarios } from './list-scenarios.ts'
import { UsageError } from './usage-error.ts'

export async function list(what: string, io: Io): Promise<ExitCode> {
  const name = LISTS.find((known) => known === what)
  const entries = name === undefined ? await listFolder(what, io) : await entriesOf(name, io)
  if (entries === undefined) {
    const near = editSuggestion(what, LISTS)
    const hint =
      near === undefined ? `it lists ${LISTS.join(', ')}, or the scenarios of a folder` : `did you mean "${near}"?`
    throw new UsageError(`list has no "${what}"; ${hint}`)
  }
  const layout: Layout = {
    palette: palette(new Chalk({ level: colourLevel(io, io.stdout) })),
    columns: columnsOf(io, io.stdout),
  }
  const lines = labelled({ ...layout, palette: { ...layout.palette, faint: layout.palette.strong } }, 0, entries)
  if (lines.length === 0) io.stderr.write(`no ${what} found\n`)
  io.stdout.write(lines.map((line) => `${line}\n`).join(''))
  return EXIT.ok
}

async function entriesOf(name: ListName, io: Io): Promise<Labelled[]> {
  switch (name) {
    case 'scenarios':
      return listScenarios(io)
    case 'expectations': {
      const { EXPECTATION_PAGES } = await import('./explain/words/expectation-pages.ts')
      return Object.values(EXPECTATION_PAGES).map(({ form, says }) => ({ label: form, text: says }))
    }
    case 'invariants': {
      const { INVARIANTS } = await import('../invariants/index.ts')
      return INVARIANTS.map(({ id, rule, statement }) => ({ label: id, text: `${statement} (${rule})` }))
    }
    case 'marks': {
      const { MARKS } = await import('../marks/index.ts')
      return MARKS.map(({ id, rule, statement }) => ({ label: id, text: `${statement} (${rule})` }))
    }
    case 'faults': {
      const { FAULT_VERBS, faultSchema } = await import('../scenario/faults/fault-schema.ts')
      const { shape } = faultSchema
      return FAULT_VERBS.map((verb) => ({ label: verb, text: descriptionOf(shape[verb]) }))
    }
    case 'buggify': {
      const { BUGGIFY_POINTS } = await import('../buggify/points.ts')
      return Object.entries(BUGGIFY_POINTS).map(([label, { where, what, why }]) => ({
        label,
        text: `${what} — ${why} (${where})`,
      }))
    }
    case 'myths': {
      const { CLAIMS } = await import('../myths/myths.ts')
      return CLAIMS.map(({ id, slug, claim }) => ({ label: `${id} ${slug}`, text: claim }))
    }
    case 'switches': {
      const { SWITCHES } = await import('../switches/switches.ts')
      return Object.entries<SwitchDefinition>(SWITCHES).map(([label, row]) => {
        return { label, text: `${row.says}: ${byRelease(row)} (${row.rule}; ${row.changedBy})` }
      })
    }
  }
}
