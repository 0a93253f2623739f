import { describe, expect, it } from 'vitest'
import type { Host } from '../../../sim/host.ts'
import { World } from '../../../sim/world.ts'

function worldWith(boot: (host: Host, log: string[]) => void) {
  const world = new World({ seed: 3 })
  const log: string[] = []
  const process = world.addProcess('p', { boot: (host) => boot(host, log) })
  return { world, process, log }
}

describe('a process', () => {
  it('is new, then running, and dead after a crash, until it starts its next incarnation', () => {
    const { process, log } = worldWith((host, log) => log.push(`boot ${host.name}#${host.incarnation}`))
    expect([process.state, process.incarnation]).toEqual(['new', 0])
    process.start()
    expect([process.state, process.incarnation]).toEqual(['running', 1])
    process.pause()
    expect(process.state).toBe('paused')
    process.crash()
    expect([process.state, process.incarnation]).toEqual(['dead', 1])
    process.start()
    expect([process.state, process.incarnation]).toEqual(['running', 2])
    expect(log).toEqual(['boot p#1', 'boot p#2'])
  })

  it('takes no command that its state does not allow', () => {
    const { process } = worldWith(() => undefined)
    expect(() => process.crash()).toThrow(/crashes while it is new/)
    expect(() => process.pause()).toThrow(/paused while it is new/)
    process.start()
    expect(() => process.start()).toThrow(/started while it is running/)
    expect(() => process.resume()).toThrow(/resumed while it is running/)
    process.powerLoss()
    expect(() => process.powerLoss()).toThrow(/loses power while it is off/)
  })

  it('loses in a power loss what it had not synced, in a crash nothing', () => {
    const sizes: number[] = []
    const { world, process } = worldWith((host) => {
      const file = host.disk.open('log')
      sizes.push(file.sizeBytes)
      file.append(new Uint8Array(10))
      if (host.incarnation === 1) file.sync()
      file.append(new Uint8Array(5))
    })
    process.start()
    world.run(1_000_000)
    process.crash()
    process.start()
    expect(sizes).toEqual([0, 15])
    world.run(2_000_000)
    process.powerLoss('all-unflushed')
    expect(process.machine.on).toBe(false)
    process.start()
    expect(process.machine.on).toBe(true)
    expect(sizes).toEqual([0, 15, 10])
  })

  it('has not done, when its machine loses power, what a job of its would do after a sync under way', () => {
    const { process } = worldWith((host) => {
      host.jobs.pool('io', 1).run('test', () => {
        host.disk.open('log').sync()
        host.disk.open('checkpoint').append(new Uint8Array(5))
      })
    })
    for (let life = 1; life <= 20; life++) {
      const heal = process.machine.disk.slow(10)
      process.start()
      process.powerLoss()
      expect(process.machine.disk.paths()).not.toContain('checkpoint')
      heal()
    }
  })

  it('says goodbye when it crashes, and nothing when its machine loses power', () => {
    for (const death of ['crash', 'powerLoss'] as const) {
      const { world, process, log } = worldWith((host) => {
        host.network.listen(1, (connection) => {
          connection.handle({ onFrame: () => undefined, onClose: () => undefined })
        })
      })
      const peer = world.addProcess('peer', {
        boot: (host) => {
          host.network.connect('p', 1, 1000, {
            onOpen: () => log.push('open'),
            onFrame: () => undefined,
            onClose: (reason) => log.push(reason),
          })
        },
      })
      process.start()
      peer.start()
      world.run(100_000)
      process[death]()
      world.run(3600_000_000)
      expect(log).toEqual(death === 'crash' ? ['open', 'closed'] : ['open'])
    }
  })

  it('that is already dead may lose power too', () => {
    const { process } = worldWith((host) => {
      host.disk.open('f').append(new Uint8Array(5))
    })
    process.start()
    process.crash()
    process.powerLoss('all-unflushed')
    process.start()
    expect(process.machine.disk.inspect('f')).toHaveLength(5)
    expect(process.incarnation).toBe(2)
  })
})

describe('a paused process', () => {
  it('handles what came due late, in order, and finds that its clock has moved', () => {
    const { world, process, log } = worldWith((host, log) => {
      for (const ms of [10, 30, 20, 60]) {
        host.clock.at(ms, 't', () => log.push(`${ms} at ${host.clock.monotonicMs()}`))
      }
    })
    process.start()
    world.run(15_000)
    process.pause()
    world.run(50_000)
    expect(log).toEqual(['10 at 10'])
    process.resume()
    expect(log).toEqual(['10 at 10'])
    world.run(100_000)
    expect(log).toEqual(['10 at 10', '20 at 50', '30 at 50', '60 at 60'])
  })

  it('goes on after as many resumes as there were pauses', () => {
    const { world, process, log } = worldWith((host, log) => {
      host.clock.after(1, 't', () => log.push('fired'))
    })
    process.start()
    process.pause()
    process.pause()
    world.run(5000)
    process.resume()
    world.run(6000)
    expect([process.state, log]).toEqual(['paused', []])
    process.resume()
    world.run(7000)
    expect([process.state, log]).toEqual(['running', ['fired']])
  })

  it('starts waiting jobs when it goes on', () => {
    const { world, process, log } = worldWith((host, log) => {
      const pool = host.jobs.pool('io', 1)
      for (const name of ['a', 'b', 'c']) {
        pool.run('job', () => {
          log.push(`${name} ${host.clock.monotonicMs()}`)
          host.jobs.charge(10_000)
        })
      }
    })
    process.start()
    process.pause()
    world.run(35_000)
    process.resume()
    world.run(100_000)
    expect(log).toEqual(['a 0', 'b 35', 'c 45'])
  })

  it('can cancel, when it goes on, a timer that came due meanwhile', () => {
    const { world, process, log } = worldWith((host, log) => {
      host.clock.at(1, 'first', () => {
        log.push('first')
        second.cancel()
      })
      const second = host.clock.at(2, 'second', () => log.push('second'))
    })
    process.start()
    process.pause()
    world.run(5000)
    process.resume()
    world.run(10_000)
    expect(log).toEqual(['first'])
  })

  it('keeps deadlines that came due in their place when its drift changes', () => {
    const { world, process, log } = worldWith((host, log) => {
      host.clock.at(2, 'second', () => log.push(`second ${world.loop.nowUs}`))
      host.clock.at(1, 'first', () => log.push(`first ${world.loop.nowUs}`))
      host.clock.at(10, 'later', () => log.push(`later ${world.loop.nowUs}`))
    })
    process.start()
    process.pause()
    world.run(5000)
    process.machine.clock.addDrift(250_000)
    process.resume()
    world.run(20_000)
    expect(log).toEqual(['first 5000', 'second 5000', 'later 9000'])
  })
})

describe('a process that halts', () => {
  const ways: Record<string, (host: Host, halt: () => never) => void> = {
    'while it boots': (_host, halt) => halt(),
    'in a timer': (host, halt) => {
      host.clock.after(0, 'doom', halt)
    },
    'in a job that runs at once': (host, halt) => {
      host.jobs.pool('io', 1).run('doom', halt)
    },
    'in a job that had to wait': (host, halt) => {
      const pool = host.jobs.pool('io', 1)
      pool.run('work', () => host.jobs.charge(100))
      pool.run('doom', halt)
    },
    'when its disk has synced': (host, halt) => {
      host.disk.open('f').sync(halt)
    },
    'when a connection is refused': (host, halt) => {
      host.network.connect('p', 99, 1000, { onFrame: () => undefined, onClose: halt })
    },
    'although it tries to catch it': (host, halt) => {
      try {
        halt()
      } catch {
        expect(() => host.clock.after(1, 'more', halt)).toThrow(/halts|enough/)
      }
    },
  }

  it.each(Object.keys(ways))('%s does nothing more, is dead, and can be started again', (way) => {
    const { world, process, log } = worldWith((host, log) => {
      log.push(`boot ${host.incarnation}`)
      if (host.incarnation > 1) return
      host.clock.after(1000, 'later', () => log.push('alive'))
      ways[way]?.(host, () => host.halt('had enough'))
    })
    process.onHalt((reason) => {
      log.push(`halted: ${reason}, ${process.state}`)
      world.at(world.loop.nowUs + 500_000, 'restart', () => process.start())
    })
    process.start()
    expect(world.run(5_000_000)).toBe('idle')
    expect(log).toEqual(['boot 1', 'halted: had enough, dead', 'boot 2'])
  })

  it.each([true, false])('sends nothing more, not even as it unwinds (in a job: %s)', (inJob) => {
    const { world, process, log } = worldWith((host, log) => {
      const pool = host.jobs.pool('io', 1)
      host.network.listen(1, (connection) => {
        const work = (): void => {
          // What code outside jobs sends has left at once; a job sends when it ends, and this one does not end.
          connection.send({ kind: 'answer', sizeBytes: 1, digest: 0, body: 0 })
          try {
            host.halt('no')
          } finally {
            connection.send({ kind: 'last-words', sizeBytes: 1, digest: 0, body: 0 })
            log.push('unwound')
          }
        }
        connection.handle({
          onFrame: () => (inJob ? pool.run('work', work) : work()),
          onClose: () => undefined,
        })
      })
    })
    const peer = world.addProcess('peer', {
      boot: (host) => {
        const connection = host.network.connect('p', 1, 1000, {
          onOpen: () => connection.send({ kind: 'ask', sizeBytes: 1, digest: 0, body: 0 }),
          onFrame: (frame) => log.push(`heard ${frame.kind}`),
          onClose: (reason) => log.push(`peer: ${reason}`),
        })
      },
    })
    process.start()
    peer.start()
    world.run(1_000_000)
    expect(log).toEqual(['unwound', ...(inJob ? [] : ['heard answer']), 'peer: closed'])
  })

  it('may be started in the very instant of its halt', () => {
    const { world, process, log } = worldWith((host, log) => {
      log.push(`boot ${host.incarnation}`)
      if (host.incarnation === 1) host.halt('at once')
    })
    process.onHalt((reason) => log.push(reason))
    process.start()
    expect(process.state).toBe('dead')
    process.start()
    world.run(1000)
    expect(log).toEqual(['boot 1', 'at once', 'boot 2'])
    expect(process.state).toBe('running')
  })

  it('does not stop the world from counting its events', () => {
    const { world, process } = worldWith((host) => {
      host.clock.after(1, 'doom', () => host.halt('x'))
    })
    process.start()
    expect(world.run(10_000, 1)).toBe('budget')
    expect(world.loop.executed).toBe(1)
    expect(world.run(10_000, 100)).toBe('idle')
    expect(world.loop.executed).toBe(2)
  })
})
