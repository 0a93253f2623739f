import { describe, expect, it } from 'vitest'
import { World, type WorldOptions } from '../../sim/world.ts'
import { client, server } from './ping-pong.ts'

interface Story extends Omit<WorldOptions, 'seed'> {
  readonly seed?: number
  readonly clients?: readonly string[]
  readonly eventful?: boolean
  readonly prepare?: (world: World) => void
}

/** Tells what a server and its clients went through. */
function play(story: Story) {
  const { seed = 1, clients = ['c1', 'c2', 'c3'], eventful = true, prepare, ...options } = story
  const world = new World({ seed, ...options })
  const log: string[] = []
  const say = (line: string): void => void log.push(line)
  const process = world.addProcess('server', { rack: 'r1', boot: server(say) })
  for (const name of clients) {
    world.addProcess(name, { rack: 'r2', boot: client(say, 'server', () => world.loop.nowUs) })
  }
  prepare?.(world)
  for (const each of world.processes) each.start()
  if (eventful) {
    world.at(300_000, 'pause', () => process.pause())
    world.at(350_000, 'resume', () => process.resume())
    world.at(600_000, 'crash', () => process.crash())
    world.at(900_000, 'start', () => process.start())
    world.at(1_200_000, 'power-loss', () => process.powerLoss())
    world.at(1_900_000, 'start', () => process.start())
  }
  const end = world.run(30_000_000)
  return { world, log, end, hash: world.loop.hash.hex(), events: world.loop.executed }
}

describe('a small world', () => {
  it('plays ping-pong over network and disk', () => {
    const { log, end } = play({ clients: ['c1'], eventful: false })
    expect(end).toBe('until')
    const heard = log.filter((line) => line.startsWith('c1 hears'))
    expect(heard.length).toBeGreaterThan(1000)
    expect(log.slice(0, 3)).toEqual(['server#1 boots with 0 bytes', 'server#1 appends 1', heard[0]])
    heard.forEach((line, i) => expect(line).toMatch(new RegExp(`^c1 hears ${i + 1} at `)))
  })

  it('survives its server: what was answered is on the disk, and clients go on', () => {
    const { log } = play({})
    const boots = log.filter((line) => line.includes('boots'))
    expect(boots).toHaveLength(3)
    for (const [i, line] of boots.entries()) {
      const answered = log.slice(0, log.indexOf(line)).filter((before) => before.includes('hears')).length
      expect(Number(/with (\d+) bytes/.exec(line)?.[1])).toBeGreaterThanOrEqual(answered)
      expect(log.filter((each) => each.startsWith(`server#${i + 1} appends`)).length).toBeGreaterThan(10)
    }
    expect(log).toContain('c1 loses server: closed')
    expect(log).toContain('c1 loses server: refused')
  })
})

describe('determinism', () => {
  it.each(['fifo', 'shuffle'] as const)('the same seed gives the same run, in %s order', (order) => {
    const [one, two] = [play({ seed: 5, order }), play({ seed: 5, order })]
    expect(one.hash).toMatch(/^[0-9a-f]{16}$/)
    expect([two.hash, two.events, two.log]).toEqual([one.hash, one.events, one.log])
  })

  it('another seed gives another run', () => {
    expect(play({ seed: 5 }).hash).not.toBe(play({ seed: 6 }).hash)
  })

  it('when something happens is part of the hash, even if it does nothing', () => {
    const late = play({ prepare: (world) => world.at(10_000, 'nothing', () => undefined) })
    const later = play({ prepare: (world) => world.at(10_001, 'nothing', () => undefined) })
    expect(late.events).toBe(later.events)
    expect(late.hash).not.toBe(later.hash)
  })

  it('a run in one go and a run in steps are the same', () => {
    const world = new World({ seed: 1 })
    world.addProcess('server', { rack: 'r1', boot: server(() => undefined) })
    world.addProcess('c1', {
      rack: 'r2',
      boot: client(
        () => undefined,
        'server',
        () => world.loop.nowUs,
      ),
    })
    for (const each of world.processes) each.start()
    while (world.loop.nowUs < 30_000_000) world.run(Math.min(world.loop.nowUs + 7777, 30_000_000), 3)
    expect(world.loop.hash.hex()).toBe(play({ clients: ['c1'], eventful: false }).hash)
  })

  it('observers and listeners to the trace never change the hash', () => {
    const plain = play({})
    let observed = 0
    const watched = play({
      prepare: (world) => {
        world.loop.observe({
          onEvent: () => {
            observed++
            // Looking at everything is not doing anything.
            for (const process of world.processes) void [process.state, process.machine.clock.wallMs()]
            world.process('server').machine.disk.inspect('data/numbers.log')
          },
        })
        world.trace.subscribe('all', () => observed++)
      },
    })
    expect(watched.hash).toBe(plain.hash)
    expect(watched.log).toEqual(plain.log)
    expect(observed).toBeGreaterThanOrEqual(plain.events)
  })

  it('removing one process leaves the draws of all others as they were', () => {
    const names = ['c1', 'server1', 'c2', 'server2', 'c3', 'server3']
    const all = pairs(names)
    for (const removed of names) {
      const fewer = pairs(names.filter((name) => name !== removed))
      const number = removed.at(-1)
      const others = (log: readonly string[]): string[] =>
        log.filter((line) => !line.includes(`c${number}`) && !line.includes(`server${number}`))
      expect(others(all).length).toBeGreaterThan(500)
      expect(others(fewer)).toEqual(others(all))
    }
  })
})

/** Clients that each have a server of their own: all they share is the world. Every line carries its time. */
function pairs(names: readonly string[]): string[] {
  const world = new World({ seed: 11 })
  const log: string[] = []
  const say = (line: string): void => void log.push(`${line} [${world.loop.nowUs}]`)
  for (const name of names) {
    const to = name.replace('c', 'server')
    const boot = name.startsWith('server') ? server(say) : client(say, to, () => world.loop.nowUs)
    // A client whose server is missing is left in peace, and leaves others in peace.
    if (name.startsWith('server') || names.includes(to)) world.addProcess(name, { boot })
  }
  for (const each of world.processes) each.start()
  world.run(3_000_000)
  return log
}

describe('building a world', () => {
  it('takes each name once, and knows only what was added', () => {
    const world = new World({ seed: 1 })
    const process = world.addProcess('a', { boot: () => undefined })
    expect(world.process('a')).toBe(process)
    expect(() => world.addProcess('a', { boot: () => undefined })).toThrow(/two processes 'a'/)
    expect(() => world.process('b')).toThrow(/no process 'b'/)
  })

  it('takes whole seeds only', () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) expect(() => new World({ seed })).toThrow(/seed/)
  })

  it('lets errors of its processes out', () => {
    const world = new World({ seed: 1 })
    const process = world.addProcess('a', {
      boot: (host) => {
        host.clock.after(1, 't', () => {
          throw new Error('a bug')
        })
      },
    })
    process.start()
    expect(() => world.run(10_000)).toThrow('a bug')
  })
})
