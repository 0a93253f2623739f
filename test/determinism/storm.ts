// A short scenario in which nearly everything happens that can: what is left to chance is drawn, machines die in all
// ways, links break in all ways, several kinds of clients work.

import { engine } from '../../src/cli/engine.ts'
import type { LoadedScenario } from '../../src/scenario/build.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import type { RunOptions } from '../../src/scenario/runner.ts'

export const STORM = `
name: storm
kafka: "4.0"
duration: 18s
settle: 20s
cluster:
  brokers: 3
  config: { broker.session.timeout.ms: 2000, broker.heartbeat.interval.ms: 500, replica.lag.time.max.ms: 3000 }
topics:
  orders: { partitions: 2, replication.factor: 3, config: { min.insync.replicas: 2 } }
  clicks: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 1 } }
producers:
  web: { topic: orders, count: 2, rate: 20/s..30/s, config: { acks: all } }
  app: { topic: clicks, rate: 40/s, keys: 5, config: { acks: 1, enable.idempotence: false } }
consumers:
  audit: { topic: orders, config: { auto.offset.reset: earliest } }
  spare: { topic: clicks, config: { auto.offset.reset: earliest } }
network: { replication: { latency: 5ms..40ms } }
faults:
  - { id: crash, at: 2s..3s, kill: leader(orders-0), for: 4s }
  - { id: any, at: 7s..8s, power-loss: one broker, for: 3s }
  - { id: freeze, at: 12s, pause: follower(clicks-0), for: 3s }
  - { id: jam, at: 13s, clog: { from: follower(orders-1), to: leader(orders-1) }, for: 2s }
  - { id: slow, at: 13s, slow-disk: one broker, for: 2s }
  - { id: cut, at: 14s, optional: true, isolate: one broker, for: 1s }
  - { id: far, at: 15s, latency: { on: controller, by: 10ms..90ms }, for: 2s }
`

export function loadStorm(text = STORM): LoadedScenario {
  const { scenario, report } = engine.load('storm.yaml', text, [])
  if (scenario === undefined) throw new Error(report)
  return scenario
}

/** Without a fault or a client of the storm: its one line, which has to be there. */
export function without(name: string, text = STORM): string {
  const lines = text.split('\n')
  const rest = lines.filter((line) => !line.startsWith(`  ${name}:`) && !line.includes(`{ id: ${name},`))
  if (rest.length !== lines.length - 1) throw new Error(`there is no one line of ${name}`)
  return rest.join('\n')
}

export function runStorm(options: RunOptions): RunResult {
  return engine.run(loadStorm(), options)
}
