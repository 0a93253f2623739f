// What is published is whole: the manifest says what is there, imports are declared, and the built package works for
// those who install it. What needs a build is skipped until there is one (`npm ci` makes it).

import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

interface Manifest {
  readonly name: string
  readonly version: string
  readonly type: string
  readonly license: string
  readonly engines: { readonly node: string }
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly files: readonly string[]
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

// It is ours, and the tests below would fail were it of another shape.
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest

function run(command: string, args: readonly string[], cwd = ROOT): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

describe('the manifest', () => {
  it('offers the library, the world alone, and itself', () => {
    expect(manifest.exports).toEqual({
      '.': { types: './dist/src/index.d.ts', default: './dist/src/index.js' },
      './sim': { types: './dist/sim/index.d.ts', default: './dist/sim/index.js' },
      './package.json': './package.json',
    })
    expect(manifest).toMatchObject({ name: 'kafkasim', type: 'module', license: 'Apache-2.0' })
  })

  it('has a program of the same name', () => {
    expect(manifest.bin).toEqual({ kafkasim: 'dist/kafkasim.js' })
  })

  it('takes Node 20.19 and later, and no odd ones in between', () => {
    expect(manifest.engines.node).toBe('^20.19.0 || >=22.12.0')
  })

  it('is built on installation from a clone', () => {
    expect(manifest.scripts['prepare']).toBe('npm run build')
  })

  it('names files that are there', () => {
    // What npm builds, and what it leaves out, need not be.
    const sources = manifest.files.filter((file) => file !== 'dist' && !file.startsWith('!'))
    expect(sources.filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'scenarios', 'docs', 'README.md', 'LICENSE']))
  })

  it('declares every package that the sources import, and no other', () => {
    const imported = new Set<string>()
    for (const file of ['sim', 'src', 'reports'].flatMap((room) => filesBelow(join(ROOT, room)))) {
      // What stands in a text that is written for others (`kafkasim init`) is no import of ours.
      const code = readFileSync(file, 'utf8').replaceAll(/`(?:\\.|[^`\\])*`/gs, '``')
      for (const [, from = ''] of code.matchAll(/\b(?:from |import\()'((?!node:)@?[\w-]+(?:\/[\w.-]+)*)'/g)) {
        imported.add(from)
      }
    }
    expect([...imported].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted())
  })
})

function filesBelow(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return paths.filter((path) => path.endsWith('.ts')).map((path) => join(folder, path))
}

const isBuilt = existsSync(join(ROOT, 'dist/kafkasim.js')) && existsSync(join(ROOT, 'dist/src/index.js'))

describe.skipIf(!isBuilt)('the built package', () => {
  it('packs what is needed to run it, and neither sources nor tests', () => {
    const { code, out } = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])
    expect(code).toBe(0)
    // The format of npm 10 and 11: one entry per package.
    const [packed] = JSON.parse(out) as [{ files: { path: string }[] }]
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'docs/fidelity.md',
        'package.json',
        'dist/kafkasim.js',
        'dist/src/index.js',
        'dist/src/index.d.ts',
        'dist/sim/index.js',
        'dist/sim/index.d.ts',
        'scenarios/leader-crash.yaml',
        'scenarios/scenario.schema.json',
      ]),
    )
    expect(paths.filter((path) => !/^(?:dist|docs|scenarios)\/|^[^/]+$/.test(path))).toEqual([])
    expect(paths.filter((path) => /\.test\.|tsbuildinfo|\.tsbuild/.test(path))).toEqual([])
  })

  it('has a program that can be executed and knows its version', () => {
    const program = join(ROOT, 'dist/kafkasim.js')
    expect(statSync(program).mode & 0o111).toBe(0o111)
    expect(run(program, ['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' })
  })

  it('can be imported by its name, in whole and the world alone', () => {
    const script = `
      import { INVARIANTS, mustPass, simulate } from 'kafkasim'
      import { World } from 'kafkasim/sim'
      console.log(INVARIANTS.length > 0, typeof simulate, typeof mustPass, new World({ seed: 1 }).loop.nowUs)`
    expect(run(process.execPath, ['--input-type=module', '--eval', script])).toEqual({
      code: 0,
      out: 'true function function 0\n',
      err: '',
    })
  })

  it('has types that an ordinary project can use', () => {
    const project = mkdtempSync(join(tmpdir(), 'kafkasim-user-'))
    onTestFinished(() => rmSync(project, { recursive: true, force: true }))
    mkdirSync(join(project, 'node_modules'))
    symlinkSync(ROOT, join(project, 'node_modules/kafkasim'))
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
    const compilerOptions = {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      types: [],
      skipLibCheck: true,
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }))
    writeFileSync(
      join(project, 'user.ts'),
      `import { simulate, type Verdict } from 'kafkasim'
      import { World, type Host } from 'kafkasim/sim'
      const verdict: Verdict = simulate('', { seed: 1, onTrace: ({ event }) => event.type satisfies string }).verdict
      new World({ seed: 1 }).addProcess('a', { boot: (host: Host) => host.clock.wallMs() })
      // @ts-expect-error: these are real types, and not any
      const wrong: number = verdict.outcome
      export { wrong }\n`,
    )
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    expect(run(process.execPath, [tsc, '-p', project])).toEqual({ code: 0, out: '', err: '' })
  })
})
