// `kafkasim list`: what there is to run, to break, to check and to switch, with a line on each.

import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Chalk } from 'chalk'
import { printable } from '../../reports/terminal/cell-text.ts'
import { labelled, type Labelled, type Layout } from '../../reports/terminal/layout.ts'
import { palette } from '../../reports/terminal/palette.ts'
import type { SwitchDefinition } from '../switches/switches.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { colourLevel, columnsOf, type Io } from './io.ts'
import { type ListName, LISTS } from './list-names.ts'
import { scenarioNames, SUBFOLDERS } from './scenario-file.ts'
import { UsageError } from './usage-error.ts'

export async function list(what: string, io: Io): Promise<ExitCode> {
  const name = LISTS.find((known) => known === what)
  if (name === undefined) throw new UsageError(`list has no "${what}"; it lists ${LISTS.join(', ')}`)
  const layout: Layout = {
    palette: palette(new Chalk({ level: colourLevel(io, io.stdout) })),
    columns: columnsOf(io, io.stdout),
  }
  const entries = await entriesOf(name, io)
  const lines = labelled({ ...layout, palette: { ...layout.palette, faint: layout.palette.strong } }, 0, entries)
  if (lines.length === 0) io.stderr.write(`no ${name} found\n`)
  io.stdout.write(lines.map((line) => `${line}\n`).join(''))
  return EXIT.ok
}

async function entriesOf(name: ListName, io: Io): Promise<Labelled[]> {
  switch (name) {
    case 'scenarios':
      return scenarios(io)
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
    case 'switches': {
      const { SWITCHES } = await import('../switches/switches.ts')
      return Object.entries<SwitchDefinition>(SWITCHES).map(([label, row]) => {
        return { label, text: `${row.says}: ${byRelease(row)} (${row.rule}; ${row.changedBy})` }
      })
    }
  }
}

/** `true since 3.7, before that false`; `false (or true)` where all releases modelled do the same. */
function byRelease({ values: [today, before, ...older], since }: SwitchDefinition): string {
  const others = older.map((value) => ` or ${value}`).join('')
  return since === 'all'
    ? `${today} (or ${before}${others})`
    : `${today} since ${since}, before that ${before}${others}`
}

/** Optional keys carry their description inside or outside. */
function descriptionOf(key: { readonly description?: string; unwrap(): { readonly description?: string } }): string {
  return key.description ?? key.unwrap().description ?? ''
}

/** Those of ./scenarios and those that come with the package, by the path to run them by. */
async function scenarios(io: Io): Promise<Labelled[]> {
  const { parse } = await import('yaml')
  const folders = new Set([join(io.cwd, 'scenarios'), join(io.packageRoot, 'scenarios')])
  return [...folders].flatMap((folder) =>
    [...scenarioNames(folder, SUBFOLDERS).values()].map((name) => {
      const file = join(folder, name)
      const path = relative(io.cwd, file)
      return { label: path.startsWith('..') ? file : path, text: describe(file, parse) }
    }),
  )
}

function describe(file: string, parse: (yaml: string) => unknown): string {
  let content: unknown
  try {
    content = parse(readFileSync(file, 'utf8'))
  } catch {
    return '(not valid YAML)'
  }
  if (typeof content !== 'object' || content === null || !('description' in content)) return ''
  return printable(String(content.description))
}
