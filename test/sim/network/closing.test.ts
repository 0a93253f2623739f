import { describe, expect, it } from 'vitest'
import { LATENCY_US, MS, Rig, SECOND, frame } from './rig.ts'

describe('closing', () => {
  it('is learned by the other end after what was sent before, and by this end not at all', () => {
    const { rig, fromA, fromB, log } = Rig.pair()
    fromA.send(frame('x'))
    fromA.close()
    fromA.send(frame('y'))
    fromB.send(frame('z'))
    expect([fromA.open, fromB.open]).toEqual([false, true])
    rig.run(SECOND)
    const at = MS + LATENCY_US
    expect(log).toEqual([`${at} b hears x`, `${at} b loses from a: closed`])
    expect(fromB.open).toBe(false)
    fromB.send(frame('z'))
    fromB.close()
    fromA.close()
    rig.run(2 * SECOND)
    expect(log).toHaveLength(2)
  })

  it('waits for jobs that sent before it', () => {
    const { rig, a, fromA, log } = Rig.pair()
    a.endpoint.job(() => {
      fromA.send(frame('long'))
      a.endpoint.charge(900)
    })
    a.endpoint.job(() => {
      fromA.send(frame('short'))
      a.endpoint.charge(10)
      fromA.close()
    })
    rig.run(SECOND)
    expect(log).toEqual([
      `${MS + 900 + LATENCY_US} b hears long`,
      `${MS + 900 + LATENCY_US} b hears short`,
      `${MS + 900 + LATENCY_US} b loses from a: closed`,
    ])
  })

  it('at both ends at once tells neither', () => {
    const { rig, fromA, fromB, log } = Rig.pair()
    fromA.close()
    fromB.close()
    rig.run(SECOND)
    expect(log).toEqual([])
  })

  it('that never gets through is found out by the other end when it sends', () => {
    const { rig, fromA, fromB, network, log } = Rig.pair()
    const heal = network.block(['a'], ['b'])
    fromA.close()
    rig.at(500 * SECOND, () => fromB.send(frame('dropped by the closed end')))
    rig.at(1000 * SECOND, heal)
    rig.run(2000 * SECOND)
    expect([log, fromB.open]).toEqual([[], true])
    fromB.send(frame('x'))
    rig.run(3000 * SECOND)
    expect(log).toEqual([`${2000 * SECOND + 2 * LATENCY_US} b loses from a: reset`])
  })

  it('may happen while a frame is handled: what follows is not heard', () => {
    const { rig, a, fromB, log } = Rig.pair()
    const port = 7
    a.net.listen(port, (connection) =>
      connection.handle({
        onFrame: (received) => {
          log.push(String(received.body))
          connection.close()
        },
        onClose: () => log.push('closed'),
      }),
    )
    const connection = rig.network.host('b').process?.connect('a', port, 1000, {
      onFrame: () => undefined,
      onClose: (reason) => log.push(reason),
    })
    rig.run(SECOND)
    for (const value of ['x', 'y', 'z']) connection?.send(frame(value))
    rig.run(2 * SECOND)
    expect(log).toEqual(['x', 'closed'])
    expect(fromB.open).toBe(true)
  })
})

describe('a crash of the process', () => {
  it('tells the other end after what had departed; what had not is dropped', () => {
    const { rig, a, fromA, log } = Rig.pair()
    fromA.send(frame('departed'))
    a.endpoint.job(() => {
      a.endpoint.charge(30)
      fromA.send(frame('also departed'))
    })
    a.endpoint.job(() => {
      a.endpoint.charge(300)
      fromA.send(frame('not departed'))
    })
    rig.at(MS + 50, () => a.crash())
    rig.run(SECOND)
    expect(log).toEqual([
      `${MS + LATENCY_US} b hears departed`,
      `${MS + LATENCY_US + 30} b hears also departed`,
      `${MS + LATENCY_US + 50} b loses from a: closed`,
    ])
  })

  it('in a job that would have closed the connection closes it now', () => {
    const { rig, a, fromA, log } = Rig.pair()
    a.endpoint.job(() => {
      a.endpoint.charge(300)
      fromA.send(frame('not departed'))
      fromA.close()
    })
    rig.at(MS + 50, () => a.crash())
    rig.run(SECOND)
    expect(log).toEqual([`${MS + LATENCY_US + 50} b loses from a: closed`])
  })

  it('after closing says nothing more', () => {
    const { rig, a, fromA, log } = Rig.pair()
    fromA.close()
    a.crash()
    rig.run(SECOND)
    expect(log).toEqual([`${MS + LATENCY_US} b loses from a: closed`])
  })

  it('behind a partition is learned after the heal, with the frames that had departed', () => {
    const { rig, a, fromA, network, log } = Rig.pair()
    const heal = network.block(['a'], ['b'])
    fromA.send(frame('x'))
    rig.at(300 * MS, () => a.crash())
    rig.at(400 * MS, heal)
    rig.run(10 * SECOND)
    const at = 601 * MS + LATENCY_US
    expect(log).toEqual([`${at} b hears x`, `${at} b loses from a: closed`])
  })
})

describe('connections that have ended', () => {
  it('leave nothing behind, however they ended', () => {
    const { rig, a, b, network } = Rig.pair()
    const ends = [
      (): void => network.reset(['a'], ['b']),
      (): void => a.accepted.at(-1)?.close(),
      (): void => b.accepted.at(-1)?.close(),
      (): void => void a.connect('b', 1, 77),
    ]
    for (let i = 0; i < 40; i++) {
      const connection = a.connect('b')
      rig.run(rig.loop.nowUs + 10 * MS)
      connection.send(frame('x'))
      ends[i % ends.length]?.()
      connection.close()
      rig.run(rig.loop.nowUs + 10 * MS)
    }
    network.reset(['a'], ['b'])
    rig.run(rig.loop.nowUs + SECOND)
    const [hostA, hostB] = [network.host('a'), network.host('b')]
    expect([hostA.sockets.size, hostB.sockets.size]).toEqual([0, 0])
    expect([hostA.linkTo(hostB).pipes.size, hostB.linkTo(hostA).pipes.size]).toEqual([0, 0])
    expect(rig.loop.run(Infinity)).toBe('idle')
  })
})
