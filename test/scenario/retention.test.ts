// Retention as whole brokers do it: when they look, what they take, when the files are gone, and who is told.

import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/index.ts'
import type { SimulatedCluster } from '../../src/scenario/cluster/simulated-cluster.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'

const FIRST_LOOK_MS = 2_000
const INTERVAL_MS = 1_700
const DELETE_DELAY_MS = 900

const BROKERS = `brokers: 2, config: {
  log.initial.task.delay.ms: ${FIRST_LOOK_MS}, log.retention.check.interval.ms: ${INTERVAL_MS}, log.segment.delete.delay.ms: ${DELETE_DELAY_MS} }`

type At<T extends KafkaEvent['type']> = Extract<KafkaEvent, { type: T }> & { readonly atMs: number }

/** Events of this type, with their times. */
function run<T extends KafkaEvent['type']>(
  text: string,
  type: T,
  look: (cluster: SimulatedCluster, atMs: number) => void,
) {
  const seen: At<T>[] = []
  let cluster: SimulatedCluster | undefined
  const result = simulate(text, {
    seed: 1,
    watch: (watched) => (cluster = watched),
    onTrace: ({ atUs, event }) => {
      const atMs = atUs / 1000
      if (event.type === type) seen.push({ ...(event as Extract<KafkaEvent, { type: T }>), atMs })
      if (cluster !== undefined) look(cluster, atMs)
    },
  })
  expect(result.verdict.outcome).toBe('pass')
  return seen
}

describe('old segments', () => {
  it('are looked for every log.retention.check.interval.ms, go whole and closed, and their files a while after', () => {
    const names = new Map<string, [number, number]>()
    let closed = Infinity
    let lookedMs = 0
    const deleted = run(
      `
name: retention
duration: 11s
cluster: { ${BROKERS} }
topics: { orders: { replicas: [[1, 2]], config: { segment.bytes: 400, retention.ms: 1000 } } }
producers: { web: { topic: orders, rate: 20/s, config: { linger.ms: 0 } } }
expect: []`,
      'segments-deleted',
      (cluster, atMs) => {
        if (atMs - lookedMs < 20) return
        lookedMs = atMs
        const { disk } = cluster.world.process('broker-1').machine
        for (const path of disk.paths()) {
          if (path.endsWith('.log.deleted')) names.set(path, [names.get(path)?.[0] ?? atMs, atMs])
        }
        const log = cluster.partitionsOf(1)?.get('orders-0')?.log
        if (log !== undefined) closed = Math.min(closed, log.segmentCount)
      },
    )
    for (const broker of [1, 2]) {
      const looks = deleted.filter((event) => event.broker === broker && event.reason === 'retention.ms')
      expect(looks.length).toBeGreaterThan(3)
      const [first] = looks
      looks.forEach(({ atMs }, i) => {
        const intervals = (atMs - first!.atMs) / INTERVAL_MS
        expect(Math.abs(intervals - i)).toBeLessThan(0.01)
      })
      expect((first!.atMs - FIRST_LOOK_MS) % INTERVAL_MS).toBeLessThan(100)
      expect(looks.every(({ count }) => count > 1)).toBe(true)
    }
    expect(closed).toBe(1)
    expect(names.size).toBeGreaterThan(10)
    const gone = [...names.values()].filter(([, lastMs]) => lastMs < 10_000)
    expect(gone.length).toBeGreaterThan(10)
    for (const [firstMs, lastMs] of gone) {
      expect(lastMs - firstMs).toBeGreaterThan(DELETE_DELAY_MS - 150)
      expect(lastMs - firstMs).toBeLessThanOrEqual(DELETE_DELAY_MS)
    }
  })
})

describe('a log start that is raised on the leader', () => {
  it('is raised by its followers with their next fetch, whatever their own retention says', () => {
    const changed = run(
      `
name: deletion
duration: 6s
cluster: { ${BROKERS} }
topics: { orders: { replicas: [[1, 2]], config: { retention.ms: -1 } } }
producers: { web: { topic: orders, rate: 20/s, config: { linger.ms: 0 } } }
faults: [{ at: 4s, delete-records: { partitions: [orders-0] } }]
expect: []`,
      'log-start-changed',
      () => {},
    )
    expect(changed.map(({ broker, from, to }) => [broker, from, to])).toEqual([
      [1, 0, changed[0]!.to],
      [2, 0, changed[0]!.to],
    ])
    expect(changed[0]!.to).toBeGreaterThan(50)
    expect(changed[1]!.atMs - changed[0]!.atMs).toBeLessThan(510)
  })
})
