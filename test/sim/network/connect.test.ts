import { describe, expect, it } from 'vitest'
import { LATENCY_US, MS, Rig, SECOND, frame } from './rig.ts'

/** Two hosts without a connection. */
function two() {
  const rig = new Rig()
  return { rig, a: rig.add('a'), b: rig.add('b'), network: rig.network, log: rig.log }
}

describe('connecting', () => {
  it('takes a round trip, and is accepted half a round trip later', () => {
    const { rig, a, b, log } = two()
    const connection = a.connect('b')
    expect(connection.open).toBe(false)
    rig.run(SECOND)
    expect(log).toEqual([`${2 * LATENCY_US} a open to b`, `${3 * LATENCY_US} b accepts a`])
    expect(connection).toMatchObject({ open: true, peer: 'b' })
    expect(b.accepted).toMatchObject([{ open: true, peer: 'a', id: connection.id }])
  })

  it('in a job begins when that ends', () => {
    const { rig, a, log } = two()
    a.endpoint.job(() => {
      a.connect('b')
      a.endpoint.charge(500)
    })
    rig.run(SECOND)
    expect(log[0]).toBe(`${500 + 2 * LATENCY_US} a open to b`)
  })

  it('to a port at which nobody listens is refused after a round trip', () => {
    const { rig, a, b, log } = two()
    a.connect('b', 30_000, 1)
    rig.run(SECOND)
    b.crash()
    a.connect('b')
    rig.run(2 * SECOND)
    const refused = (atUs: number): string => `${atUs + 2 * LATENCY_US} a loses to b: refused`
    expect(log).toEqual([refused(0), refused(SECOND)])
  })

  it('to a listener that has been closed is refused, and breaks if it closed just now', () => {
    const { rig, a, b, log } = two()
    const listener = b.net.listen(5, () => log.push('accepted'))
    const connection = a.connect('b', 30_000, 5)
    rig.at(2 * LATENCY_US + 50, () => listener.close())
    rig.run(SECOND)
    expect(log).toEqual([`${2 * LATENCY_US} a open to b`, `${4 * LATENCY_US} a loses to b: reset`])
    expect(connection.open).toBe(false)
    a.connect('b', 30_000, 5)
    rig.run(2 * SECOND)
    expect(log[2]).toBe(`${SECOND + 2 * LATENCY_US} a loses to b: refused`)
  })

  it.each([
    ['the way there is blocked', ['a'], ['b']],
    ['the way back is blocked', ['b'], ['a']],
  ])('is tried again 1, 3 and 7 s after the first time while %s', (_, from, to) => {
    for (const [healMs, opensMs] of [
      [500, 1000],
      [1500, 3000],
      [3500, 7000],
    ] as const) {
      // prettier-ignore
      const { rig, a, network, log } = two()
      const heal = network.block(from, to)
      a.connect('b')
      rig.at(healMs * MS, heal)
      rig.run(60 * SECOND)
      expect(log).toHaveLength(2)
      const atUs = Number(log[0]?.split(' ')[0])
      expect(atUs - opensMs * MS).toBeGreaterThanOrEqual(LATENCY_US)
      expect(atUs - opensMs * MS).toBeLessThanOrEqual(3 * LATENCY_US)
      expect(log[0]).toContain('a open to b')
      expect(log[1]).toContain('b accepts a')
    }
  })

  it.each([
    ['there', ['a'], ['b']],
    ['back', ['b'], ['a']],
  ])('on a link clogged %s succeeds at its release', (_, from, to) => {
    const { rig, a, network, log } = two()
    const release = network.clog(from, to)
    a.connect('b')
    rig.at(10_500 * MS, release)
    rig.run(60 * SECOND)
    expect(log).toHaveLength(2)
    const afterUs = Number(log[0]?.split(' ')[0]) - 10_500 * MS
    expect(afterUs).toBeGreaterThanOrEqual(0)
    expect(afterUs).toBeLessThanOrEqual(LATENCY_US)
  })

  it('is refused over a clogged link at its release', () => {
    const { rig, a, network, log } = two()
    const releases = [network.clog(['b'], ['a']), network.clog(['b'], ['a'])]
    a.connect('b', 30_000, 1)
    rig.at(300 * MS, () => releases[0]?.())
    rig.at(500 * MS, () => releases[1]?.())
    rig.run(60 * SECOND)
    expect(log).toEqual([`${500 * MS} a loses to b: refused`])
  })

  it('succeeds over a lossy link, once', () => {
    const { rig, a, b, network } = two()
    network.lose(['a'], ['b'], 0.5)
    network.lose(['b'], ['a'], 0.5)
    const connections = Array.from({ length: 50 }, () => a.connect('b', 100_000))
    rig.run(2000 * SECOND)
    expect(connections.every((connection) => connection.open)).toBe(true)
    const ids = b.accepted.map(({ id }) => id)
    expect(ids.toSorted((x, y) => x - y)).toEqual(connections.map(({ id }) => id))
  })

  it('times out when asked to, and whatever comes later changes nothing', () => {
    const { rig, a, b, network, log } = two()
    const heal = network.block(['b'], ['a'])
    a.connect('b', 2500)
    rig.at(2600 * MS, heal)
    rig.run(100 * SECOND)
    expect(log).toEqual([`${2500 * MS} a loses to b: timeout`])
    expect(b.accepted).toEqual([])
  })

  it('to a machine without power is tried again until it has some', () => {
    const { rig, a, b, log } = two()
    b.powerLoss()
    a.connect('b')
    rig.at(3500 * MS, () => b.start())
    rig.run(60 * SECOND)
    expect(log).toEqual([`${7 * SECOND + 2 * LATENCY_US} a open to b`, `${7 * SECOND + 3 * LATENCY_US} b#2 accepts a`])
  })

  it('to a machine that loses power while the request is on its way is tried again, not refused', () => {
    const { rig, a, b, log } = two()
    a.connect('b')
    rig.at(50, () => b.powerLoss())
    rig.at(500 * MS, () => b.start())
    rig.run(60 * SECOND)
    expect(log[0]).toBe(`${SECOND + 2 * LATENCY_US} a open to b`)
  })

  it('to a process that has just died is refused', () => {
    const { rig, a, b, log } = two()
    a.connect('b')
    rig.at(50, () => rig.loop.kill(b.endpoint.owner))
    rig.run(60 * SECOND)
    expect(log).toEqual([`${2 * LATENCY_US} a loses to b: refused`])
  })

  it('is not disturbed by a reset of what is open', () => {
    const { rig, a, network, log } = two()
    a.connect('b')
    for (const atUs of [50, 150]) rig.at(atUs, () => network.reset(['a'], ['b']))
    rig.run(60 * SECOND)
    expect(log).toEqual([`${2 * LATENCY_US} a open to b`, `${3 * LATENCY_US} b accepts a`])
  })

  it('survives that the other machine loses power in between: the next request is a new one', () => {
    const { rig, a, b, network, log } = two()
    const heal = network.block(['b'], ['a'])
    a.connect('b')
    rig.at(500 * MS, () => b.powerLoss())
    rig.at(600 * MS, () => b.start())
    rig.at(700 * MS, heal)
    rig.run(60 * SECOND)
    expect(log).toEqual([`${SECOND + 2 * LATENCY_US} a open to b`, `${SECOND + 3 * LATENCY_US} b#2 accepts a`])
  })

  it('given up by closing leaves no trace, at any moment of the handshake', () => {
    for (const atUs of [1, LATENCY_US + 1, 2 * LATENCY_US - 1]) {
      const { rig, a, b, log } = two()
      const connection = a.connect('b')
      rig.at(atUs, () => connection.close())
      rig.run(60 * SECOND)
      expect(log).toEqual([])
      expect(rig.network.host('b').sockets.size).toBe(0)
      expect(b.accepted).toEqual([])
    }
  })

  it('to a paused process is answered by its machine, and accepted when it goes on, with what was sent meanwhile', () => {
    const { rig, a, b, log } = two()
    b.pause()
    const connection = a.connect('b')
    rig.at(10 * MS, () => connection.send(frame('x')))
    rig.at(SECOND, () => b.resume())
    rig.run(2 * SECOND)
    expect(log).toEqual([`${2 * LATENCY_US} a open to b`, `${SECOND} b accepts a`, `${SECOND} b hears x`])
  })

  it('from a paused process: it learns of the result when it goes on', () => {
    const { rig, a, log } = two()
    a.connect('b', 500)
    a.connect('b', 30_000, 1)
    a.pause()
    rig.at(SECOND, () => a.resume())
    rig.run(2 * SECOND)
    expect(log).toEqual([
      `${SECOND} a open to b`,
      `${SECOND} a loses to b: refused`,
      `${SECOND + LATENCY_US} b accepts a`,
    ])
  })

  it('by a process that dies meanwhile comes to nothing', () => {
    for (const atUs of [1, LATENCY_US + 1, 2 * LATENCY_US - 1]) {
      const { rig, a, b, log } = two()
      a.connect('b')
      rig.at(atUs, () => a.crash())
      rig.run(60 * SECOND)
      expect(log).toEqual([])
      expect(b.accepted).toEqual([])
    }
  })

  it('works within one host, which no fault of links cuts off from itself', () => {
    const { rig, a, network, log } = two()
    network.block(['a', 'b'], ['a', 'b'])
    const connection = a.connect('a')
    rig.run(SECOND)
    connection.send(frame('x'))
    a.accepted[0]?.send(frame('y'))
    rig.run(2 * SECOND)
    expect(log.slice(0, 2)).toEqual([`${2 * LATENCY_US} a open to a`, `${3 * LATENCY_US} a accepts a`])
    expect(a.heard).toEqual(['x', 'y'])
    a.powerLoss()
    a.start()
    rig.run(3 * SECOND)
    expect(log).toHaveLength(4)
  })
})
