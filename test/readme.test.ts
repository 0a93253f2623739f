// README.md and docs/*.md say what is true: their commands print what is shown, their scenarios load, their TypeScript
// compiles and runs, their links lead somewhere. After a change of outputs: npx tsx scripts/refresh-docs.ts

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { comparable, ConsoleSession, stepsOf } from '../scripts/docs/console-session.ts'
import { docFiles } from '../scripts/docs/doc-files.ts'
import { rememberingEngine } from '../scripts/docs/remembering-engine.ts'
import { type FencedBlock, fencedBlocks } from '../scripts/docs/fenced-blocks.ts'
import { loadScenario, simulate } from '../src/index.ts'

const ROOT = resolve(import.meta.dirname, '..')
/** What is not to be run or checked is fenced as `text`. */
const LANGUAGES = ['console', 'ts', 'yaml', 'text']

interface DocBlock extends FencedBlock {
  /** `README.md:12`. */
  readonly place: string
}

const DOCS = docFiles(ROOT).map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))
const BLOCKS: readonly DocBlock[] = DOCS.flatMap(({ file, text }) =>
  fencedBlocks(text).map((block) => ({ ...block, place: `${file}:${block.line}` })),
)
/** Several blocks show parts of one run. */
const ENGINE = rememberingEngine()
const blocksIn = (language: string) => BLOCKS.filter((block) => block.language === language)

describe('the documentation', () => {
  it('has blocks of known languages only, each of them closed', () => {
    expect(BLOCKS.filter(({ language }) => !LANGUAGES.includes(language))).toEqual([])
    for (const { file, text } of DOCS) {
      const fences = text.split('\n').filter((line) => line.trimStart().startsWith('```'))
      expect(fences.length, file).toBe(2 * fencedBlocks(text).length)
    }
  })

  it('shows the main job first', () => {
    expect(BLOCKS[0]?.content).toMatch(/^\$ npx kafkasim run scenarios\/leader-crash\.yaml --seed 42\n/)
  })

  it.each(blocksIn('console'))('prints what it shows ($place)', async ({ content }) => {
    const session = new ConsoleSession(ROOT, ENGINE)
    const steps = stepsOf(content)
    for (const { command, output } of steps) {
      expect(comparable(`$ ${command}\n${await session.run(command)}`)).toBe(comparable(`$ ${command}\n${output}`))
    }
    expect(steps.length).toBeGreaterThan(0)
  })

  it.each(blocksIn('yaml'))('has scenarios that load without a word, and pass ($place)', ({ content, place }) => {
    const result = loadScenario(content, { file: place })
    expect(result.ok ? result.warnings : result.findings).toEqual([])
    expect(result.ok && simulate(result.scenario).verdict.passed).toBe(true)
  })

  it('links to files that are there', () => {
    const decisions = readdirSync(join(ROOT, 'docs/decisions')).map((name) => `docs/decisions/${name}`)
    const texts = [...DOCS, ...decisions.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))]
    const links = texts.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => join(dirname(file), target)),
    )
    expect(links.filter((target) => !existsSync(join(ROOT, target)))).toEqual([])
    expect(links).toContain('docs/fidelity.md')
  })
})

describe('output of the documentation', () => {
  it('may differ in times of the machine, and in nothing else', () => {
    const shown = '60.300s virtual, 85 630 events in 1.68 s (36× real time), trace 0dc2\n{"a":1,"wallMs":12.5}'
    const now = '60.300s virtual, 85 630 events in 12 s (5.1× real time), trace 0dc2\n{"a":1,"wallMs":9.012}'
    expect(comparable(now)).toBe(comparable(shown))
    expect(comparable(now.replace('5.1×', '743 000×'))).toBe(comparable(shown))
    expect(comparable(now.replace('0dc2', '0dc3'))).not.toBe(comparable(shown))
    expect(comparable(now.replace('60.300', '60.301'))).not.toBe(comparable(shown))
  })
})

// ------------------------------------------------------------------------------------------------------- TypeScript

const EXAMPLES = mkdtempSync(join(tmpdir(), 'kafkasim-docs-'))
afterAll(() => rmSync(EXAMPLES, { recursive: true, force: true }))

const SOURCES = { kafkasim: join(ROOT, 'src/index.ts'), 'kafkasim/sim': join(ROOT, 'sim/index.ts') }
const files = blocksIn('ts').map(({ content, place }, i) => {
  const example = join(EXAMPLES, `example-${i}.ts`)
  writeFileSync(example, content)
  const runnable = join(EXAMPLES, `runnable-${i}.ts`)
  const toSources = (_: string, name: 'kafkasim' | 'kafkasim/sim') => `from '${SOURCES[name]}'`
  writeFileSync(runnable, content.replaceAll(/from '(kafkasim(?:\/sim)?)'/g, toSources))
  return { place, example, runnable }
})
writeFileSync(join(EXAMPLES, 'package.json'), '{ "type": "module" }')
symlinkSync(join(ROOT, 'node_modules'), join(EXAMPLES, 'node_modules'))

describe('TypeScript in the documentation', () => {
  it('compiles against the public API', () => {
    const compilerOptions = {
      rootDir: '/',
      noEmit: true,
      composite: false,
      declaration: false,
      types: ['node'],
      paths: Object.fromEntries(Object.entries(SOURCES).map(([name, file]) => [name, [file]])),
    }
    const config = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, files: files.map((f) => f.example) }
    writeFileSync(join(EXAMPLES, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', EXAMPLES], { encoding: 'utf8' })
    // Errors in the sources are those of `npm run typecheck`, not of an example.
    const errors = stdout.split('\n').filter((line) => line.includes('example-') || !line.includes('.ts('))
    expect({ errors: errors.filter((line) => line !== ''), stderr, ended: status !== null }).toEqual({
      errors: [],
      stderr: '',
      ended: true,
    })
    expect(files.length).toBeGreaterThan(1)
  })
})

// Examples that are tests themselves become tests of this file; others must run through.
for (const { place, runnable } of files) {
  describe(`runs (${place})`, async () => {
    await import(runnable)
    it('without an error', () => {
      expect(existsSync(runnable)).toBe(true)
    })
  })
}
