import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { BAD_INPUTS, type BadInput, GOOD_FILE, UNREADABLE } from './bad-inputs.ts'
import { FakeIo } from './fake-io.ts'

const LIMIT_MS = 2000

/** Time of the processor: others may be at work, too. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

interface Told {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly tookMs: number
  readonly cwd: string
}

async function type({ args, make }: BadInput): Promise<Told> {
  const io = new FakeIo({ isTTY: false, columns: 100 })
  make?.(io.cwd)
  const start = cpuMs()
  const code = await main(args, io)
  return { code, out: io.out, err: io.err, cwd: io.cwd, tookMs: cpuMs() - start }
}

/** Lists that grow with every release. */
const LISTS: readonly (readonly [RegExp, string])[] = [
  [/^kafkasim COMMAND[^]*(?=\nkafkasim: )/, '(help)'],
  [/(known keys are|here are|there are run,|it lists scenarios,) .*/g, '$1 …'],
  [/; [a-z, ]+ can be told so/g, '; … can be told so'],
]

/** Without what is endless, what grows, and what depends on the machine. */
function shown({ out, err, cwd }: Told): string {
  const text = LISTS.reduce(
    (rest, [list, short]) => rest.replace(list, short),
    `${out}${err}`.replaceAll(cwd, '(here)'),
  )
  const lines = text.trimEnd().split('\n')
  const shortened =
    lines.length <= 24 ? lines : [...lines.slice(0, 12), `(${lines.length - 16} lines more)`, ...lines.slice(-4)]
  return shortened.map((line) => (line.length <= 300 ? line : `${line.slice(0, 300)}…`)).join('\n')
}

// What is loaded once is nobody's fault.
beforeAll(async () => {
  await Promise.all([
    import('../../src/cli/engine.ts'),
    import('../../src/cli/fuzz.ts'),
    import('../../src/cli/check.ts'),
  ])
}, 30_000)

const told = new Map<string, string>()

describe('a bad input', () => {
  it.each(BAD_INPUTS.map((bad) => [bad.title, bad] as const))('%s', async (title, bad) => {
    const answer = await type(bad)
    told.set(title, `# ${title}\n$ kafkasim ${JSON.stringify(bad.args).slice(0, 120)}\n${shown(answer)}\n`)
    expect(answer.code, answer.err).toBe(2)
    expect(answer.err + answer.out).not.toMatch(/\n\s+at |a defect in kafkasim itself: |\[object |undefined/)
    // A terminal shows what is printed, and obeys nothing in it.
    expect(answer.err + answer.out).not.toMatch(/[^\P{Cc}\n]/u)
    expect(answer.tookMs).toBeLessThan(LIMIT_MS)
  })

  it('is told what people can read', async () => {
    expect(told.size).toBe(BAD_INPUTS.length)
    await expect([...told.values()].join('\n')).toMatchFileSnapshot('bad-inputs.golden.txt')
  })

  it('is one of eighty and more', () => {
    expect(BAD_INPUTS.length).toBeGreaterThanOrEqual(80)
  })

  it.skipIf(process.getuid?.() === 0)('may be a file that may not be read', async () => {
    const answer = await type(UNREADABLE)
    expect([answer.code, answer.err]).toEqual([2, 'kafkasim: secret.yaml: may not be read (permission denied)\n'])
  })
})

describe('a good input, however odd', () => {
  it.each([
    ['a byte order mark', `\uFEFF${GOOD_FILE}`],
    ['lines that end in CR LF', GOOD_FILE.replaceAll('\n', '\r\n')],
    ['JSON', '{"duration":"5s","cluster":{"brokers":3},"topics":{"orders":{}}}'],
    ['tabs between values', GOOD_FILE.replace('duration: 5s', 'duration:\t5s\t# five')],
    ['documents that begin and end', `---\n${GOOD_FILE}...\n`],
    ['an anchor used well', 'duration: &d 5s\nsettle: *d\ncluster: { brokers: 3 }\ntopics: { orders: {} }\n'],
    ['letters of all countries', `${GOOD_FILE}name: "Überfluß 価格 🙂"\n`],
  ])('is taken: %s', async (_, text) => {
    const io = new FakeIo()
    expect(await main(['check', io.file('my file,\n1.yaml', text)], io), io.out + io.err).toBe(0)
  })
})

describe('the program itself', () => {
  const TSX = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href
  const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

  it('ends at once, with 2 and without a stack, at a pipe, a device and a bad file', () => {
    const io = new FakeIo()
    spawnSync('mkfifo', [join(io.cwd, 'pipe.yaml')])
    writeFileSync(join(io.cwd, 'bad.yaml'), '[')
    const args = ['--import', TSX, CLI, 'check', 'pipe.yaml', '/dev/zero', 'bad.yaml']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: io.cwd,
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect([status, stderr]).toEqual([
      2,
      'kafkasim: pipe.yaml: not a regular file; a scenario must be a file, so that it can be run again\nkafkasim: /dev/zero: not a regular file; a scenario must be a file, so that it can be run again\n',
    ])
    expect(stdout).toContain('bad.yaml:1:2 error KS001')
    expect(stdout).toContain('3 files: 3 errors, 0 warnings\n')
  })
})
