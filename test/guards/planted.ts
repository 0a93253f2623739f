// Plants files in a copy of the project's layout and runs the project's own compiler or linter over them.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Calls `use` with a directory that holds the given files by path and the project's settings. */
export function withPlanted<T>(files: Readonly<Record<string, string>>, use: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'planted-'))
  try {
    for (const name of ['.oxlintrc.json', 'tsconfig.base.json']) cpSync(join(root, name), join(dir, name))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    return use(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What the linter says: `path:line rule` for each finding, sorted. */
export function lint(dir: string): string[] {
  const { stdout } = run(
    join(root, 'node_modules/.bin/oxlint'),
    ['-c', join(dir, '.oxlintrc.json'), '-f', 'unix', '.'],
    dir,
  )
  const findings = stdout.matchAll(/^(?:\.\/)?(\S+?):(\d+):\d+: .*\[Error\/(\S+?)\]$/gm)
  return [...new Set([...findings].map(([, path, line, rule]) => `${path}:${line} ${rule}`))].toSorted()
}

/** What the compiler says of files in a room that may use nothing but the language: `path:line`, sorted. */
export function compile(dir: string, room: string): string[] {
  const settings = JSON.parse(readFileSync(join(root, room, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: Record<string, unknown>
  }
  const { types, lib } = settings.compilerOptions
  const config = {
    extends: './tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      composite: false,
      ...(types === undefined ? {} : { types }),
      ...(lib === undefined ? {} : { lib }),
    },
    include: [`${room}/**/*.ts`],
  }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config))
  const { stdout } = run(join(root, 'node_modules/.bin/tsc'), ['-p', dir, '--pretty', 'false'], dir)
  return [...stdout.matchAll(/^(\S+?)\((\d+),\d+\): error/gm)].map(([, path, line]) => `${path}:${line}`).toSorted()
}

function run(command: string, args: readonly string[], cwd: string): { stdout: string } {
  try {
    return { stdout: execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }) }
  } catch (error) {
    return { stdout: String((error as { stdout: unknown }).stdout) }
  }
}
