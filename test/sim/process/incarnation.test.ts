import { describe, expect, it } from 'vitest'
import type { Connection, ConnectionHandlers, DiskFile, Host, Listener, Pool, Timer } from '../../../sim/host.ts'
import { World } from '../../../sim/world.ts'

/** Everything one incarnation of the process under test was given or made. */
interface Belongings {
  readonly host: Host
  readonly pool: Pool
  readonly timer: Timer
  readonly file: DiskFile
  readonly listener: Listener
  readonly connections: Connection[]
}

/** A process that keeps busy in every way there is, beside a peer that talks to it all the time. */
function busyWorld(order: 'fifo' | 'shuffle') {
  const world = new World({ seed: 7, order })
  const log: string[] = []
  const lives: Belongings[] = []
  const note = (host: Host, what: string): void => {
    log.push(`${host.incarnation} ${what} in ${process.incarnation}`)
  }
  const handlers = (host: Host): ConnectionHandlers => ({
    onOpen: () => note(host, 'open'),
    onFrame: () => note(host, 'frame'),
    onClose: () => note(host, 'close'),
  })
  const process = world.addProcess('busy', {
    boot: (host) => {
      const pool = host.jobs.pool('io', 1)
      const file = host.disk.open('f')
      const connections: Connection[] = []
      const timer = host.clock.every(1, 'tick', () => {
        note(host, 'timer')
        for (let i = 0; i < 3; i++) {
          pool.run('work', () => {
            note(host, 'job')
            host.jobs.charge(1500)
            file.append(new Uint8Array(100))
            file.sync(() => note(host, 'synced'))
            for (const connection of connections) {
              if (connection.open)
                connection.send({ kind: 'from', sizeBytes: 10, digest: host.incarnation, body: host.incarnation })
            }
          })
        }
      })
      const listener = host.network.listen(1, (connection) => {
        note(host, 'accept')
        connections.push(connection)
        connection.handle(handlers(host))
      })
      connections.push(host.network.connect('peer', 2, 5000, handlers(host)))
      lives.push({ host, pool, timer, file, listener, connections })
    },
  })
  const peer = world.addProcess('peer', {
    boot: (host) => {
      const talkOn = (connection: Connection): Timer =>
        host.clock.every(0.5, 'talk', () => {
          connection.send({ kind: 'to', sizeBytes: 10, digest: 0, body: 0 })
        })
      host.network.listen(2, (connection) => {
        const timer = talkOn(connection)
        connection.handle({ onFrame: () => undefined, onClose: () => timer.cancel() })
      })
      const connect = (): void => {
        let timer: Timer | undefined
        const connection = host.network.connect('busy', 1, 5000, {
          onOpen: () => (timer = talkOn(connection)),
          onFrame: () => undefined,
          onClose: () => {
            timer?.cancel()
            host.clock.after(5, 'again', connect)
          },
        })
      }
      connect()
    },
  })
  peer.start()
  process.start()
  return { world, process, log, lives }
}

const WHATS = ['timer', 'job', 'synced', 'frame', 'accept', 'open']

describe.each(['fifo', 'shuffle'] as const)('in %s order', (order) => {
  describe.each(['crash', 'powerLoss'] as const)('after a %s', (death) => {
    it('nothing of incarnation n reaches n+1: no timer, job, frame, connection or disk continuation', () => {
      const { world, process, log } = busyWorld(order)
      for (let n = 1; n <= 5; n++) {
        // After a power loss the peer learns that the machine is back when TCP tries again.
        world.run(world.loop.nowUs + (death === 'crash' ? 40_000 : 600_000) + n * 337)
        const before = log.length
        process[death]()
        // Dead: not a sound.
        world.run(world.loop.nowUs + (n % 2) * 20_000)
        expect(log).toHaveLength(before)
        process.start()
      }
      world.run(world.loop.nowUs + 600_000)
      for (let n = 1; n <= 6; n++) {
        for (const what of WHATS) expect(log).toContain(`${n} ${what} in ${n}`)
      }
      expect(log.filter((line) => !/^(\d) .* in \1$/.test(line))).toEqual([])
    })

    it('whoever kept something of the dead incarnation is stopped from using it', () => {
      const { world, process, log, lives } = busyWorld(order)
      world.run(30_500)
      process[death]()
      const lengthAtDeath = log.length
      const [ghost] = lives
      if (ghost === undefined) throw new Error('never lived')
      const { host, pool, file } = ghost
      const uses: (() => unknown)[] = [
        () => host.clock.wallMs(),
        () => host.clock.monotonicMs(),
        () => host.clock.after(1, 'ghost', () => log.push('ghost')),
        () => host.clock.at(1, 'ghost', () => log.push('ghost')),
        () => host.clock.every(1, 'ghost', () => log.push('ghost')),
        () => host.jobs.pool('ghost', 1),
        () => pool.run('ghost', () => log.push('ghost')),
        () => host.random.stream('ghost'),
        () => host.network.listen(3, () => log.push('ghost')),
        () =>
          host.network.connect('peer', 2, 100, { onFrame: () => log.push('ghost'), onClose: () => log.push('ghost') }),
        () => host.disk.open('ghost'),
        () => file.append(new Uint8Array(1)),
        () => file.sync(() => log.push('ghost')),
        () => host.halt('ghost'),
      ]
      for (const use of uses) expect(use, String(use)).toThrow(/dead|died|ghost/i)
      process.start()
      for (const use of uses) expect(use, String(use)).toThrow(/dead|died|ghost/i)
      // Cancelling and closing are harmless.
      ghost.timer.cancel()
      world.run(100_000)
      expect(log.slice(lengthAtDeath)).not.toContain('ghost')
      expect(log.slice(lengthAtDeath).filter((line) => line.startsWith('1'))).toEqual([])
    })
  })
})
