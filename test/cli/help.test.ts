// Help, as it is read: at two widths, without a line that is too long, and without loading what it does not need.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/cli/command.ts'
import { main } from '../../src/cli/command-line.ts'
import { COMMANDS } from '../../src/cli/commands/all.ts'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import { helpText } from '../../src/cli/help.ts'
import { FakeIo } from './fake-io.ts'

const TOPICS = [undefined, ...COMMANDS]

async function help(name: string | undefined, columns: number): Promise<string> {
  const io = new FakeIo({ isTTY: true, columns })
  const code = await main(name === undefined ? ['--help'] : [name, '--help'], io)
  expect({ code, err: io.err }).toEqual({ code: 0, err: '' })
  return io.out
}

describe.each(TOPICS.map((command) => ({ name: command?.name, topic: command?.name ?? 'kafkasim' })))(
  'help on $topic',
  ({ name, topic }) => {
    it.each([80, 120])('reads well %i columns wide', async (columns) => {
      await expect(await help(name, columns)).toMatchFileSnapshot(`snapshots/help-${topic}-${columns}.txt`)
    })

    it.each([60, 80, 110])('keeps to %i columns, but for lines to be copied', async (columns) => {
      const lines = (await help(name, columns)).split('\n')
      const tooLong = lines.filter((line) => line.length > columns && !/^ {2}kafkasim /.test(line))
      expect(tooLong).toEqual([])
    })
  },
)

describe('help', () => {
  it('names every command, every option, and what the exit codes mean', async () => {
    const all = await help(undefined, 100)
    for (const { name, summary } of COMMANDS)
      expect(all).toMatch(new RegExp(`^  ${name} .*${summary.slice(0, 20)}`, 'm'))
    for (const [code, says] of Object.entries(EXIT_CODES)) expect(all).toContain(`  ${code.padEnd(3)}  ${says}\n`)
    for (const { name, options } of COMMANDS) {
      const one = await help(name, 100)
      for (const [flag, { describe: says = '', hidden }] of Object.entries(options)) {
        expect(one.includes(`--${flag}`)).toBe(hidden !== true)
        if (hidden === true) continue
        expect(one).toMatch(new RegExp(`--${flag}\\b`))
        expect(one.replaceAll(/\s+/g, ' ')).toContain(says)
      }
    }
  })

  it('never breaks an example, and tells what it is for beside it where there is room', () => {
    const line = `kafkasim run ${'x'.repeat(60)}.yaml`
    const examples = [{ line, says: 'long' }]
    const [command] = COMMANDS
    const shown = (columns: number) => helpText([], command && { ...command, examples }, columns)
    expect(shown(80)).toContain(`\n  ${line}\n      long\n`)
    expect(shown(110)).toContain(`\n  ${line}  long\n`)
  })

  it('says what options take', () => {
    const options = COMMANDS.flatMap((command) => Object.entries(command.options))
    for (const [flag, { type, requiresArg, value }] of options) {
      // A flag that may go without its value would swallow the file behind it.
      expect({ flag, requiresArg }).toEqual({ flag, requiresArg: type === 'boolean' ? undefined : true })
      if (type === 'boolean') expect(value).toBeUndefined()
    }
    const [first] = COMMANDS
    const command: Command | undefined = first && {
      ...first,
      options: { row: { type: 'string' }, set: { type: 'string', value: 'PATH=VALUE' }, json: { type: 'boolean' } },
    }
    expect(helpText([], command, 80)).toMatch(/ --row ROW\n {2}--set PATH=VALUE\n {2}--json\n/)
  })
})

const PROGRAM = join(import.meta.dirname, '../../dist/kafkasim.js')

describe.skipIf(!existsSync(PROGRAM))('the built program', () => {
  // How long help takes is measured elsewhere (a busy machine proves nothing); this is why it is quick.
  it('loads neither the parser of flags nor the simulator to help', () => {
    const imports = /^import\s*(?:[^;]*?from\s*)?"(\.\/kafkasim-[\w]+\.js)"/gm
    const loaded = new Set<string>()
    const load = (file: string): void => {
      if (loaded.has(file)) return
      loaded.add(file)
      const text = readFileSync(file, 'utf8')
      for (const [, chunk = ''] of text.matchAll(imports)) load(join(PROGRAM, '..', chunk))
    }
    load(PROGRAM)
    const bytes = [...loaded].reduce((sum, file) => sum + readFileSync(file).length, 0)
    expect(bytes).toBeLessThan(120_000)
    expect(execFileSync(process.execPath, [PROGRAM, 'help', 'run'], { encoding: 'utf8' })).toContain(
      'kafkasim run FILE..',
    )
  })
})
