// The cause of an event is what somebody did, not the machinery that made it wait its turn.

import { describe, expect, it } from 'vitest'
import { EventLog, World, type Connection, type Frame, type Host } from '../../sim/index.ts'

const frame = (kind: string): Frame => ({ kind, sizeBytes: 10, digest: 1, body: null })

describe('causes', () => {
  it('of a frame that waits behind another is the event that sent it', () => {
    const world = new World({ seed: 1 })
    const log = new EventLog()
    world.loop.record(log)
    const sent: number[] = []
    const delivered: number[] = []
    world.addProcess('server', {
      boot: (host: Host) =>
        void host.network.listen(1, (connection) =>
          connection.handle({ onFrame: () => delivered.push(world.loop.executed), onClose: () => {} }),
        ),
    })
    world.addProcess('client', {
      boot: (host: Host) => {
        const connection: Connection = host.network.connect('server', 1, 1000, {
          onOpen: () => {
            for (const kind of ['first', 'second']) {
              host.clock.after(1, 'send', () => {
                sent.push(world.loop.executed)
                connection.send(frame(kind))
              })
            }
          },
          onFrame: () => {},
          onClose: () => {},
        })
      },
    })
    for (const process of world.processes) process.start()
    world.run(1_000_000)
    expect(delivered.map((ordinal) => log.event(ordinal)?.cause)).toEqual(sent)
  })

  it('of a job that waits for a thread is the event that submitted it', () => {
    const world = new World({ seed: 1 })
    const log = new EventLog()
    world.loop.record(log)
    const submitted: number[] = []
    const ran: number[] = []
    world.addProcess('node', {
      boot: (host: Host) => {
        const pool = host.jobs.pool('one', 1)
        pool.run('long', () => host.jobs.charge(10_000))
        host.clock.after(1, 'submit', () => {
          submitted.push(world.loop.executed)
          pool.run('waits', () => ran.push(world.loop.executed))
        })
      },
    })
    world.process('node').start()
    world.run(1_000_000)
    expect(ran.map((ordinal) => log.event(ordinal)?.cause)).toEqual(submitted)
    expect(ran).not.toEqual(submitted)
  })
})
