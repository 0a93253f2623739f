import { describe, expect, it } from 'vitest'
import { applyFault } from '../../../sim/faults/index.ts'
import type { Host } from '../../../sim/host.ts'
import { World } from '../../../sim/world.ts'

const SECOND = 1_000_000

/** A process that needs `tidyMs` to stop when it is asked to; without it, one that has no handler. */
function worldWith(tidyMs: number | undefined) {
  const world = new World({ seed: 3 })
  const log: string[] = []
  const boot = (host: Host): void => {
    log.push(`boot ${host.incarnation} at ${world.loop.nowUs / SECOND}`)
    if (tidyMs === undefined) return
    host.onTerminate(() => {
      log.push(`asked at ${world.loop.nowUs / SECOND}`)
      host.clock.after(tidyMs, 'tidy', () => host.exit())
    })
  }
  const process = world.addProcess('p', { boot })
  process.onExit(() => log.push(`exit at ${world.loop.nowUs / SECOND}, ${process.state}`))
  process.onHalt(() => log.push('halt'))
  process.start()
  world.run(SECOND)
  return { world, process, log }
}

describe('a process that is asked to stop', () => {
  it('ends itself when it is done', () => {
    const { world, process, log } = worldWith(2000)
    process.terminate()
    world.run(2 * SECOND)
    expect([process.state, process.isTerminating]).toEqual(['running', true])
    world.run(5 * SECOND)
    expect([process.state, process.isTerminating]).toEqual(['dead', false])
    expect(log).toEqual(['boot 1 at 0', 'asked at 1', 'exit at 3, dead'])
  })

  it('ends at once if it has no handler', () => {
    const { world, process, log } = worldWith(undefined)
    process.terminate()
    world.run(2 * SECOND)
    expect(log).toEqual(['boot 1 at 0', 'exit at 1, dead'])
  })

  it('hears of it once', () => {
    const { world, process, log } = worldWith(2000)
    process.terminate()
    world.run(2 * SECOND)
    process.terminate()
    world.run(5 * SECOND)
    expect(log.filter((line) => line.startsWith('asked'))).toEqual(['asked at 1'])
  })

  it('hears of it when it goes on, if it is paused', () => {
    const { world, process, log } = worldWith(2000)
    process.pause()
    process.terminate()
    world.run(4 * SECOND)
    process.resume()
    world.run(10 * SECOND)
    expect(log).toEqual(['boot 1 at 0', 'asked at 4', 'exit at 6, dead'])
  })

  it('dies in the middle of it as at any other time, and its next life was not asked', () => {
    const { world, process, log } = worldWith(2000)
    process.terminate()
    world.run(2 * SECOND)
    process.crash()
    process.start()
    world.run(9 * SECOND)
    expect(log).toEqual(['boot 1 at 0', 'asked at 1', 'boot 2 at 2'])
    expect([process.state, process.isTerminating]).toEqual(['running', false])
  })

  it('cannot be asked when it is dead', () => {
    const { process } = worldWith(2000)
    process.crash()
    expect(() => process.terminate()).toThrow(/asked to stop while it is dead/)
  })
})

describe('the fault stop', () => {
  const stop = (world: World) => applyFault(world, 'stop', { process: 'p' })

  it('is healed by a start once the process has stopped, however long that takes', () => {
    const { world, log } = worldWith(5000)
    const heal = stop(world)
    world.run(2 * SECOND)
    heal?.()
    heal?.()
    world.run(20 * SECOND)
    expect(log).toEqual(['boot 1 at 0', 'asked at 1', 'exit at 6, dead', 'boot 2 at 6'])
  })

  it('lasts until it is healed', () => {
    const { world, process, log } = worldWith(1000)
    const heal = stop(world)
    world.run(20 * SECOND)
    expect(process.state).toBe('dead')
    heal?.()
    expect(log.at(-1)).toBe('boot 2 at 20')
  })

  it('twice holds down until both are healed', () => {
    const { world, process } = worldWith(1000)
    const heals = [stop(world), stop(world)]
    heals[0]?.()
    world.run(20 * SECOND)
    expect(process.state).toBe('dead')
    heals[1]?.()
    expect(process.state).toBe('running')
  })

  it('does nothing to the dead', () => {
    const { world, process } = worldWith(1000)
    process.crash()
    expect(stop(world)).toBeUndefined()
  })

  it.each(['kill', 'power-loss'] as const)('is a %s when that comes in the middle, healed when both are', (verb) => {
    const { world, process, log } = worldWith(5000)
    const healStop = stop(world)
    world.run(2 * SECOND)
    const heal = applyFault(world, verb, { process: 'p' })
    expect(process.state).toBe('dead')
    healStop?.()
    world.run(20 * SECOND)
    expect(process.state).toBe('dead')
    heal?.()
    expect(log).toEqual(['boot 1 at 0', 'asked at 1', 'boot 2 at 20'])
  })

  it('healed before a kill comes in the middle leaves the start to the kill', () => {
    const { world, process } = worldWith(5000)
    stop(world)?.()
    world.run(2 * SECOND)
    const heal = applyFault(world, 'kill', { process: 'p' })
    world.run(20 * SECOND)
    expect(process.state).toBe('dead')
    heal?.()
    expect(process.state).toBe('running')
  })
})
