import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('the generated protocol is what the field tables say', () => {
  const script = fileURLToPath(new URL('../../scripts/generate-protocol.ts', import.meta.url))
  const tsx = createRequire(import.meta.url).resolve('tsx/cli')
  const run = spawnSync(process.execPath, [tsx, script, '--check'], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(run.status).toBe(0)
})
