// Every buggify point can be reached and fired, and with all of them on every invariant still holds (decision 0004).

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BUGGIFY_IDS, BUGGIFY_POINTS, type BuggifyId } from '../../src/buggify/points.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { simulate } from '../../src/simulate.ts'

const SHIPPED = ['acks1-loss', 'gc-pause', 'leader-crash', 'slow-follower']

function textOf(name: string): string {
  return readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), 'utf8')
}

function withAll(name: string, seed: number): RunResult {
  return simulate(textOf(name), { file: `${name}.yaml`, seed, set: [`buggify=[${BUGGIFY_IDS.join(', ')}]`] })
}

/** Small and busy: a follower lags, a broker restarts, leadership has somewhere to go back to. */
const BUSY = `
duration: 10s
cluster:
  brokers: 3
  config:
    broker.session.timeout.ms: 2000
    broker.heartbeat.interval.ms: 500
    replica.lag.time.max.ms: 2000
    replica.high.watermark.checkpoint.interval.ms: 500
topics: { t: { partitions: 2, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { p: { topic: t, rate: 60/s, config: { linger.ms: 20 } } }
consumers: { c: { topic: t } }
faults:
  - { at: 2s, restart: "broker:2", for: 4s }
`

describe('each buggify point', () => {
  it('says where it is, what it does and why a real Kafka may', () => {
    expect(BUGGIFY_IDS.length).toBeGreaterThanOrEqual(14)
    for (const { where, what, why, enabled, fires } of Object.values(BUGGIFY_POINTS)) {
      expect([where, what, why].every((text) => text.length > 5)).toBe(true)
      expect(enabled).toBeGreaterThan(0)
      expect(fires).toBeGreaterThan(0)
    }
  })

  it('alone is passed and fires in a run, breaks nothing, and is told in the trace', () => {
    const silent: BuggifyId[] = []
    for (const id of BUGGIFY_IDS) {
      let fired = 0
      let told = 0
      for (let seed = 1; seed <= 8 && fired === 0; seed++) {
        told = 0
        const run = simulate(BUSY, {
          seed,
          // After every event it would be a third of the work.
          recheck: 20,
          set: [`buggify=[${id}]`],
          onTrace: ({ event }) => {
            if (event.type === 'buggified' && event.point === id) told += 1
          },
        })
        expect(Object.keys(run.buggify)).toEqual([id])
        expect(run.violations, id).toEqual([])
        expect(run.verdict.history.lost, id).toBe(0)
        expect(run.stuckOn, id).toEqual([])
        fired = run.buggify[id]?.fired ?? 0
        expect(told).toBe(fired)
        expect(run.buggify[id]?.passed ?? 0).toBeGreaterThanOrEqual(fired)
      }
      if (fired === 0) silent.push(id)
    }
    expect(silent).toEqual([])
  })
})

describe('with all buggify points on', () => {
  it.each(SHIPPED)('every invariant holds in %s', (name) => {
    for (let seed = 1; seed <= 2; seed++) {
      const { violations, stuckOn, buggify } = withAll(name, seed)
      expect(violations.filter(({ excused }) => excused === null)).toEqual([])
      expect(stuckOn).toEqual([])
      const fired = Object.values(buggify).filter((count) => count.fired > 0)
      expect(fired.length).toBeGreaterThan(8)
    }
  })

  it('nothing acknowledged by all is lost', () => {
    const { history } = simulate(BUSY, { seed: 3, set: [`buggify=[${BUGGIFY_IDS.join(', ')}]`] }).verdict
    expect(history).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 })
    expect(history.acked).toBeGreaterThan(0)
  })
})
