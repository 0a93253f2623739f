import { describe, expect, it } from 'vitest'
import { frameRule, LOST_WITH_CONNECTION } from '../../../sim/network/frame-rule.ts'
import { frame, LATENCY_US, MS, Rig, SECOND } from './rig.ts'

const kinds = ['test-frame']

describe('a rule that delays frames', () => {
  it('holds back all behind them on their connection, in order, and nothing that comes back', () => {
    const { rig, fromA, fromB, network, log } = Rig.pair()
    network.addRule(['a'], ['b'], frameRule({ kinds, nth: 2, count: 1 }, 500 * MS))
    for (const name of ['x', 'y', 'z']) fromA.send(frame(name))
    fromB.send(frame('back'))
    rig.run(SECOND)
    const late = MS + 500 * MS + LATENCY_US
    expect(log).toEqual([
      `${MS + LATENCY_US} b hears x`,
      `${MS + LATENCY_US} a hears back`,
      `${late} b hears y`,
      `${late} b hears z`,
    ])
  })

  it('ends with its heal, and passes by frames of other kinds', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const heal = network.addRule(['a'], ['b'], frameRule({ kinds: ['other'] }, SECOND))
    const heal2 = network.addRule(['a'], ['b'], frameRule({ kinds }, 10 * MS))
    fromA.send(frame('x'))
    rig.run(100 * MS)
    heal2()
    fromA.send(frame('y'))
    heal()
    rig.run(SECOND)
    expect(log).toEqual([`${11 * MS + LATENCY_US} b hears x`, `${100 * MS + LATENCY_US} b hears y`])
  })
})

describe('a rule that loses frames', () => {
  it('breaks the connection in place of the frame, at both ends; a new one can be made at once', () => {
    const { rig, a, fromA, network, log } = Rig.pair()
    const heal = network.addRule(['a'], ['b'], frameRule({ kinds, nth: 2 }, LOST_WITH_CONNECTION))
    fromA.send(frame('x'))
    rig.run(2 * MS)
    fromA.send(frame('y'))
    fromA.send(frame('z'))
    rig.run(3 * MS)
    expect(log).toEqual([
      `${MS + LATENCY_US} b hears x`,
      `${2 * MS} a loses to b: reset`,
      `${2 * MS} b loses from a: reset`,
    ])
    heal()
    const again = a.connect('b')
    rig.run(SECOND)
    again.send(frame('y'))
    rig.run(2 * SECOND)
    expect(log.at(-1)).toBe(`${SECOND + LATENCY_US} b hears y`)
  })

  it('loses by chance, drawn for each frame', () => {
    const { rig, a, network, fromA } = Rig.pair({ seed: 3 })
    network.addRule(['a'], ['b'], frameRule({ kinds, probability: 0.25 }, LOST_WITH_CONNECTION))
    let lost = 0
    let connection = fromA
    for (let i = 0; i < 400; i++) {
      if (!connection.open) {
        lost++
        connection = a.connect('b')
        rig.run(rig.loop.nowUs + SECOND)
      }
      connection.send(frame(i))
      rig.run(rig.loop.nowUs + MS)
    }
    expect(lost).toBeGreaterThan(70)
    expect(lost).toBeLessThan(130)
  })

  it('loses what a dying process had sent, and the other end learns of it', () => {
    const { rig, fromA, network, log } = Rig.pair()
    const heal = network.block(['a'], ['b'])
    fromA.send(frame('x'))
    fromA.close()
    network.addRule(['a'], ['b'], frameRule({ kinds }, LOST_WITH_CONNECTION))
    heal()
    rig.run(10 * SECOND)
    expect(log).toEqual([`${201 * MS} b loses from a: reset`])
  })
})
