// No node changes what it sent or got: shown on whole clusters, with every frame frozen and its bytes compared.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { INVARIANTS } from '../../src/invariants/index.ts'
import { resolveDraws } from '../../src/scenario/build.ts'
import { loadScenario } from '../../src/scenario/loader.ts'
import { runScenario } from '../../src/scenario/runner.ts'

function run(name: string, strict: boolean) {
  const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url)
  const loaded = loadScenario(readFileSync(file, 'utf8'), {
    file: name,
    set: ['duration=35s'],
    invariants: INVARIANTS.map(({ id }) => id),
  })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
  const streams = new Streams(3)
  return runScenario(
    resolveDraws(loaded.scenario, (stream) => streams.stream(stream)),
    { seed: 3, strict },
  ).verdict
}

describe('what is sent belongs to the receiver', () => {
  it.each(['leader-crash', 'slow-follower'])('in %s, and strict mode changes no trace', (name) => {
    expect(run(name, true).traceHash).toBe(run(name, false).traceHash)
  })
})
