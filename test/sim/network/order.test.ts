import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantiles } from '../../../sim/random/quantiles.ts'
import { MS, Rig, SECOND, frame } from './rig.ts'

/** What is done to the network from `fromUs` for `forUs`. */
const FAULTS = ['block', 'clog', 'slow', 'lossy', 'narrow'] as const
const fault = fc.record({
  what: fc.constantFrom(...FAULTS),
  fromUs: fc.nat(60 * MS),
  forUs: fc.nat(SECOND),
  reverse: fc.boolean(),
})
/** Frames sent by one job that takes `jobUs`, or outside of jobs if that is 0. */
const burst = fc.record({
  atUs: fc.nat(60 * MS),
  jobUs: fc.constantFrom(0, 0, 10, 5000),
  frames: fc.integer({ min: 1, max: 4 }),
})
const pause = fc.record({ fromUs: fc.nat(60 * MS), forUs: fc.integer({ min: 1, max: 30 * MS }) })

describe('a connection', () => {
  it('keeps the order of sends even when an earlier job ends later', () => {
    const { rig, a, b, fromA } = Rig.pair({})
    a.endpoint.job(() => {
      a.endpoint.charge(500)
      fromA.send(frame('long job'))
    })
    fromA.send(frame('no job'))
    rig.run(SECOND)
    expect(b.heard).toEqual(['long job', 'no job'])
  })

  it('tells when what was sent before has left, and the job that asks has ended', () => {
    const { rig, a, fromA } = Rig.pair({})
    const startUs = rig.loop.nowUs
    const left: [string, number][] = []
    const note = (what: string) => () => void left.push([what, rig.loop.nowUs - startUs])
    fromA.whenSent(note('at once'))
    a.endpoint.job(() => {
      a.endpoint.charge(500)
      fromA.send(frame('answer'))
      fromA.whenSent(note('answer'))
    })
    a.endpoint.job(() => {
      fromA.whenSent(note('no answer, behind the first'))
      a.endpoint.charge(20)
    })
    rig.run(SECOND)
    expect(left).toEqual([
      ['at once', 0],
      ['answer', 500],
      ['no answer, behind the first', 500],
    ])
  })

  it('never tells so on a connection that broke', () => {
    const { rig, a, fromA, fromB } = Rig.pair({})
    let told = false
    a.endpoint.job(() => {
      a.endpoint.charge(500)
      fromA.whenSent(() => (told = true))
    })
    fromB.close()
    rig.run(SECOND)
    expect(told).toBe(false)
  })

  it('delivers every frame once, in the order they were sent, whatever the latencies, faults, pauses and order of ties', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(1000),
          order: fc.constantFrom('fifo' as const, 'shuffle' as const),
          bursts: fc.array(burst, { maxLength: 12 }),
          faults: fc.array(fault, { maxLength: 4 }),
          pauses: fc.option(pause, { nil: undefined }),
        }),
        ({ seed, order, bursts, faults, pauses }) => {
          const latency = quantiles({ min: 0, p50: 3, p99: 2000, max: 5000 })
          const { rig, a, b, fromA, network, log } = Rig.pair({
            seed,
            order,
            settings: { sameRackUs: latency, bytesPerMs: 100_000 },
          })
          const startUs = rig.loop.nowUs
          const sent: number[] = []
          let next = 0
          for (const { atUs, jobUs, frames } of bursts) {
            rig.at(startUs + atUs, () => {
              const send = (): void => {
                a.endpoint.charge(jobUs)
                for (let i = 0; i < frames; i++) {
                  sent.push(next)
                  fromA.send(frame(next++))
                }
              }
              if (jobUs > 0) a.endpoint.job(send)
              else send()
            })
          }
          for (const { what, fromUs, forUs, reverse } of faults) {
            const [from, to] = reverse ? [['b'], ['a']] : [['a'], ['b']]
            rig.at(startUs + fromUs, () => {
              const heal = {
                block: () => network.block(from, to),
                clog: () => network.clog(from, to),
                slow: () => network.addLatency(from, to, quantiles({ min: 0, p50: 10, max: 100_000 })),
                lossy: () => network.lose(from, to, 0.5),
                narrow: () => network.limitBandwidth(from, to, 20),
              }[what]()
              rig.at(rig.loop.nowUs + forUs, heal)
            })
          }
          if (pauses !== undefined) {
            rig.at(startUs + pauses.fromUs, () => b.pause())
            rig.at(startUs + pauses.fromUs + pauses.forUs, () => b.resume())
          }
          rig.run(startUs + 30 * SECOND)
          expect(b.heard).toEqual(sent)
          expect(log.filter((line) => line.includes('loses'))).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps its order even when ties are shuffled, while connections among each other do not', () => {
    const { rig, a, b, fromA } = Rig.pair({ order: 'shuffle' })
    const second = a.connect('b')
    rig.run(2 * MS)
    for (let i = 0; i < 50; i++) (i % 2 === 0 ? fromA : second).send(frame(i))
    rig.run(SECOND)
    const even = b.heard.filter((value) => Number(value) % 2 === 0)
    const odd = b.heard.filter((value) => Number(value) % 2 === 1)
    expect(even).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i))
    expect(odd).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i + 1))
    expect(b.heard).not.toEqual(Array.from({ length: 50 }, (_, i) => i))
  })
})
