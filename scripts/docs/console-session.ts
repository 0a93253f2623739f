// What a `console` block of the documentation shows: commands after `$ `, below each what it prints. Commands are run
// here, `npx kafkasim` in this process (a pipe behind it in a shell), so that what is shown is what happens.
//
// `cat FILE` shows a file of the repository; `2>/dev/null` leaves out what is told beside what is printed.
//
// Times that depend on the machine are shown as they once were measured and are never compared: `in 1.33 s`,
// `45× real time`, `"wallMs":1332.1`.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { main } from '../../src/cli/command-line.ts'
import { engine as realEngine } from '../../src/cli/engine.ts'
import type { Engine } from '../../src/cli/engine-interface.ts'
import type { Io, Output } from '../../src/cli/io.ts'

export interface Step {
  readonly command: string
  /** What is printed, to both outputs; lines ended by line feeds. */
  readonly output: string
}

const PROMPT = '$ '
const UNHEARD = / 2>\/dev\/null *$/

export function stepsOf(content: string): Step[] {
  const steps: { command: string; output: string }[] = []
  for (const line of content.split('\n').slice(0, -1)) {
    const last = steps.at(-1)
    if (line.startsWith(PROMPT)) steps.push({ command: line.slice(PROMPT.length), output: '' })
    else if (last === undefined) throw new Error(`a console block begins with a command, not with "${line}"`)
    else last.output += `${line}\n`
  }
  return steps
}

export function contentOf(steps: readonly Step[]): string {
  return steps.map(({ command, output }) => `${PROMPT}${command}\n${output}`).join('')
}

/** What must be the same on every machine. */
export function comparable(output: string): string {
  return output
    .replaceAll(/\bin [\d.]+ (?:ms|s)\b/g, 'in # s')
    .replaceAll(/\b\d[\d. ]*× real time/g, '#× real time')
    .replaceAll(/"wallMs":[\d.]+/g, '"wallMs":#')
}

/** Runs the commands of one block, one after the other, from the root of the repository. */
export class ConsoleSession {
  private readonly root: string
  private readonly engine: Engine
  private lastExitCode = 0

  constructor(root: string, engine: Engine = realEngine) {
    this.root = root
    this.engine = engine
  }

  async run(command: string): Promise<string> {
    if (command === 'echo $?') return `${this.lastExitCode}\n`
    const shown = /^cat ([\w./-]+)$/.exec(command)?.[1]
    if (shown !== undefined) return readFileSync(join(this.root, shown), 'utf8')
    const [, typed = '', filter] = /^npx kafkasim(?=\s|$)((?:'[^']*'|"[^"]*"|[^'"|])*)(?:\|(.*))?$/.exec(command) ?? []
    const args = typed.replace(UNHEARD, '')
    if (typed === '' && command !== 'npx kafkasim')
      throw new Error(`only npx kafkasim, cat and echo $? can be run here, not: ${command}`)
    let told = ''
    let printed = ''
    const printing: Output = { write: (text) => void (printed += text), isTTY: false, columns: undefined }
    // With a pipe, what is told goes past it.
    const apart = { ...printing, write: (text: string) => void (told += text) }
    const telling = filter === undefined && args === typed ? printing : apart
    this.lastExitCode = await main(wordsOf(args), this.io(printing, telling), () => Promise.resolve(this.engine))
    if (args !== typed) told = ''
    return filter === undefined ? printed : told + this.filtered(printed, filter)
  }

  private filtered(input: string, filter: string): string {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', filter], { input, cwd: this.root, encoding: 'utf8' })
    this.lastExitCode = status ?? 1
    return stdout + stderr
  }

  private io(stdout: Output, stderr: Output): Io {
    const { root } = this
    return { stdout, stderr, env: {}, cwd: root, packageRoot: root, platform: 'any', nowMs: () => performance.now() }
  }
}

/** Quotes, and nothing else of a shell. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
  return words.map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}
