// `kafkasim init`: all or nothing, and what it writes works: the scenario is faultless and passes, the property holds, and
// both bite when the promise is taken away.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { main } from '../../src/cli/command-line.ts'
import { PROPERTY_FILE, SCENARIO_FILE, WORKFLOW_FILE } from '../../src/cli/init-files.ts'
import type { Io } from '../../src/cli/io.ts'
import { FakeIo } from './fake-io.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FILES = [SCENARIO_FILE, PROPERTY_FILE, WORKFLOW_FILE]

async function kafkasim(io: FakeIo, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  io.out = io.err = ''
  const code = await main(argv, io)
  return { code, out: io.out, err: io.err }
}

describe('kafkasim init', () => {
  it('writes a scenario, a property and a workflow, and says what to do next', async () => {
    const io = new FakeIo()
    const { code, out, err } = await kafkasim(io, 'init')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const file of FILES) {
      expect(existsSync(join(io.cwd, file)), file).toBe(true)
      expect(out).toContain(`  ${file}`)
    }
    const next = out.split('\nNext\n')[1] ?? ''
    const lines = next.split('\n').flatMap((line) => /^ {2}(n\S.*?)(?: {2,}.*)?$/.exec(line)?.[1] ?? [])
    expect(lines).toEqual([
      'npm init -y',
      `npm install --save-dev ${io.packageRoot} vitest fast-check`,
      `npx kafkasim run ${SCENARIO_FILE}`,
      `npx kafkasim run ${SCENARIO_FILE} --set producers.web.config.acks=1`,
      `npx vitest run ${PROPERTY_FILE}`,
    ])
  })

  it('asks only for what is missing, from the folder it wrote to', async () => {
    const io = new FakeIo()
    for (const name of ['kafkasim', 'vitest', 'fast-check']) {
      mkdirSync(join(io.cwd, 'my tests/node_modules', name), { recursive: true })
    }
    io.file('my tests/package.json', '{}')
    const { out } = await kafkasim(io, 'init', 'my tests')
    expect(out).toContain(`  my tests/${SCENARIO_FILE}`)
    expect(out).toMatch(/\nNext\n {2}cd 'my tests'\n/)
    expect(out).not.toContain('npm i')
  })

  it('overwrites nothing without --force, not even one file of three', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'test'))
    io.file(PROPERTY_FILE, 'mine')
    const refused = await kafkasim(io, 'init')
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: `kafkasim: ${PROPERTY_FILE} is there already, and nothing was written; --force overwrites\n`,
    })
    expect(existsSync(join(io.cwd, SCENARIO_FILE))).toBe(false)
    expect(readFileSync(join(io.cwd, PROPERTY_FILE), 'utf8')).toBe('mine')
    expect((await kafkasim(io, 'init', '--force')).code).toBe(0)
    expect(readFileSync(join(io.cwd, PROPERTY_FILE), 'utf8')).toContain('mustPass')
  })

  it('says why it cannot write', async () => {
    const io = new FakeIo()
    io.file('taken', '')
    const { code, err } = await kafkasim(io, 'init', 'taken')
    expect(code).toBe(2)
    expect(err).toMatch(/^kafkasim: taken\/scenarios\/leader-dies\.yaml: cannot be written: .*\n$/)
    expect((await kafkasim(io, 'init', 'a', 'b')).err).toBe('kafkasim: init takes one folder at most, not 2\n')
  })

  it('names the schema where editors find it', async () => {
    const installed = new FakeIo()
    await kafkasim(installed, 'init', 'sub')
    const firstLine = (file: string): string => readFileSync(file, 'utf8').split('\n')[0] ?? ''
    expect(firstLine(join(installed.cwd, 'sub', SCENARIO_FILE))).toBe(
      '# yaml-language-server: $schema=../node_modules/kafkasim/scenarios/scenario.schema.json',
    )
    // In a checkout of kafkasim itself, for those who only try.
    const checkout = new FakeIo()
    checkout.file('package.json', '{}')
    mkdirSync(join(checkout.cwd, 'scenarios'))
    checkout.file('scenarios/scenario.schema.json', '{}')
    const { cwd, stdout, stderr, env, platform } = checkout
    const io: Io = { cwd, stdout, stderr, env, platform, packageRoot: cwd, nowMs: () => 0 }
    expect(await main(['init', 'try/it'], io)).toBe(0)
    expect(firstLine(join(cwd, 'try/it', SCENARIO_FILE))).toBe(
      '# yaml-language-server: $schema=../../../scenarios/scenario.schema.json',
    )
    expect(checkout.out).not.toContain('npm i')
  })

  it('writes a scenario without a fault, which passes, and fails with acks=1', async () => {
    const io = new FakeIo()
    await kafkasim(io, 'init')
    const checked = await kafkasim(io, 'check', 'scenarios', '--strict')
    expect(checked).toMatchObject({ code: 0, err: '' })
    expect(await kafkasim(io, 'run', SCENARIO_FILE, '--quiet')).toMatchObject({ code: 0, err: '' })
    const broken = await kafkasim(io, 'run', SCENARIO_FILE, '--quiet', '--set', 'producers.web.config.acks=1')
    expect(broken.code).toBe(1)
    expect(broken.out).toMatch(
      /^FAIL {2}leader-dies {2}seed 1 {2}no-acked-loss: [1-9]\d* of \d+ acknowledged records lost/,
    )
  })

  it('writes a workflow with few permissions, pinned actions, and commands that it understands', async () => {
    const io = new FakeIo()
    await kafkasim(io, 'init')
    interface Step {
      readonly uses?: string
      readonly run?: string
    }
    // Ours: what is not as it is typed here fails below.
    const workflow = parse(readFileSync(join(io.cwd, WORKFLOW_FILE), 'utf8')) as {
      permissions: unknown
      jobs: { kafkasim: { steps: Step[] } }
    }
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const { steps } = workflow.jobs.kafkasim
    for (const { uses } of steps) expect(uses ?? 'a/b@v1').toMatch(/^[\w-]+\/[\w-]+@v\d+$/)
    const typed = steps.flatMap(({ run }) =>
      run?.startsWith('npx kafkasim ') ? [run.slice('npx kafkasim '.length)] : [],
    )
    expect(typed.map((line) => line.split(' ')[0])).toEqual(['check', 'run', 'fuzz'])
    for (const line of typed) {
      const words = line.replaceAll('*', 'leader-dies').replace('${{ github.run_number }}', '7').split(' ')
      // Too short a time to do anything: only whether it is understood.
      const shortened = words.map((word) => word.replace('1..20', '1').replace('10m', '1ms'))
      const { code, err } = await kafkasim(io, ...shortened)
      expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
    }
    expect(existsSync(join(io.cwd, 'reports/kafkasim.xml'))).toBe(true)
  }, 60_000)
})

describe('the property that init writes', () => {
  const home = mkdtempSync(join(tmpdir(), 'kafkasim-init-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('holds, and when the producer is content with acks=1 it names seed, path and the line that replays it', async () => {
    for (const folder of ['good', 'bad']) {
      const io = new FakeIo()
      await kafkasim(io, 'init', join(home, folder))
    }
    const bad = join(home, 'bad', SCENARIO_FILE)
    writeFileSync(bad, readFileSync(bad, 'utf8').replace('acks: all', 'acks: 1'))
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'))
    const alias = { kafkasim: join(ROOT, 'src/index.ts') }
    writeFileSync(join(home, 'vitest.config.mjs'), `export default ${JSON.stringify({ test: { alias } })}`)
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const args = [
      vitest,
      'run',
      '--root',
      home,
      '--no-color',
      '--reporter=default',
      '--reporter=json',
      '--outputFile=r.json',
    ]
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8' })
    const told = stdout + stderr
    const report = JSON.parse(readFileSync(join(home, 'r.json'), 'utf8')) as {
      testResults: { name: string; status: string }[]
    }
    const results = report.testResults.map(({ name, status }) => [name.includes('/good/') ? 'good' : 'bad', status])
    expect(Object.fromEntries(results)).toEqual({ good: 'passed', bad: 'failed' })
    expect(status).toBe(1)
    expect(told).toMatch(/\{ seed: -?\d+, path: "[\d:]+", endOnFailure: true \}/)
    const [, replay = ''] = /replay: npx kafkasim (run scenarios\/leader-dies\.yaml .*)/.exec(told) ?? []
    const io = new FakeIo()
    await kafkasim(io, 'init')
    const again = await kafkasim(io, ...replay.split(' '), '--set', 'producers.web.config.acks=1', '--quiet')
    expect(again.code).toBe(1)
    expect(again.out).toContain('no-acked-loss')
  }, 120_000)
})
