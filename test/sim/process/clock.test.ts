import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Host } from '../../../sim/host.ts'
import type { SimProcess } from '../../../sim/process/sim-process.ts'
import { World } from '../../../sim/world.ts'

const WALL = 1_700_000_000_000

function boot(): { world: World; process: SimProcess; host: Host } {
  const world = new World({ seed: 1, wallStartMs: WALL })
  const hosts: Host[] = []
  const process = world.addProcess('a', { boot: (host) => hosts.push(host) })
  process.start()
  const [host] = hosts
  if (host === undefined) throw new Error('did not boot')
  return { world, process, host }
}

describe('the clocks of a process', () => {
  it('begin at the world’s wall time and at 0, and count whole milliseconds', () => {
    const { world, host } = boot()
    expect([host.clock.wallMs(), host.clock.monotonicMs()]).toEqual([WALL, 0])
    world.run(1999)
    expect([host.clock.wallMs(), host.clock.monotonicMs()]).toEqual([WALL + 1, 1])
    world.run(2000)
    expect([host.clock.wallMs(), host.clock.monotonicMs()]).toEqual([WALL + 2, 2])
  })

  it('jump on the wall only: the monotonic clock and pending timers do not notice', () => {
    const { world, process, host } = boot()
    const fired: number[] = []
    host.clock.after(50, 't', () => fired.push(world.loop.nowUs))
    world.run(10_000)
    process.machine.clock.jumpWall(-3_600_000)
    expect([host.clock.wallMs(), host.clock.monotonicMs()]).toEqual([WALL + 10 - 3_600_000, 10])
    world.run(100_000)
    expect(fired).toEqual([50_000])
  })

  it('drift both, from the moment the drift begins until it ends; drifts add up', () => {
    const { world, process, host } = boot()
    world.run(1_000_000)
    const heal = process.machine.clock.addDrift(100_000)
    const healOther = process.machine.clock.addDrift(100_000)
    expect(process.machine.clock.driftPpm).toBe(200_000)
    world.run(2_000_000)
    expect([host.clock.wallMs(), host.clock.monotonicMs()]).toEqual([WALL + 2200, 2200])
    heal()
    heal()
    world.run(3_000_000)
    expect(host.clock.monotonicMs()).toBe(3300)
    healOther()
    world.run(4_000_000)
    expect(host.clock.monotonicMs()).toBe(4300)
  })

  it('count from a machine’s boot: a crash keeps the monotonic clock, a power loss does not; the wall goes on', () => {
    const world = new World({ seed: 1, wallStartMs: WALL })
    const seen: number[][] = []
    const process = world.addProcess('a', {
      boot: (host) => seen.push([host.incarnation, host.clock.monotonicMs(), host.clock.wallMs()]),
    })
    process.start()
    world.run(5000)
    process.crash()
    world.run(7000)
    process.start()
    process.powerLoss()
    world.run(9000)
    process.start()
    expect(seen).toEqual([
      [1, 0, WALL],
      [2, 7, WALL + 7],
      [3, 0, WALL + 9],
    ])
  })
})

describe('a deadline', () => {
  it('fires at the first microsecond at which the monotonic clock shows it, whatever the drift does meanwhile', () => {
    const change = fc.record({ afterUs: fc.nat(3_000_000), ppm: fc.integer({ min: -200_000, max: 200_000 }) })
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 5 }),
        (changes, deadlines) => {
          const { world, process, host } = boot()
          const fired = new Map<number, number>()
          for (const ms of deadlines) {
            host.clock.at(ms, 'deadline', () => {
              expect(host.clock.monotonicMs()).toBeGreaterThanOrEqual(ms)
              fired.set(ms, world.loop.nowUs)
            })
          }
          // The model steps through the same changes with exact fractions.
          let [atUs, crystal, rate] = [0, 0n, 1_000_000n]
          const firsts = new Map<number, number>()
          const step = (untilUs: number): void => {
            for (const ms of deadlines) {
              const need = BigInt(ms) * 1000n - crystal
              const first = atUs + Number((need * 1_000_000n + rate - 1n) / rate)
              if (!firsts.has(ms) && first <= untilUs) firsts.set(ms, first)
            }
            crystal += (BigInt(untilUs - atUs) * rate) / 1_000_000n
            atUs = untilUs
          }
          for (const { afterUs, ppm } of changes) {
            step(atUs + afterUs)
            world.run(atUs)
            process.machine.clock.addDrift(ppm - process.machine.clock.driftPpm)
            rate = BigInt(1_000_000 + ppm)
          }
          step(20_000_000)
          world.run(20_000_000)
          expect(fired).toEqual(firsts)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('in the past fires at once, but after the event that set it', () => {
    const { world, host } = boot()
    const order: string[] = []
    host.clock.at(10, 'outer', () => {
      host.clock.at(3, 'past', () => order.push(`past at ${world.loop.nowUs}`))
      order.push('outer')
    })
    world.run(1_000_000)
    expect(order).toEqual(['outer', 'past at 10000'])
  })

  it('with a fraction waits for the next whole millisecond the clock can show', () => {
    const { world, host } = boot()
    const fired: number[] = []
    host.clock.at(2.25, 't', () => fired.push(world.loop.nowUs))
    world.run(10_000)
    expect(fired).toEqual([3000])
  })

  it('is forgotten when cancelled, however often, and cancelling one that fired does nothing', () => {
    const { world, host } = boot()
    let fired = 0
    const cancelled = host.clock.after(1, 't', () => fired++)
    const kept = host.clock.after(2, 't', () => fired++)
    cancelled.cancel()
    cancelled.cancel()
    world.run(10_000)
    kept.cancel()
    expect(fired).toBe(1)
    expect(world.loop.executed).toBe(1)
  })

  it('that has been cancelled is not brought back by a change of drift', () => {
    const { world, process, host } = boot()
    let fired = 0
    for (let i = 0; i < 5; i++) host.clock.after(i + 1, 't', () => fired++)
    const timer = host.clock.after(3, 't', () => fired++)
    timer.cancel()
    process.machine.clock.addDrift(100)
    world.run(10_000)
    expect(fired).toBe(5)
  })
})

describe('a period', () => {
  it('is kept: ticks come at start + k × period by the monotonic clock', () => {
    const { world, process, host } = boot()
    world.run(500)
    const ticks: number[] = []
    const timer = host.clock.every(10, 'tick', () => ticks.push(world.loop.nowUs))
    world.run(35_000)
    expect(ticks).toEqual([10_500, 20_500, 30_500])
    process.machine.clock.addDrift(-500_000)
    world.run(60_000)
    expect(ticks.slice(3)).toEqual([46_000])
    timer.cancel()
    world.run(1_000_000)
    expect(ticks).toHaveLength(4)
  })

  it('can be ended from within its tick', () => {
    const { world, host } = boot()
    let ticks = 0
    const timer = host.clock.every(1, 'tick', () => {
      if (++ticks === 3) timer.cancel()
    })
    world.run(100_000)
    expect(ticks).toBe(3)
  })

  it('makes up for ticks missed in a pause by one late tick, and stays on its grid', () => {
    const { world, process, host } = boot()
    const ticks: number[] = []
    host.clock.every(10, 'tick', () => ticks.push(world.loop.nowUs))
    world.run(15_000)
    process.pause()
    world.run(47_000)
    process.resume()
    world.run(60_000)
    expect(ticks).toEqual([10_000, 47_000, 50_000, 60_000])
  })

  it('must be longer than nothing', () => {
    const { host } = boot()
    expect(() => host.clock.every(0, 'tick', () => undefined)).toThrow(/every 0 ms/)
  })
})
