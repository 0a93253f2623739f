import { describe, expect, it } from 'vitest'
import { applyFault } from '../../sim/faults/index.ts'
import type { Heal } from '../../sim/faults/fault.ts'
import type { Rng } from '../../sim/random/rng.ts'
import { World } from '../../sim/world.ts'
import { client, server } from './ping-pong.ts'

const CLIENTS = ['c1', 'c2', 'c3']

/** Faults of all kinds at random times for ten seconds, each healed some time later; then twenty seconds of peace. */
function storm(seed: number, order: 'fifo' | 'shuffle') {
  const world = new World({ seed, order })
  const log: string[] = []
  const say = (line: string): void => void log.push(line)
  world.addProcess('server', { boot: server(say) })
  for (const name of CLIENTS) world.addProcess(name, { boot: client(say, 'server', () => world.loop.nowUs) })
  for (const each of world.processes) each.start()
  const rng = world.streams.stream('storm')
  for (let i = 0; i < 40; i++) {
    const atUs = rng.below(10_000_000)
    world.at(atUs, 'fault', () => {
      const heal = strike(world, rng)
      if (heal !== undefined) world.at(world.loop.nowUs + rng.below(2_000_000), 'heal', heal)
    })
  }
  world.run(12_000_000)
  world.run(32_000_000)
  const calm = log.length
  world.run(34_000_000)
  return { world, log, late: log.slice(calm), hash: world.loop.hash.hex() }
}

function strike(world: World, rng: Rng): Heal | undefined {
  const process = rng.pick(['server', ...CLIENTS])
  const links = { from: [rng.pick(CLIENTS)], to: ['server'], oneWay: rng.chance(0.5) }
  const strikes: (() => Heal | undefined)[] = [
    () => applyFault(world, 'kill', { process }),
    () => applyFault(world, 'power-loss', { process }),
    () => applyFault(world, 'restart', { process }),
    () => applyFault(world, 'pause', { process }),
    () => applyFault(world, 'partition', links),
    () => applyFault(world, 'isolate', { hosts: [process] }),
    () => applyFault(world, 'latency', { ...links, extra: { probabilities: [0, 1], values: [0, 500_000] } }),
    () => applyFault(world, 'bandwidth', { ...links, bytesPerMs: 1 }),
    () => applyFault(world, 'clog', links),
    () => applyFault(world, 'loss', { ...links, probability: 0.5 }),
    () => applyFault(world, 'reset', links),
    () => applyFault(world, 'half-open', links),
    () => applyFault(world, 'slow-disk', { process, factor: 50 }),
    () => applyFault(world, 'stall-disk', { process }),
    () => applyFault(world, 'slow-cpu', { process, factor: 100 }),
    () => applyFault(world, 'clock-jump', { process, byMs: rng.between(-10_000, 10_000) }),
    () => applyFault(world, 'clock-drift', { process, ppm: rng.between(-100_000, 100_000) }),
  ]
  return rng.pick(strikes)()
}

describe.each(['fifo', 'shuffle'] as const)('a storm of faults (%s)', (order) => {
  it.each([1, 2, 3, 4])('passes, and is the same each time (seed %i)', (seed) => {
    const { world, log, late, hash } = storm(seed, order)
    for (const process of world.processes) expect([process.name, process.state]).toEqual([process.name, 'running'])
    for (const name of CLIENTS) {
      expect(late.filter((line) => line.startsWith(`${name} hears`)).length).toBeGreaterThan(10)
      // No client hears an answer twice, or one it did not ask for; it begins anew when it is restarted.
      const heard = log.flatMap((line) => (line.startsWith(`${name} hears`) ? [Number(line.split(' ')[2])] : []))
      heard.forEach((value, i) => expect(value === 1 || value === (heard[i - 1] ?? 0) + 1).toBe(true))
    }
    expect(storm(seed, order).hash).toBe(hash)
  })
})
