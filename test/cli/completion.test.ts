// Completion: what is offered where, and that a shell really gets it.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { COMMANDS } from '../../src/cli/commands/all.ts'
import { completionScript } from '../../src/cli/completion-scripts.ts'
import { suggestions } from '../../src/cli/suggestions.ts'
import { FakeIo } from './fake-io.ts'

const ROOT = resolve(import.meta.dirname, '../..')

function offered(line: string, cwd = ROOT): string[] {
  return suggestions(line.split(' ').slice(1), COMMANDS, cwd).map(({ word }) => word)
}

describe('completion offers', () => {
  it('commands, and what they are', () => {
    expect(offered('kafkasim ')).toEqual([...COMMANDS.map(({ name }) => name), 'help'])
    expect(offered('kafkasim f')).toEqual(['fuzz'])
    expect(offered('kafkasim help fu')).toEqual(['fuzz'])
    expect(offered('kafkasim help fuzz ')).toEqual([])
    expect(suggestions(['run'], COMMANDS, ROOT)).toEqual([{ word: 'run', says: 'Run scenario files and judge them' }])
  })

  it('the flags of the command, and those of all', () => {
    expect(offered('kafkasim run --se')).toEqual(['--seed', '--set'])
    expect(offered('kafkasim run x.yaml --no')).toEqual(['--no-color'])
    expect(offered('kafkasim --ver')).toEqual(['--version'])
    expect(offered('kafkasim fuzz --runs 3 --ti')).toEqual(['--time'])
    expect(offered('kafkasim completion --')).not.toContain('--suggest')
    expect(offered('kafkasim nothing --')).toEqual([])
  })

  it('what a flag takes, and of a list what is not in it yet', () => {
    expect(offered('kafkasim run --reporter j')).toEqual(['json', 'junit'])
    expect(offered('kafkasim run --reporter github,')).toEqual([
      'github,default',
      'github,quiet',
      'github,json',
      'github,junit',
    ])
  })

  it('nothing where only the shell can know: a file to write', () => {
    expect(offered('kafkasim run --trace ')).toEqual([])
    expect(offered('kafkasim run --seed ')).toEqual([])
  })

  it('scenario files and folders, from where one is', () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'deep'))
    mkdirSync(join(io.cwd, '.git'))
    for (const name of ['b.yaml', 'a.yml', 'c.txt', 'deep/d.yaml']) io.file(name, '')
    expect(offered('kafkasim run ', io.cwd)).toEqual(['a.yml', 'b.yaml', 'deep/'])
    expect(offered('kafkasim run deep/', io.cwd)).toEqual(['deep/d.yaml'])
    expect(offered('kafkasim run --verify b', io.cwd)).toEqual(['b.yaml'])
    expect(offered('kafkasim run -- b', io.cwd)).toEqual(['b.yaml'])
    expect(offered('kafkasim run nowhere/', io.cwd)).toEqual([])
    expect(offered('kafkasim init ', io.cwd)).toEqual(['deep/'])
  })

  it('what can be listed', () => {
    expect(offered('kafkasim list fau')).toEqual(['faults'])
    expect(offered('kafkasim list scen')).toEqual(['scenarios', 'scenarios/'])
  })
})

describe('kafkasim completion', () => {
  it.each(['bash', 'zsh', 'fish'] as const)('prints a script for %s that asks back', async (shell) => {
    const io = new FakeIo()
    expect(await main(['completion', shell], io)).toBe(0)
    expect(io.out).toBe(completionScript(shell))
    expect(io.out).toContain('completion --suggest -- ')
  })

  it.each([
    ['completion', 'completion needs a shell; there are bash, zsh, fish'],
    ['completion tcsh', 'completion is not made for "tcsh"; there are bash, zsh, fish'],
    ['completion bash zsh', 'completion is not made for "bash zsh"'],
    ['schema x', 'schema takes nothing, not "x"'],
  ])('refuses "%s"', async (line, complaint) => {
    const io = new FakeIo()
    expect(await main(line.split(' '), io)).toBe(2)
    expect(io.err).toContain(`kafkasim: ${complaint}`)
  })

  it('answers even while nonsense is being typed', async () => {
    for (const words of [
      ['--sed'],
      ['run', '--sed=', '-x'],
      ['run', '--', ''],
      ['run', '--help', ''],
      ['run', '--constructor', ''],
      ['\u0000'],
    ]) {
      const io = new FakeIo()
      expect(await main(['completion', '--suggest', '--', ...words], io)).toBe(0)
      expect(io.err).toBe('')
    }
  })

  it('completes in bash', () => {
    const script = `
      kafkasim() { "${process.execPath}" --import tsx src/cli/main.ts "$@"; }
      source /dev/stdin <<'END'
${completionScript('bash')}
END
      COMP_WORDS=(kafkasim run scenarios/leader-c); COMP_CWORD=2
      _kafkasim 2>/dev/null
      printf '%s\\n' "\${COMPREPLY[@]}"
      complete -p kafkasim`
    const { stdout, status } = spawnSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'scenarios/leader-crash.yaml\ncomplete -o default -F _kafkasim kafkasim\n',
    })
  })
})

describe('kafkasim schema', () => {
  it('prints the schema that comes with the package', async () => {
    const io = new FakeIo()
    expect(await main(['schema'], io)).toBe(0)
    const shipped: unknown = JSON.parse(readFileSync(join(ROOT, 'scenarios/scenario.schema.json'), 'utf8'))
    expect(JSON.parse(io.out)).toEqual(shipped)
  })
})
