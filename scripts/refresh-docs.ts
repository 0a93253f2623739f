// Runs the console blocks of README.md and docs/*.md and writes what they print now below each command. A block that
// differs only in times of the machine stays as it is. `--check` writes nothing and fails if something would change.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { comparable, ConsoleSession, contentOf, type Step, stepsOf } from './docs/console-session.ts'
import { docFiles } from './docs/doc-files.ts'
import { replaceBlocks } from './docs/fenced-blocks.ts'

const root = join(import.meta.dirname, '..')
const checkOnly = process.argv.includes('--check')

for (const file of docFiles(root)) {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  const fresh = await replaceBlocks(text, async ({ language, content }) => {
    if (language !== 'console') return content
    const session = new ConsoleSession(root)
    const steps: Step[] = []
    for (const { command } of stepsOf(content)) steps.push({ command, output: await session.run(command) })
    const refreshed = contentOf(steps)
    return comparable(refreshed) === comparable(content) ? content : refreshed
  })
  if (fresh === text) continue
  console.log(`${file}: ${checkOnly ? 'is stale' : 'refreshed'}`)
  if (checkOnly) process.exitCode = 1
  else writeFileSync(path, fresh)
}
