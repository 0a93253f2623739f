// A simulator that is not deterministic is found out by --verify, on a whole cluster: exit 4, and the event that began it.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { Xor128Rng } from '../../sim/random/xor128.ts'
import { main } from '../../src/cli/command-line.ts'
import { engine } from '../../src/cli/engine.ts'
import { FakeIo } from '../cli/fake-io.ts'
import { STORM } from './storm.ts'

afterEach(() => vi.restoreAllMocks())

describe('--verify', () => {
  it('exits with 4 and names the first event that differs, when something outlives a run', async () => {
    // In every second run one message of many takes a microsecond longer: a variable of some module does that.
    let runs = 0
    let draws = 0
    const { run, slices } = engine
    const { quantile } = Xor128Rng.prototype
    // Runs are taken in slices; those that find out where two part are taken whole.
    vi.spyOn(engine, 'run').mockImplementation((scenario, options) => {
      runs += 1
      draws = 0
      return run.call(engine, scenario, options)
    })
    vi.spyOn(engine, 'slices').mockImplementation((scenario, options) => {
      runs += 1
      draws = 0
      return slices.call(engine, scenario, options)
    })
    vi.spyOn(Xor128Rng.prototype, 'quantile').mockImplementation(function (this: Xor128Rng, table) {
      draws += 1
      return quantile.call(this, table) + (draws === 300 && runs % 2 === 0 ? 1 : 0)
    })
    const io = new FakeIo()
    expect(await main(['run', io.file('storm.yaml', STORM), '--until', '2s', '--verify'], io)).toBe(4)
    // Two runs that differed, and two to find out where.
    expect(runs).toBe(4)
    const [, before, ordinal] = /first run +(event (\d+) at .* \(\d+ µs\): [\w[\]-]+ .*)\n/.exec(io.err) ?? []
    const [, after] = /second run +(event .*)\n/.exec(io.err) ?? []
    expect(Number(ordinal)).toBeGreaterThan(100)
    const timeOf = (text?: string): number => Number(/\((\d+) µs\)/.exec(text ?? '')?.[1])
    // The message was late; nothing was changed before it should have come.
    expect(timeOf(after)).toBeGreaterThan(timeOf(before))
  })
})
