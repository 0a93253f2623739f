import { describe, expect, it } from 'vitest'
import type { PowerLossReport } from '../../sim/disk/sim-disk.ts'
import type { FaultArgs, FaultName } from '../../sim/faults/index.ts'
import { applyFault, faults } from '../../sim/faults/index.ts'
import { World } from '../../sim/world.ts'
import { client, server } from './ping-pong.ts'

const SECOND = 1_000_000

/** A server and two clients, some way into their conversation. */
function story() {
  const world = new World({ seed: 2 })
  const log: string[] = []
  const say = (line: string): void => void log.push(line)
  world.addProcess('server', { boot: server(say) })
  for (const name of ['c1', 'c2']) world.addProcess(name, { boot: client(say, 'server', () => world.loop.nowUs) })
  for (const each of world.processes) each.start()
  world.run(SECOND)
  /** Lines that begin so, said while the world goes on for `us`. */
  const during = (us: number, start: string): number => {
    const before = log.length
    world.run(world.loop.nowUs + us)
    return log.slice(before).filter((line) => line.startsWith(start)).length
  }
  return { world, log, during, process: world.process('server') }
}

const toServer = { from: ['c1'], to: ['server'] }
const extra = { probabilities: [0, 1], values: [100_000, 100_000] }

describe('the table of faults', () => {
  it('holds each fault under its own name', () => {
    for (const [name, fault] of Object.entries(faults)) expect(fault.name).toBe(name)
  })

  /** Faults that one undoes, each so bad that conversation with c1 nearly stops, or slows down. */
  const healable: { [Name in FaultName]?: FaultArgs[Name] } = {
    kill: { process: 'server' },
    stop: { process: 'server' },
    'power-loss': { process: 'server' },
    pause: { process: 'server' },
    partition: toServer,
    isolate: { hosts: ['c1'] },
    latency: { ...toServer, extra },
    bandwidth: { ...toServer, bytesPerMs: 0.1 },
    clog: toServer,
    loss: { ...toServer, probability: 0.9 },
    'delay-frames': { ...toServer, kinds: ['ping'], byUs: 2 * SECOND },
    'slow-disk': { process: 'server', factor: 1000 },
    'stall-disk': { process: 'server' },
    'slow-cpu': { process: 'server', factor: 10_000 },
  }
  const names = Object.keys(healable).filter((name): name is FaultName => name in faults)

  it.each(names)('%s hurts until it is healed; healing it again does nothing', (name) => {
    const { world, during } = story()
    const usual = during(5 * SECOND, 'c1 hears')
    const heal = apply(world, name)
    const hurt = during(5 * SECOND, 'c1 hears')
    expect(hurt).toBeLessThan(usual / 3)
    expect(heal).toBeTypeOf('function')
    heal?.()
    heal?.()
    during(15 * SECOND, '')
    const after = during(5 * SECOND, 'c1 hears')
    expect(after).toBeGreaterThan(usual * 0.8)
    expect(after).toBeLessThan(usual * 1.2)
  })

  it.each(names)('%s heals alone: the same fault applied twice lasts until both are healed', (name) => {
    const { world, during } = story()
    const usual = during(5 * SECOND, 'c1 hears')
    const heals = [apply(world, name), apply(world, name)]
    heals[0]?.()
    // A dead process cannot die again: there is one death and one heal.
    if (heals[1] !== undefined) expect(during(5 * SECOND, 'c1 hears')).toBeLessThan(usual / 3)
    heals[1]?.()
    during(15 * SECOND, '')
    expect(during(5 * SECOND, 'c1 hears')).toBeGreaterThan(usual * 0.8)
  })

  function apply(world: World, name: FaultName): (() => void) | undefined {
    const args = healable[name]
    if (args === undefined) throw new Error(`no arguments for ${name}`)
    return applyFault(world, name, args)
  }
})

describe('faults of a process', () => {
  it('kill and pause do nothing to the dead, restart brings them back', () => {
    const { world, process } = story()
    applyFault(world, 'kill', { process: 'server' })
    expect(process.state).toBe('dead')
    expect(applyFault(world, 'kill', { process: 'server' })).toBeUndefined()
    expect(applyFault(world, 'pause', { process: 'server' })).toBeUndefined()
    expect(applyFault(world, 'restart', { process: 'server' })).toBeUndefined()
    expect([process.state, process.incarnation]).toEqual(['running', 2])
    applyFault(world, 'restart', { process: 'server' })
    expect([process.state, process.incarnation]).toEqual(['running', 3])
  })

  it('a kill’s heal does not touch a later life', () => {
    const { world, process } = story()
    const heal = applyFault(world, 'kill', { process: 'server' })
    process.start()
    process.crash()
    heal?.()
    expect([process.state, process.incarnation]).toEqual(['dead', 2])
  })

  it('a power loss during a kill’s outage keeps the process down until it is healed too, in whatever order', () => {
    for (const first of [0, 1]) {
      const { world, process } = story()
      const heals = [
        applyFault(world, 'kill', { process: 'server' }),
        applyFault(world, 'power-loss', { process: 'server' }),
      ]
      heals[first]?.()
      heals[first]?.()
      expect([process.state, process.machine.on]).toEqual(['dead', false])
      heals[1 - first]?.()
      expect([process.state, process.incarnation]).toEqual(['running', 2])
    }
  })

  it('whoever starts a process that faults hold down frees it from them all', () => {
    const { world, process } = story()
    const heals = [
      applyFault(world, 'kill', { process: 'server' }),
      applyFault(world, 'power-loss', { process: 'server' }),
    ]
    applyFault(world, 'restart', { process: 'server' })
    expect([process.state, process.incarnation]).toEqual(['running', 2])
    const killedAgain = applyFault(world, 'kill', { process: 'server' })
    for (const heal of heals) heal?.()
    expect(process.state).toBe('dead')
    killedAgain?.()
    expect([process.state, process.incarnation]).toEqual(['running', 3])
  })

  it('a power loss reports what it took', () => {
    const { world } = story()
    const reports: PowerLossReport[] = []
    const onReport = (report: PowerLossReport) => void reports.push(report)
    applyFault(world, 'power-loss', { process: 'server', lose: 'all-unflushed', onReport })
    applyFault(world, 'power-loss', { process: 'server', onReport })
    expect(reports.map((report) => report.atUs)).toEqual([SECOND])
  })

  it('a pause’s heal does not touch a later life', () => {
    const { world, process } = story()
    const heal = applyFault(world, 'pause', { process: 'server' })
    process.crash()
    process.start()
    process.pause()
    heal?.()
    expect(process.state).toBe('paused')
  })

  it('power loss hits a dead process’s machine too, but only once', () => {
    const { world, process } = story()
    applyFault(world, 'kill', { process: 'server' })
    expect(applyFault(world, 'power-loss', { process: 'server' })).toBeTypeOf('function')
    expect(process.machine.on).toBe(false)
    expect(applyFault(world, 'power-loss', { process: 'server', lose: 'all-unflushed' })).toBeUndefined()
  })
})

describe('faults of links', () => {
  it('a partition one way lets the other direction through', () => {
    const { world, log, during } = story()
    applyFault(world, 'partition', { ...toServer, oneWay: true })
    during(SECOND, '')
    const appended = log.filter((line) => line.includes('appends')).length
    world.network.block(['c2'], ['server'])
    during(SECOND, '')
    expect(log.filter((line) => line.includes('appends')).length).toBeLessThanOrEqual(appended + 100)
    expect(during(SECOND, 'c1 hears')).toBe(0)
  })

  it('an isolated host is alone, others go on', () => {
    const { world, during } = story()
    applyFault(world, 'isolate', { hosts: ['c1'] })
    during(SECOND, '')
    expect(during(SECOND, 'c1 hears')).toBe(0)
    expect(during(SECOND, 'c2 hears')).toBeGreaterThan(30)
  })

  it('a reset is told to both ends, and they connect anew', () => {
    const { world, log, during } = story()
    applyFault(world, 'reset', toServer)
    expect(during(SECOND, 'c1 hears')).toBeGreaterThan(30)
    expect(log).toContain('c1 loses server: reset')
    expect(log).toContain('server#1 loses c1: reset')
    expect(log).not.toContain('c2 loses server: reset')
  })

  it('a half-open connection is found out by its surviving end when it sends', () => {
    const { world, log, during } = story()
    // Not while it waits for an answer: it would wait in vain, and send nothing.
    while (during(100, 'c1 hears') === 0);
    applyFault(world, 'half-open', toServer)
    expect(during(SECOND, 'c1 hears')).toBeGreaterThan(30)
    expect(log).toContain('c1 loses server: reset')
    expect(log).not.toContain('server#1 loses c1: reset')
  })

  it('names hosts that exist, at two different ends', () => {
    const { world } = story()
    expect(() => applyFault(world, 'partition', { from: ['c1'], to: ['nobody'] })).toThrow(/no process 'nobody'/)
    expect(() => applyFault(world, 'clog', { from: ['c1'], to: ['c1'] })).toThrow(/both ends/)
    expect(() => applyFault(world, 'reset', { from: [], to: ['c1'] })).toThrow(/both ends/)
    expect(() => applyFault(world, 'isolate', { hosts: ['c1', 'c2', 'server'] })).toThrow(/there are none/)
    expect(() => applyFault(world, 'loss', { ...toServer, probability: 1 })).toThrow(/probability 1/)
    expect(() => applyFault(world, 'bandwidth', { ...toServer, bytesPerMs: 0 })).toThrow(/0 bytes/)
  })
})

describe('faults of clocks', () => {
  it('a jump moves one machine’s wall clock', () => {
    const { world, process } = story()
    const other = world.process('c1').machine.clock
    const before = process.machine.clock.wallMs()
    expect(applyFault(world, 'clock-jump', { process: 'server', byMs: -60_000 })).toBeUndefined()
    expect(process.machine.clock.wallMs()).toBe(before - 60_000)
    expect(other.wallMs()).toBe(before)
  })

  it('a drift moves one machine’s clocks apart from the others’, until healed', () => {
    const { world, process } = story()
    const other = world.process('c1').machine.clock
    const heal = applyFault(world, 'clock-drift', { process: 'server', ppm: 1000 })
    world.run(11 * SECOND)
    expect(process.machine.clock.wallMs() - other.wallMs()).toBe(10)
    heal?.()
    world.run(21 * SECOND)
    expect(process.machine.clock.monotonicMs() - other.monotonicMs()).toBe(10)
  })
})
