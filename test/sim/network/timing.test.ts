import { describe, expect, it } from 'vitest'
import { fixed, quantiles, uniform } from '../../../sim/random/quantiles.ts'
import { LATENCY_US, MS, PORT, Rig, SECOND, frame } from './rig.ts'

describe('a frame sent outside a job', () => {
  it('leaves at once and arrives after the latency of the link', () => {
    const { rig, fromA, log } = Rig.pair()
    rig.run(5 * MS)
    fromA.send(frame('x'))
    rig.run(SECOND)
    expect(log).toEqual([`${5 * MS + LATENCY_US} b hears x`])
  })

  it('is an event of its kind, whose digest tells what it says and how long it is', () => {
    const hashOf = (digest: number, sizeBytes: number, kind: string): string => {
      const { rig, fromA } = Rig.pair()
      fromA.send({ kind, sizeBytes, digest, body: 0 })
      rig.run(SECOND)
      return rig.loop.hash.hex()
    }
    const hashes = [hashOf(1, 100, 'k'), hashOf(2, 100, 'k'), hashOf(1, 101, 'k'), hashOf(1, 100, 'l')]
    expect(new Set(hashes).size).toBe(4)
    expect(hashOf(1, 100, 'k')).toBe(hashes[0])
  })

  it('costs one event', () => {
    const { rig, fromA } = Rig.pair()
    const before = rig.loop.executed
    for (let i = 0; i < 10; i++) fromA.send(frame(i))
    rig.run(SECOND)
    expect(rig.loop.executed - before).toBe(10)
  })
})

describe('a frame sent in a job', () => {
  it('leaves when the job ends', () => {
    const { rig, a, fromA, log } = Rig.pair()
    a.endpoint.job(() => {
      fromA.send(frame('x'))
      a.endpoint.charge(700)
    })
    rig.run(SECOND)
    expect(log).toEqual([`${MS + 700 + LATENCY_US} b hears x`])
  })

  it('is not overtaken on its connection by what a shorter job sends later', () => {
    const { rig, a, fromA, log } = Rig.pair()
    const send = (value: string, us: number): void => {
      a.endpoint.job(() => {
        fromA.send(frame(`${value}1`))
        fromA.send(frame(`${value}2`))
        a.endpoint.charge(us)
      })
    }
    send('long', 900)
    send('short', 30)
    send('other-long', 900)
    fromA.send(frame('at-once'))
    rig.run(SECOND)
    expect(log.map((line) => line.split(' hears ')[1])).toEqual([
      'long1', 'long2', 'short1', 'short2', 'other-long1', 'other-long2', 'at-once',
    ]) // prettier-ignore
  })

  it('leaves before what is sent later at the instant at which the job ends', () => {
    const { rig, a, fromA, log } = Rig.pair()
    rig.at(MS + 700, () => fromA.send(frame('y')))
    a.endpoint.job(() => {
      fromA.send(frame('x'))
      a.endpoint.charge(700)
    })
    rig.run(SECOND)
    expect(log).toEqual([`${MS + 700 + LATENCY_US} b hears x`, `${MS + 700 + LATENCY_US} b hears y`])
  })

  it('does not keep the link busy before it leaves', () => {
    const { rig, a, fromA, log } = Rig.pair({ settings: { sameRackUs: fixed(LATENCY_US), bytesPerMs: 1000 } })
    const other = a.connect('b')
    rig.run(10 * MS)
    const startUs = rig.loop.nowUs
    a.endpoint.job(() => {
      fromA.send(frame('big', 10_000))
      a.endpoint.charge(1000)
    })
    other.send(frame('small', 100))
    rig.run(SECOND)
    expect(log.filter((line) => line.includes('hears'))).toEqual([
      `${startUs + 100 + LATENCY_US} b hears small`,
      `${startUs + 1000 + 10_000 + LATENCY_US} b hears big`,
    ])
  })

  it('does not leave a process that is paused before the job has ended, until it goes on', () => {
    const { rig, a, fromA, log } = Rig.pair()
    a.endpoint.job(() => {
      fromA.send(frame('x'))
      a.endpoint.charge(700)
    })
    rig.at(MS + 300, () => a.pause())
    rig.at(MS + 2000, () => a.resume())
    rig.run(SECOND)
    expect(log).toEqual([`${MS + 2000 + LATENCY_US} b hears x`])
  })
})

describe('bandwidth', () => {
  it('makes frames queue for the link: their transmissions add up, over all connections', () => {
    const { rig, a, fromA, log } = Rig.pair({ settings: { sameRackUs: fixed(LATENCY_US), bytesPerMs: 1000 } })
    const second = a.connect('b')
    rig.run(5 * MS)
    log.length = 0
    fromA.send(frame('x', 1000))
    second.send(frame('y', 500))
    fromA.send(frame('z', 2000))
    rig.run(SECOND)
    expect(log).toEqual(['6100 b hears x', '6600 b hears y', '8600 b hears z'])
  })

  it('is each direction’s own, and idle time is not saved up', () => {
    const { rig, fromA, fromB, log } = Rig.pair({ settings: { sameRackUs: fixed(LATENCY_US), bytesPerMs: 1000 } })
    rig.run(5 * MS)
    fromA.send(frame('x', 1000))
    fromB.send(frame('y', 1000))
    rig.run(5500).at(5500, () => fromA.send(frame('z', 1000)))
    rig.run(SECOND)
    expect(log.toSorted()).toEqual(['6100 a hears y', '6100 b hears x', '7100 b hears z'])
  })

  it('counts fractions of a µs', () => {
    const { rig, fromA, log } = Rig.pair({ settings: { sameRackUs: fixed(LATENCY_US), bytesPerMs: 1_000_000 } })
    rig.run(5 * MS)
    for (let i = 0; i < 1000; i++) fromA.send(frame(i, 100))
    rig.run(SECOND)
    expect(log.at(-1)).toBe('5200 b hears 999')
  })
})

describe('latency', () => {
  it('is that of the pair: one host, one rack, or two', () => {
    const rig = new Rig({
      settings: { sameHostUs: fixed(1), sameRackUs: fixed(10), otherRackUs: fixed(1000), bytesPerMs: Infinity },
    })
    const peer = rig.add('p', 'r1')
    rig.add('near', 'r1')
    rig.add('far', 'r2')
    rig.add('nowhere')
    const connections = ['p', 'near', 'far', 'nowhere'].map((name) => peer.connect(name))
    rig.run(SECOND)
    rig.log.length = 0
    for (const connection of connections) connection.send(frame('x'))
    rig.run(2 * SECOND)
    expect(rig.log).toEqual([
      `${SECOND + 1} p hears x`,
      `${SECOND + 10} near hears x`,
      `${SECOND + 1000} far hears x`,
      `${SECOND + 1000} nowhere hears x`,
    ])
  })

  it('by default is a data centre’s', () => {
    const rig = new Rig({ settings: {} })
    const peer = rig.add('p')
    rig.add('q')
    const connection = peer.connect('q')
    rig.run(SECOND)
    const delays: number[] = []
    for (let i = 0; i < 2000; i++) {
      const sentUs = rig.loop.nowUs
      connection.send(frame(i))
      rig.run(sentUs + 20 * MS)
      delays.push(Number(rig.log.at(-1)?.split(' ')[0]) - sentUs)
    }
    delays.sort((x, y) => x - y)
    expect(delays[1000]).toBeGreaterThan(80)
    expect(delays[1000]).toBeLessThan(100)
    expect(delays[1990]).toBeGreaterThan(300)
    expect(delays.at(-1)).toBeLessThanOrEqual(10_001)
  })

  it('of a link is drawn from its own stream: another host, and its traffic and faults, change nothing', () => {
    const story = (crowded: boolean): string[] => {
      const rig = new Rig({ seed: 5, settings: { sameRackUs: uniform(10, 5000) } })
      const a = rig.add('a')
      if (crowded) {
        const c = rig.add('c')
        rig.at(0, () => {
          const other = c.connect('a')
          rig.network.addLatency(['c'], ['a'], uniform(0, 100))
          rig.network.lose(['c'], ['a'], 0.3)
          for (let i = 0; i < 50; i++) rig.at(SECOND + i * 777, () => other.send(frame(-1)))
        })
      }
      rig.add('b')
      const connection = a.connect('b')
      for (let i = 0; i < 50; i++) rig.at(SECOND + i * 1000, () => connection.send(frame(i)))
      rig.run(10 * SECOND)
      return rig.log.filter((line) => /(b hears|b accepts|a open)/.test(line))
    }
    expect(story(true)).toEqual(story(false))
    expect(story(false)).toHaveLength(52)
  })

  it('never lets a fault’s draws disturb the link’s own', () => {
    const story = (faulty: boolean): string[] => {
      const { rig, fromA, log } = Rig.pair({
        seed: 5,
        settings: { sameRackUs: uniform(10, 5000), bytesPerMs: Infinity },
      })
      const heal = faulty ? rig.network.addLatency(['a'], ['b'], uniform(0, 1)) : undefined
      fromA.send(frame('x'))
      rig.run(SECOND)
      heal?.()
      log.length = 0
      for (let i = 0; i < 10; i++) rig.at(SECOND + i * 10_000, () => fromA.send(frame(i)))
      rig.run(2 * SECOND)
      return log
    }
    expect(story(true)).toEqual(story(false))
  })
})

describe('settings', () => {
  it.each([
    [{ bytesPerMs: 0 }, /bytesPerMs/],
    [{ retransmitUs: 0.5 }, /retransmitUs/],
    [{ sameRackUs: quantiles({ min: -1, p50: 0, max: 1 }) }, /sameRackUs/],
    [{ retransmissions: -1 }, /retransmissions/],
  ])('are checked: %o', (settings, message) => {
    expect(() => new Rig({ settings })).toThrow(message)
  })
})

describe('the network', () => {
  it('refuses to be misused', () => {
    const { rig, a, fromA, network } = Rig.pair()
    expect(() => network.addHost('a')).toThrow(/two hosts 'a'/)
    expect(() => network.attach(a.endpoint)).toThrow(/two processes/)
    expect(() => a.connect('nobody')).toThrow(/no host 'nobody'/)
    expect(() => a.connect('b', 0)).toThrow(/within 0 ms/)
    expect(() => a.net.listen(PORT, () => undefined)).toThrow(/twice/)
    expect(() => fromA.send(frame('x', Number.NaN))).toThrow(/NaN bytes/)
    expect(() => a.connect('b').send(frame('x'))).toThrow(/before the connection is open/)
    rig.run(SECOND)
    a.crash()
    expect(() => a.connect('b')).toThrow(/dead process/)
    expect(() => network.detach(a.endpoint)).toThrow(/does not use/)
    expect(fromA.send(frame('x'))).toBeUndefined()
  })
})
