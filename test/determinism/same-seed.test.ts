// A run is a function of scenario and seed: whoever watches it, and wherever it runs, it does the same (design, section 4).

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { verdictJson } from '../../reports/json.ts'
import { main } from '../../src/cli/command-line.ts'
import type { Verdict } from '../../src/scenario/run-result.ts'
import type { RunOptions } from '../../src/scenario/runner.ts'
import { FakeIo } from '../cli/fake-io.ts'
import { withTripwire } from '../guards/tripwire.ts'
import { runStorm, STORM } from './storm.ts'

const SEED = 5
const root = fileURLToPath(new URL('../../', import.meta.url))
const reference = storm()

/** The text of a verdict, which has the trace hash in it. */
function storm(options: Partial<RunOptions> = {}): string {
  return verdictJson(runStorm({ seed: SEED, ...options }).verdict, 0)
}

describe('the same scenario and seed give the same hash and verdict', () => {
  it('twice in one process, whatever ran between', () => {
    const other = storm({ seed: SEED + 1 })
    expect(storm()).toBe(reference)
    expect(hashOf(other)).not.toBe(hashOf(reference))
  })

  it('in a run where all that was meant to happen did', () => {
    const { verdict } = runStorm({ seed: SEED })
    expect(verdict).toMatchObject({ violations: [], notFired: [], outcome: 'pass' })
    expect(verdict.history.acked).toBeGreaterThan(500)
    expect(verdict.history.delivered).toBeGreaterThan(500)
    const elections = verdict.cluster.partitions.reduce((sum, { leaderEpoch }) => sum + leaderEpoch, 0)
    expect(elections).toBeGreaterThan(0)
  })

  it('with ambient time and chance cut off', () => {
    expect(withTripwire(() => storm())).toBe(reference)
  })

  it('in a worker thread', async () => {
    const bundle = buildSync({
      stdin: { contents: WORKER, resolveDir: join(root, 'test/determinism'), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    })
    const worker = new Worker(bundle.outputFiles[0]!.text, { eval: true, workerData: SEED })
    const answer = await new Promise((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
    })
    expect(answer).toBe(reference)
  })

  it('in processes of their own, and again under --verify', () => {
    const io = new FakeIo()
    const file = join(io.cwd, io.file('storm.yaml', STORM))
    const printed = [[], ['--verify']].map((more) => {
      const args = ['--import', 'tsx', 'src/cli/main.ts', 'run', file, '--seed', String(SEED), '--json', ...more]
      return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })) as Verdict
    })
    for (const { reproduce: _, wallMs: __, ...verdict } of printed as (Verdict & { wallMs: number })[]) {
      expect(JSON.parse(reference)).toMatchObject(verdict)
    }
  })

  it('under --verify, which exits with 0', async () => {
    const io = new FakeIo()
    const code = await main(['run', io.file('storm.yaml', STORM), '--seed', String(SEED), '--verify', '--json'], io)
    expect({ code, err: io.err, hash: hashOf(io.out) }).toEqual({ code: 0, err: '', hash: hashOf(reference) })
  })
})

const WORKER = `
import { parentPort, workerData } from 'node:worker_threads'
import { verdictJson } from '../../reports/json.ts'
import { runStorm } from './storm.ts'
parentPort?.postMessage(verdictJson(runStorm({ seed: workerData }).verdict, 0))
`

describe('observers never change what happens', () => {
  it('invariants: without them the hash is the same', () => {
    expect(storm({ invariants: false })).toBe(reference)
  })

  it('subscribers of the trace, with all of it or none', () => {
    let lines = 0
    expect(storm({ onTrace: () => (lines += 1) })).toBe(reference)
    expect(lines).toBeGreaterThan(5000)
  })

  it('whoever is told of every event', () => {
    let last = ''
    let count = 0
    const onEvent = (_: object, hash: string): void => {
      last = hash
      count += 1
    }
    expect(storm({ onEvent })).toBe(reference)
    const { events, traceHash } = JSON.parse(reference) as Verdict
    expect({ count, last }).toEqual({ count: events, last: traceHash })
  })

  it('progress, the memory for causes, and strict ownership of what is sent', () => {
    let told = 0
    expect(storm({ onProgress: () => (told += 1), rememberedEvents: 100, strict: true })).toBe(reference)
    expect(told).toBeGreaterThan(100)
  })
})

function hashOf(json: string): string {
  return (JSON.parse(json) as Verdict).traceHash
}
