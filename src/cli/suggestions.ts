// What may stand where someone is typing: commands, flags, what a flag takes, scenario files, words of `kafkasim list`.

import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command, Option } from './command.ts'
import { GENERAL_OPTIONS } from './help.ts'

export interface Suggestion {
  readonly word: string
  /** What it is, for shells that show it. */
  readonly says: string
}

/** `words` are those behind `kafkasim`; the last is being typed and may be empty. None: let the shell complete a file. */
export function suggestions(words: readonly string[], commands: readonly Command[], cwd: string): Suggestion[] {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  return candidates(before, typed, commands, cwd).filter(({ word }) => word.startsWith(typed))
}

function candidates(
  before: readonly string[],
  typed: string,
  commands: readonly Command[],
  cwd: string,
): readonly Suggestion[] {
  const named = commands.map(({ name, summary }) => ({ word: name, says: summary }))
  const command = commands.find(({ name }) => name === before[0])
  if (before[0] === 'help') return before.length === 1 ? named : []
  if (command === undefined) {
    if (before.length > 0) return []
    return typed.startsWith('-') ? flags(GENERAL_OPTIONS) : [...named, { word: 'help', says: 'Help with a command' }]
  }
  const options: Readonly<Record<string, Option>> = { ...command.options, ...GENERAL_OPTIONS }
  const awaited = before.includes('--') ? undefined : awaitedBy(before.at(-1), options)
  if (awaited !== undefined) return listed(awaited, typed)
  if (typed.startsWith('-') && !before.includes('--')) return flags(options)
  return operands(command, typed, cwd)
}

/** The option whose value comes next. */
function awaitedBy(word: string | undefined, options: Readonly<Record<string, Option>>): Option | undefined {
  const name = word?.startsWith('--') === true ? word.slice(2) : ''
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  return option === undefined || option.type === 'boolean' ? undefined : option
}

/** `github,ju`: the last of a list. */
function listed({ offers = [] }: Option, typed: string): readonly Suggestion[] {
  const head = typed.slice(0, typed.lastIndexOf(',') + 1)
  const taken = head.split(',')
  return offers.filter((word) => !taken.includes(word)).map((word) => ({ word: `${head}${word}`, says: '' }))
}

function flags(options: Readonly<Record<string, Option>>): Suggestion[] {
  return Object.entries(options)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, { describe = '' }]) => ({ word: `--${name}`, says: describe }))
}

function operands({ completes }: Command, typed: string, cwd: string): readonly Suggestion[] {
  switch (completes?.kind) {
    case undefined:
      return []
    case 'words':
      return [...completes.words.map((word) => ({ word, says: '' })), ...inFolder(typed, cwd, undefined)]
    case 'files':
      return inFolder(typed, cwd, /\.(?:ya?ml|json)$/)
    case 'folders':
      return inFolder(typed, cwd, undefined)
  }
}

/** Folders, and files of a kind, in the folder that has been typed so far. */
function inFolder(typed: string, cwd: string, files: RegExp | undefined): Suggestion[] {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1)
  try {
    const entries = readdirSync(resolve(cwd, folder === '' ? '.' : folder), { withFileTypes: true })
    const shown = entries.filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    return shown
      .flatMap((entry) => {
        if (entry.isDirectory()) return [{ word: `${folder}${entry.name}/`, says: 'folder' }]
        return files?.test(entry.name) === true ? [{ word: `${folder}${entry.name}`, says: '' }] : []
      })
      .toSorted((a, b) => (a.word < b.word ? -1 : 1))
  } catch {
    return []
  }
}
