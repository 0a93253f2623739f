import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uniform } from '../../../sim/random/quantiles.ts'
import { LATENCY_US, MS, Rig, SECOND, frame } from './rig.ts'

describe('a power loss', () => {
  it('is silence: the other end learns of it by a reset when what it sends arrives after power-on', () => {
    const { rig, b, fromA, log } = Rig.pair()
    rig.at(10 * MS, () => b.powerLoss())
    rig.at(20 * MS, () => fromA.send(frame('x')))
    rig.at(SECOND, () => b.start())
    rig.run(100 * SECOND)
    // Sent at 20 ms, and again 200, 600 and 1400 ms later.
    expect(log).toEqual([`${1420 * MS + 2 * LATENCY_US} a loses to b: reset`])
  })

  it('is not learned at all by an end that only waits', () => {
    const { rig, b, fromA, log } = Rig.pair()
    b.powerLoss()
    rig.at(SECOND, () => b.start())
    rig.run(5000 * SECOND)
    expect(log).toEqual([])
    fromA.send(frame('x'))
    rig.run(6000 * SECOND)
    expect(log).toEqual([`${5000 * SECOND + 2 * LATENCY_US} a loses to b: reset`])
  })

  it('for good is a timeout', () => {
    const { rig, b, fromA, log } = Rig.pair()
    b.powerLoss()
    fromA.send(frame('x'))
    rig.run(5000 * SECOND)
    expect(log).toEqual([`${924_600 * MS + MS} a loses to b: timeout`])
  })

  it('lets arrive what is on the wire, and drops what stalls, is in a job, or comes to the machine too late', () => {
    const { rig, b, fromA, fromB, network, log } = Rig.pair()
    fromB.send(frame('on the wire'))
    b.endpoint.job(() => {
      b.endpoint.charge(50)
      fromB.send(frame('in a job'))
    })
    rig.at(MS + 20, () => {
      fromA.send(frame('too late'))
      const heal = network.block(['b'], ['a'])
      fromB.send(frame('stalled'))
      rig.at(MS + 30, () => b.powerLoss())
      rig.at(MS + 40, heal)
      rig.at(MS + 50, () => b.start())
    })
    rig.run(10 * SECOND)
    expect(log).toEqual([
      `${MS + LATENCY_US} a hears on the wire`,
      `${201 * MS + 30 + 2 * LATENCY_US} a loses to b: reset`,
    ])
  })

  it('while frames stand before a clogged door: those have not arrived, and are sent again', () => {
    const { rig, b, fromA, network, log } = Rig.pair()
    const release = network.clog(['a'], ['b'])
    fromA.send(frame('x'))
    rig.at(500 * MS, () => b.powerLoss())
    rig.at(600 * MS, () => b.start())
    rig.at(650 * MS, release)
    rig.run(100 * SECOND)
    expect(log).toEqual([`${700 * MS + 2 * LATENCY_US} a loses to b: reset`])
  })

  it('of a machine that had forgotten the connection before is silence too', () => {
    const { rig, b, fromA, network, log } = Rig.pair()
    network.halfOpen(['a'], ['b'])
    fromA.send(frame('x'))
    rig.at(MS + 50, () => b.powerLoss())
    rig.at(SECOND, () => b.start())
    rig.run(100 * SECOND)
    expect(log).toEqual([`${1401 * MS + 50 + 2 * LATENCY_US} a loses to b: reset`])
  })

  it('sends no reset over a blocked link, but does when that is healed', () => {
    const { rig, b, fromA, network, log } = Rig.pair()
    b.powerLoss()
    b.start()
    const heal = network.block(['b'], ['a'])
    fromA.send(frame('x'))
    rig.at(SECOND, heal)
    rig.run(100 * SECOND)
    expect(log).toHaveLength(1)
    expect(log[0]).toMatch(/a loses to b: reset/)
    expect(Number(log[0]?.split(' ')[0])).toBeGreaterThan(SECOND)
  })
})

describe('a half-open connection', () => {
  it('looks open to one end until it sends; the end that forgot is never told', () => {
    const { rig, fromA, fromB, network, log } = Rig.pair()
    network.halfOpen(['a'], ['b'])
    expect([fromA.open, fromB.open]).toEqual([true, false])
    fromB.send(frame('y'))
    rig.run(SECOND)
    expect(log).toEqual([])
    for (const value of ['x', 'z']) fromA.send(frame(value))
    rig.run(2 * SECOND)
    expect(log).toEqual([`${SECOND + 2 * LATENCY_US} a loses to b: reset`])
  })

  it('is one of the hosts named, whoever opened it', () => {
    const { rig, b, fromA, network, log } = Rig.pair()
    const other = b.connect('a')
    const c = rig.add('c').connect('b')
    rig.run(5 * MS)
    log.length = 0
    network.halfOpen(['a'], ['b'])
    expect([fromA.open, other.open, c.open]).toEqual([true, false, true])
  })

  it('was forgotten with all that had not been read: only what comes later is answered', () => {
    const { rig, b, fromA, network, log } = Rig.pair()
    b.pause()
    fromA.send(frame('x'))
    rig.run(2 * MS)
    network.halfOpen(['a'], ['b'])
    rig.run(SECOND)
    expect(log).toEqual([])
    fromA.send(frame('y'))
    rig.run(2 * SECOND)
    expect(log).toEqual([`${SECOND + 2 * LATENCY_US} a loses to b: reset`])
  })

  it('is answered over a clogged link when that is released', () => {
    const { rig, fromA, network, log } = Rig.pair()
    network.halfOpen(['a'], ['b'])
    const release = network.clog(['b'], ['a'])
    fromA.send(frame('x'))
    rig.at(SECOND, release)
    rig.run(2 * SECOND)
    expect(log).toEqual([`${SECOND} a loses to b: reset`])
  })

  it('still gets what was on the wire when it was forgotten', () => {
    const { rig, fromB, network, log } = Rig.pair()
    fromB.send(frame('x'))
    network.halfOpen(['a'], ['b'])
    rig.run(SECOND)
    expect(log).toEqual([`${MS + LATENCY_US} a hears x`])
  })
})

describe('a reset', () => {
  it('is told to both ends at once, and drops what is under way', () => {
    const { rig, a, fromA, fromB, network, log } = Rig.pair()
    fromA.send(frame('x'))
    fromB.send(frame('y'))
    network.reset(['b'], ['a'])
    rig.run(2 * MS)
    expect(log).toEqual([`${MS} b loses from a: reset`, `${MS} a loses to b: reset`])
    expect([fromA.open, fromB.open]).toEqual([false, false])
    a.connect('b')
    rig.run(SECOND)
    expect(log).toHaveLength(4)
  })

  it('is not told to an end that closes before it hears of it, or has nothing open', () => {
    const { rig, fromA, fromB, network, log } = Rig.pair()
    network.reset(['a'], ['b'])
    fromA.close()
    network.reset(['a'], ['b'])
    rig.run(SECOND)
    expect(log).toEqual([`${MS} b loses from a: reset`])
    expect(fromB.open).toBe(false)
  })

  it('of a half-open connection tells the end that is left', () => {
    const { rig, network, log } = Rig.pair()
    network.halfOpen(['a'], ['b'])
    network.reset(['a'], ['b'])
    rig.run(SECOND)
    expect(log).toEqual([`${MS} a loses to b: reset`])
  })
})

describe('a paused receiver', () => {
  it.each(['fifo', 'shuffle'] as const)('gets its frames late, in order, in %s order', (order) => {
    const { rig, b, fromA, log } = Rig.pair({ order })
    b.pause()
    for (let i = 0; i < 20; i++) rig.at(MS + 10 * i, () => fromA.send(frame(i)))
    rig.at(MS + 300, () => fromA.close())
    rig.at(SECOND, () => b.resume())
    rig.run(2 * SECOND)
    const heard = Array.from({ length: 20 }, (_, i) => `${SECOND} b hears ${i}`)
    expect(log).toEqual([...heard, `${SECOND} b loses from a: closed`])
  })

  it('that dies gets nothing, and its sender is told', () => {
    const { rig, b, fromA, log } = Rig.pair()
    b.pause()
    fromA.send(frame('x'))
    rig.at(SECOND, () => b.crash())
    rig.run(2 * SECOND)
    expect(log).toEqual([`${SECOND + LATENCY_US} a loses to b: closed`])
  })
})

describe('the next incarnation', () => {
  it.each(['fifo', 'shuffle'] as const)(
    'hears nothing on connections of the one before, and no connection loses its middle, in %s order',
    (order) => {
      fc.assert(
        fc.property(
          fc.nat(1000),
          fc.array(fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.boolean(), fc.integer({ min: 1, max: 300 })), {
            minLength: 1,
            maxLength: 6,
          }),
          (seed, deaths) => {
            const rig = new Rig({ seed, order, settings: { sameRackUs: uniform(0, 800), bytesPerMs: 1000 } })
            const a = rig.add('a')
            const b = rig.add('b')
            // Every frame says which connection it was sent on, and its place in it.
            const talk = (): void => {
              const connection = a.connect('b')
              let next = 0
              const chat = (): void => {
                if (connection.open) connection.send(frame(`${connection.id} ${next++}`, 10))
                if (next < 100 && (next === 0 || connection.open))
                  rig.at(rig.loop.nowUs + (next === 0 ? 1000 : 50), chat)
              }
              chat()
              last = connection.id
            }
            let last = 0
            rig.network.lose(['a'], ['b'], 0.1)
            talk()
            let atUs = 0
            for (const [livesUs, power, deadUs] of deaths) {
              rig.at((atUs += livesUs), () => (power ? b.powerLoss() : b.crash()))
              rig.at((atUs += deadUs), () => {
                b.start()
                talk()
              })
            }
            rig.run(60 * SECOND)
            expect(rig.log.filter((line) => line.includes('ghost'))).toEqual([])
            const heard = new Map<string, number>()
            for (const body of b.heard) {
              const [connection = '', place] = String(body).split(' ')
              expect(Number(place)).toBe(heard.get(connection) ?? 0)
              heard.set(connection, Number(place) + 1)
            }
            expect(heard.get(String(last))).toBe(100)
          },
        ),
        { numRuns: 60 },
      )
    },
  )

  it('does not inherit a connection whose handshake was under way', () => {
    for (const atUs of [LATENCY_US + 1, 2 * LATENCY_US + 1]) {
      const rig = new Rig()
      const a = rig.add('a')
      const b = rig.add('b')
      a.connect('b')
      rig.at(atUs, () => {
        b.crash()
        b.start()
      })
      rig.run(SECOND)
      expect(rig.log).toEqual([`${2 * LATENCY_US} a open to b`, `${atUs + LATENCY_US} a loses to b: closed`])
    }
  })
})
