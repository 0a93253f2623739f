// Help, drawn from what commands declare. Our own, because yargs takes longer to load than help may take altogether: what
// only helps must not load it.

import { padEnd, widthOf, wrap } from '../../reports/terminal/cell-text.ts'
import type { Command, Example, Option } from './command.ts'
import { EXIT_CODES, type ExitCode } from './exit-codes.ts'

export const ABOUT = 'Runs a whole Kafka cluster on a virtual clock, breaks it on purpose, and judges what clients saw.'

/** Flags that every command takes. */
export const GENERAL_OPTIONS = {
  help: { alias: 'h', type: 'boolean', describe: 'Print this and do nothing' },
  version: { alias: 'v', type: 'boolean', describe: 'Print the version and do nothing' },
  color: { type: 'boolean', describe: 'Colours, also where no terminal is' },
  'no-color': { type: 'boolean', describe: 'No colours' },
} as const satisfies Readonly<Record<string, Option>>

const GENERAL_EXAMPLES: readonly Example[] = [
  { line: 'kafkasim run scenarios/leader-crash.yaml --seed 42', says: 'Crash a leader, see what happens' },
  { line: 'kafkasim fuzz --time 60s', says: 'Look for trouble for a minute' },
  { line: 'kafkasim list faults', says: 'What can be broken' },
]

/** Beyond this, a line is hard to read. */
const WIDEST = 110
const WIDEST_LABEL = 30

/** Of one command, or of all of them. */
export function helpText(commands: readonly Command[], command: Command | undefined, columns: number): string {
  const width = Math.min(WIDEST, columns)
  return command === undefined ? generalHelp(commands, width) : commandHelp(command, width)
}

function generalHelp(commands: readonly Command[], width: number): string {
  return text([
    ['kafkasim COMMAND [options]'],
    wrap(ABOUT, width),
    block(
      'Commands:',
      commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary] as const),
      width,
    ),
    block('General:', optionRows(GENERAL_OPTIONS), width),
    exampleLines(GENERAL_EXAMPLES, width),
    exitLines([0, 1, 2, 3, 4, 130, 143], width),
    ['More on a command: kafkasim help COMMAND'],
  ])
}

function commandHelp({ name, operands, description, options, examples }: Command, width: number): string {
  const groups = new Map<string, [string, Option][]>()
  for (const [flag, option] of Object.entries(options)) {
    if (option.hidden === true) continue
    const title = option.group ?? 'Options:'
    const group = groups.get(title) ?? []
    groups.set(title, [...group, [flag, option]])
  }
  const shape = ['kafkasim', name, operands, '[options]'].filter(Boolean).join(' ')
  const codes: readonly ExitCode[] = 'verify' in options ? [0, 1, 2, 3, 4, 130, 143] : [0, 1, 2, 3]
  return text([
    [shape],
    wrap(description, width),
    ...[...groups].map(([title, flags]) => block(title, optionRows(Object.fromEntries(flags)), width)),
    block('General:', optionRows(GENERAL_OPTIONS), width),
    exampleLines(examples, width),
    exitLines(codes, width),
  ])
}

function optionRows(options: Readonly<Record<string, Option>>): (readonly [string, string])[] {
  const shown = Object.entries(options).filter(([, { hidden }]) => hidden !== true)
  return shown.map(([name, { alias, value, type, describe }]) => {
    const short = typeof alias === 'string' ? `-${alias}, ` : ''
    const operand = type === 'boolean' ? '' : ` ${value ?? name.toUpperCase()}`
    return [`${short}--${name}${operand}`, describe ?? ''] as const
  })
}

/** Labels, and beside them what they mean, wrapped under itself; below a label that is too long for that. */
function block(title: string, rows: readonly (readonly [string, string])[], width: number): string[] {
  const labelWidth = Math.min(WIDEST_LABEL, Math.max(...rows.map(([label]) => widthOf(label))))
  return [
    title,
    ...rows.flatMap(([label, says]) => {
      const lines = wrap(says, width - labelWidth - 4)
      const beside = widthOf(label) <= labelWidth
      const [first = '', ...rest] = beside ? lines : ['', ...lines]
      const lead = `  ${padEnd(label, labelWidth)}  ${first}`.trimEnd()
      return [lead, ...rest.map((line) => ' '.repeat(labelWidth + 4) + line)]
    }),
  ]
}

function exampleLines(examples: readonly Example[], width: number): string[] {
  return ['Examples:', ...linesToCopy(examples, width)]
}

/** What each line is for, beside it if there is room for all, else below: what is to be copied is never broken. */
export function linesToCopy(examples: readonly Example[], width: number): string[] {
  const lineWidth = Math.max(...examples.map(({ line }) => widthOf(line)))
  const beside = examples.every(({ says }) => lineWidth + widthOf(says) + 4 <= width)
  return examples.flatMap(({ line, says }) =>
    beside
      ? [`  ${padEnd(line, lineWidth)}  ${says}`.trimEnd()]
      : [
          `  ${line}`,
          ...wrap(says, width - 6)
            .map((below) => `      ${below}`.trimEnd())
            .filter((below) => below !== ''),
        ],
  )
}

function exitLines(codes: readonly ExitCode[], width: number): string[] {
  return block(
    'Exit codes:',
    codes.map((code) => [String(code), EXIT_CODES[code]] as const),
    width,
  )
}

function text(paragraphs: readonly (readonly string[])[]): string {
  return paragraphs.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n')
}
