// Buggify draws from streams of its own (decision 0004): off it draws nothing, and no point's draws touch another's.

import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { Buggify, drawPlan, NO_BUGGIFY, sumCounts } from '../../src/buggify/buggify.ts'
import { BUGGIFY_IDS, BUGGIFY_POINTS, type BuggifyId } from '../../src/buggify/points.ts'
import { simulate } from '../../src/simulate.ts'
import { FakeHost } from '../broker/fake-host.ts'

class DrawingHost extends FakeHost {
  readonly opened: string[] = []
  override readonly random

  constructor(seed: number) {
    super()
    const streams = new Streams(seed)
    this.random = {
      stream: (purpose: string) => {
        this.opened.push(purpose)
        return streams.stream(purpose)
      },
    }
  }
}

const SCENARIO = `
duration: 5s
cluster: { brokers: 3 }
topics: { t: { partitions: 1, replication.factor: 3 } }
producers: { p: { topic: t, rate: 100/s } }
`

describe('the first draw', () => {
  const planOf = (seed: number) => {
    const streams = new Streams(seed)
    return drawPlan(true, (name) => streams.stream(name))
  }

  it('switches each point on in about its share of the runs', () => {
    const plans = Array.from({ length: 400 }, (_, seed) => planOf(seed))
    for (const id of BUGGIFY_IDS) {
      const on = plans.filter((plan) => plan.includes(id)).length
      expect(on / plans.length).toBeGreaterThan(BUGGIFY_POINTS[id].enabled - 0.1)
      expect(on / plans.length).toBeLessThan(BUGGIFY_POINTS[id].enabled + 0.1)
    }
    expect(new Set(plans.map((plan) => plan.join())).size).toBeGreaterThan(300)
  })

  it('is not made for a list, and none is made without buggify', () => {
    const none = () => expect.unreachable('nothing is drawn')
    expect(drawPlan(['lose-answer', 'early-flush'], none)).toEqual(['early-flush', 'lose-answer'])
    expect(drawPlan(false, none)).toEqual([])
  })
})

describe('the second draw', () => {
  const fires = (plan: readonly BuggifyId[], disturb: readonly BuggifyId[]) => {
    const buggify = new Buggify(new DrawingHost(7), plan)
    return Array.from({ length: 600 }, () => {
      for (const id of disturb) buggify.now(id)
      return buggify.delayMs('delay-produce-answer')
    })
  }

  it('of one point is the same whatever else is on and how often it is passed', () => {
    const alone = fires(['delay-produce-answer'], [])
    expect(alone.filter((delayMs) => delayMs > 0).length).toBeGreaterThan(2)
    expect(fires(BUGGIFY_IDS, ['early-flush', 'lose-answer', 'early-flush'])).toEqual(alone)
  })

  it('keeps delays within what the catalogue says', () => {
    const { maxDelayMs } = BUGGIFY_POINTS['delay-produce-answer']
    for (const delayMs of fires(['delay-produce-answer'], [])) {
      expect(delayMs).toBeGreaterThanOrEqual(0)
      expect(delayMs).toBeLessThanOrEqual(maxDelayMs)
    }
  })

  it('opens no stream for a point that is off, and counts what it passed', () => {
    const host = new DrawingHost(1)
    const buggify = new Buggify(host, ['early-flush'])
    for (let i = 0; i < 1000; i++) {
      buggify.now('lose-answer')
      buggify.now('early-flush')
    }
    expect(host.opened).toEqual(['buggify/early-flush'])
    const { 'early-flush': count, ...others } = sumCounts(['early-flush'], [buggify, NO_BUGGIFY])
    expect(others).toEqual({})
    expect(count?.passed).toBe(1000)
    expect(count?.fired).toBeGreaterThan(5)
    expect(count?.fired).toBeLessThan(60)
  })

  it('cannot ask a point without a delay for one', () => {
    const buggify = new Buggify(new DrawingHost(1), ['early-flush'])
    expect(() => buggify.delayMs('early-flush')).toThrow(/delays nothing/)
  })
})

describe('a run', () => {
  const hash = (...set: string[]) => simulate(SCENARIO, { seed: 5, set }).verdict.traceHash

  it('without buggify is the one it was, and says that nothing was on', () => {
    expect(hash('buggify=false')).toBe(hash())
    expect(hash('buggify=[]')).toBe(hash())
    expect(simulate(SCENARIO, { seed: 5 }).buggify).toEqual({})
  })

  it('with buggify is another, and the same each time', () => {
    const all = `buggify=[${BUGGIFY_IDS.join(', ')}]`
    expect(hash(all)).not.toBe(hash())
    expect(hash(all)).toBe(hash(all))
  })

  it('with buggify: true has the points on that were drawn for its seed', () => {
    const on = (seed: number) => Object.keys(simulate(SCENARIO, { seed, set: ['buggify=true'] }).buggify).join()
    expect(on(1)).toBe(on(1))
    expect(new Set([1, 2, 3, 4].map(on)).size).toBeGreaterThan(1)
  })
})
