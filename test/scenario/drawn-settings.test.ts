// What a run drew is told so that it can be said outright: a file that has the drawn values runs the same.

import { describe, expect, it } from 'vitest'
import { loadScenario, runScenario } from '../../src/simulate.ts'
import { placeOf } from '../../src/scenario/origins.ts'

const text = `
duration: 3s
cluster: { brokers: 3..4, racks: [a, b], config: { num.io.threads: [4, 8] } }
topics:
  orders: { partitions: 1..3, replication.factor: 3, config: { min.insync.replicas: [1, 2] } }
producers:
  web: { topic: orders, rate: 50/s..90/s, size: 100B..2KB }
network: { client: { bandwidth: 1MB/s..4MB/s } }
faults:
  - { at: 1s..1500ms, kill: one broker, for: 1s }
  - { id: slow, at: 100ms..900ms, slow-disk: { on: "broker:1", factor: 2..20 } }
`

function load(set: readonly string[] = []) {
  const loaded = loadScenario(text, { file: 'x.yaml', set })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
  return loaded.scenario
}

describe('what is drawn from the seed', () => {
  const { setup, verdict } = runScenario(load(), { seed: 5 })
  const drawn = new Map(setup.drawn.map(({ path, ...rest }) => [path, rest]))

  it('is told with what it was drawn from, as the file says it', () => {
    expect([...drawn.keys()].toSorted()).toEqual([
      'cluster.brokers',
      'cluster.config.num.io.threads',
      'faults.0.at',
      'faults.0.kill',
      'faults.slow.at',
      'faults.slow.slow-disk.factor',
      'network.client.bandwidth',
      'producers.web.rate',
      'producers.web.size',
      'topics.orders.config.min.insync.replicas',
      'topics.orders.partitions',
    ])
    expect(drawn.get('topics.orders.config.min.insync.replicas')?.from).toBe('1, 2')
    expect(drawn.get('producers.web.rate')).toMatchObject({
      from: '50/s..90/s',
      value: expect.stringMatching(/^\d\d(?:\.\d+)?\/s$/),
    })
    expect(drawn.get('faults.0.kill')).toMatchObject({
      from: 'one broker',
      value: expect.stringMatching(/^broker:\d$/),
    })
  })

  it('can be set to the same, and the run does the same', () => {
    const set = setup.drawn.map(({ path, value }) => `${path}=${value}`)
    const again = runScenario(load(set), { seed: 5 })
    expect(again.setup.drawn).toEqual([])
    expect(again.verdict.traceHash).toBe(verdict.traceHash)
  })
})

describe('where a file says something', () => {
  it('is found by path, through keys with dots, lists, and what --set changed', () => {
    const { origins } = load(['topics.orders.config.min.insync.replicas=2'])
    const place = (path: string) => {
      const origin = origins.at(path)
      return origin && placeOf(origin)
    }
    expect(place('cluster.config.num.io.threads')).toBe('x.yaml:3')
    expect(place('topics.orders.config.min.insync.replicas')).toBe('--set')
    expect(place('faults.slow.slow-disk.factor')).toBe('x.yaml:11')
    expect(place('faults.kill-1.at')).toBe('x.yaml:10')
    expect(place('topics.orders.config.retention.ms')).toBeUndefined()
    expect(place('producers.nobody.config.acks')).toBeUndefined()
  })
})
