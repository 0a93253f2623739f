import { describe, expect, it } from 'vitest'
import { fixed } from '../../../sim/random/quantiles.ts'
import { LATENCY_US, MS, Rig, SECOND, frame } from './rig.ts'

// Times of first retransmissions after a stall: 200, 600, 1400, 3000 ms …

describe('a blocked link', () => {
  it('stalls what is sent, and lets it through with the first retransmission after the heal, not at the heal', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const heal = network.block(['a'], ['b'])
    fromA.send(frame('x'))
    rig.run(MS + 650 * MS)
    fromA.send(frame('y'))
    rig.at(700 * MS, heal)
    rig.at(800 * MS, () => fromA.send(frame('z')))
    rig.run(10 * SECOND)
    // Stalled at 1 ms: retransmitted in vain at 201 and 601 ms, then at 1401 ms.
    const arrival = 1401 * MS + LATENCY_US
    expect(log).toEqual([`${arrival} b hears x`, `${arrival} b hears y`, `${arrival} b hears z`])
  })

  it('lets arrive what is on the wire already, and stalls what a job has not sent yet', () => {
    const { rig, a, fromA, network, log } = Rig.pair()
    fromA.send(frame('on the wire'))
    a.endpoint.job(() => {
      fromA.send(frame('in the job'))
      a.endpoint.charge(50)
    })
    rig.at(MS + 20, () => network.block(['a'], ['b']))
    rig.run(10 * SECOND)
    expect(log).toEqual([`${MS + LATENCY_US} b hears on the wire`])
  })

  it('is blocked one way only', () => {
    const { rig, fromA, fromB, network, log } = Rig.pair()
    network.block(['a'], ['b'])
    fromA.send(frame('x'))
    fromB.send(frame('y'))
    rig.run(10 * SECOND)
    expect(log).toEqual([`${MS + LATENCY_US} a hears y`])
  })

  it('between two sets of hosts leaves those within a set talking', () => {
    const rig = new Rig()
    const names = ['a', 'b', 'c', 'd']
    const peers = names.map((name) => rig.add(name))
    const connections = peers.flatMap((peer) => names.filter((name) => name > peer.name).map((to) => peer.connect(to)))
    rig.run(SECOND)
    rig.log.length = 0
    const heals = [rig.network.block(['a', 'b'], ['c', 'd']), rig.network.block(['c', 'd'], ['a', 'b'])]
    for (const connection of connections) connection.send(frame('x'))
    for (const peer of peers) for (const connection of peer.accepted) connection.send(frame('y'))
    rig.run(1100 * MS)
    const at = SECOND + LATENCY_US
    expect(rig.log.toSorted()).toEqual([`${at} a hears y`, `${at} b hears x`, `${at} c hears y`, `${at} d hears x`])
    for (const heal of heals) heal()
    rig.run(2 * SECOND)
    expect(rig.log).toHaveLength(12)
  })

  it('that is blocked again before the retransmission goes on waiting, twice as long each time', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const heal = network.block(['a'], ['b'])
    fromA.send(frame('x'))
    rig.at(300 * MS, heal)
    rig.at(500 * MS, () => rig.at(1500 * MS, network.block(['a'], ['b'])))
    rig.run(20 * SECOND)
    expect(log).toEqual([`${3001 * MS + LATENCY_US} b hears x`])
  })

  it('breaks the connection after 924.6 s: the sender gets a timeout, and the other end, when it sends, a reset', () => {
    const { rig, fromA, fromB, network, log } = Rig.pair()
    const heal = network.block(['a'], ['b'])
    rig.at(SECOND, () => fromA.send(frame('x')))
    rig.at(500 * SECOND, () => fromB.send(frame('y')))
    rig.run(1000 * SECOND)
    expect(log).toEqual([`${500 * SECOND + LATENCY_US} a hears y`, `${SECOND + 924_600 * MS} a loses to b: timeout`])
    expect([fromA.open, fromB.open]).toEqual([false, true])
    heal()
    fromB.send(frame('z'))
    rig.run(2000 * SECOND)
    expect(log[2]).toBe(`${1000 * SECOND + 2 * LATENCY_US} b loses from a: reset`)
    expect(log).toHaveLength(3)
  })
})

describe('a clogged link', () => {
  it('holds up all that would arrive, and lets it in at its release, in order', () => {
    const { rig, fromA, fromB, network, log } = Rig.pair()
    fromA.send(frame('on the wire'))
    const release = network.clog(['a'], ['b'])
    for (const value of ['x', 'y']) fromA.send(frame(value))
    fromB.send(frame('other way'))
    rig.at(500 * MS, release)
    rig.at(500 * MS - 30, () => fromA.send(frame('late')))
    rig.run(SECOND)
    expect(log).toEqual([
      `${MS + LATENCY_US} a hears other way`,
      `${500 * MS} b hears on the wire`,
      `${500 * MS} b hears x`,
      `${500 * MS} b hears y`,
      `${500 * MS + LATENCY_US - 30} b hears late`,
    ])
  })

  it('does not hold up what a paused process has got already', () => {
    const { rig, b, fromA, network, log } = Rig.pair()
    b.pause()
    for (const value of ['x', 'y']) fromA.send(frame(value))
    rig.run(10 * MS)
    network.clog(['a'], ['b'])
    fromA.send(frame('z'))
    rig.run(20 * MS)
    b.resume()
    rig.run(SECOND)
    expect(log).toEqual([`${20 * MS} b hears x`, `${20 * MS} b hears y`])
  })

  it('does not hold up again what it has let in', () => {
    const { rig, b, fromA, network, log } = Rig.pair()
    b.pause()
    const release = network.clog(['a'], ['b'])
    for (const value of ['x', 'y']) fromA.send(frame(value))
    rig.at(10 * MS, release)
    rig.at(15 * MS, () => network.clog(['a'], ['b']))
    rig.at(20 * MS, () => b.resume())
    rig.run(SECOND)
    expect(log).toEqual([`${20 * MS} b hears x`, `${20 * MS} b hears y`])
  })

  it('never times out: it is not the sender that waits', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const release = network.clog(['a'], ['b'])
    fromA.send(frame('x'))
    rig.at(5000 * SECOND, release)
    rig.run(6000 * SECOND)
    expect(log).toEqual([`${5000 * SECOND} b hears x`])
  })
})

describe('a lossy link', () => {
  it('makes frames late, by retransmission timeouts, and what is behind them too', () => {
    const { rig, fromA, network, log } = Rig.pair({ seed: 3 })
    network.lose(['a'], ['b'], 0.3)
    for (let i = 0; i < 20; i++) rig.at(SECOND + i, () => fromA.send(frame(i)))
    rig.run(100 * SECOND)
    expect(log.map((line) => line.split(' hears ')[1])).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
    const lateMs = log.map((line) => Math.floor((Number(line.split(' ')[0]) - SECOND) / MS))
    expect(lateMs[0]).toBe(0)
    expect(lateMs.at(-1)).toBeGreaterThanOrEqual(200)
    // Whole timeouts, and no other delays.
    for (const ms of lateMs) expect(ms % 200).toBeLessThan(20)
  })

  it('that loses everything is a blocked one, and one that loses nothing draws nothing', () => {
    const { rig, fromA, network, log } = Rig.pair()
    network.lose(['a'], ['b'], 0)
    fromA.send(frame('x'))
    const heal = network.lose(['a'], ['b'], 1)
    fromA.send(frame('y'))
    rig.at(500 * MS, heal)
    rig.run(10 * SECOND)
    expect(log).toEqual([`${MS + LATENCY_US} b hears x`, `${601 * MS + LATENCY_US} b hears y`])
  })
})

describe('overlapping faults', () => {
  it('each heal their own, in any order, once', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const heals = [network.block(['a'], ['b']), network.block(['a'], ['b']), network.block(['b', 'a'], ['a', 'b'])]
    heals[1]?.()
    heals[1]?.()
    heals[1]?.()
    fromA.send(frame('x'))
    rig.at(300 * MS, () => heals[0]?.())
    rig.at(700 * MS, () => heals[2]?.())
    rig.run(10 * SECOND)
    expect(log).toEqual([`${1401 * MS + LATENCY_US} b hears x`])
  })

  it('of clogging hold until the last is released', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const releases = [network.clog(['a'], ['b']), network.clog(['a'], ['b'])]
    fromA.send(frame('x'))
    rig.at(300 * MS, () => {
      releases[0]?.()
      releases[0]?.()
    })
    rig.at(400 * MS, () => releases[1]?.())
    rig.run(SECOND)
    expect(log).toEqual([`${400 * MS} b hears x`])
  })

  it('of latency add up, and of bandwidth the narrowest counts', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const sentAt = (atMs: number): void => rig.at(atMs * MS, () => fromA.send(frame(atMs, 1000)))
    const faults = [
      network.addLatency(['a'], ['b'], fixed(10)),
      network.addLatency(['a'], ['b'], fixed(200)),
      network.limitBandwidth(['a'], ['b'], 1000),
      network.limitBandwidth(['a'], ['b'], 500),
    ]
    for (let i = 0; i <= faults.length; i++) sentAt(10 + 10 * i)
    for (const [i, heal] of faults.entries()) rig.at((15 + 10 * i) * MS, heal)
    rig.run(SECOND)
    const delays = log.map((line) => Number(line.split(' ')[0]) - Number(line.split(' hears ')[1]) * MS - LATENCY_US)
    expect(delays).toEqual([2210, 2200, 2000, 2000, 0])
  })

  it('of blocking and clogging: what got through the one waits for the other', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const release = network.clog(['a'], ['b'])
    const heal = network.block(['a'], ['b'])
    fromA.send(frame('x'))
    rig.at(100 * MS, heal)
    rig.at(300 * MS, release)
    rig.run(SECOND)
    expect(log).toEqual([`${300 * MS} b hears x`])
  })

  it('refuse what makes no sense', () => {
    const { network } = Rig.pair()
    expect(() => network.addLatency(['a'], ['b'], fixed(-1))).toThrow(/faster/)
    expect(() => network.limitBandwidth(['a'], ['b'], 0)).toThrow(/limited to 0/)
    expect(() => network.lose(['a'], ['b'], 1.5)).toThrow(/1.5/)
    expect(() => network.block(['a'], ['x'])).toThrow(/no host 'x'/)
  })
})
