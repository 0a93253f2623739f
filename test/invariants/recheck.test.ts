// The naive re-check agrees with the incremental checker on clusters that keep and that break the rules; and each way of
// being wrong that is planted in the checker is noticed, as a defect of this program.

import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { type Invariant, INVARIANTS, InvariantChecker, Recheck } from '../../src/invariants/index.ts'
import { resolveDraws } from '../../src/scenario/build.ts'
import { loadScenario } from '../../src/scenario/loader.ts'
import { runScenario } from '../../src/scenario/runner.ts'
import { KEY, type MiniCluster, settled } from './mini-cluster.ts'

/** The cluster is checked by these invariants, and they by the re-check. */
function rechecked(invariants: readonly Invariant[], cluster = settled()): MiniCluster {
  const checker = new InvariantChecker(invariants, cluster.view, cluster.loop, cluster.bus)
  new Recheck(cluster.view, cluster.loop, cluster.bus, () => checker.violations, 'every', 1)
  return cluster
}

/** One way to break each invariant that the re-check knows. */
const BREAKS: Readonly<Record<string, (cluster: MiniCluster) => void>> = {
  'leader-in-isr': (cluster) => cluster.commit({ isr: [2, 3] }),
  'valid-controller-state': (cluster) => cluster.elect(-1, []),
  'valid-isr-and-elr': (cluster) => cluster.commit({ isr: [1, 4] }),
  'maximal-isr-covers-isr': (cluster) => {
    cluster.commit({ isr: [1, 2] })
    cluster.learn(1)
    cluster.commit({ isr: [1, 2, 3] })
  },
  'isr-holds-committed': (cluster) => written(cluster).step(() => cluster.at(3).truncateTo(0)),
  'weak-isr': (cluster) => {
    written(cluster).elect(2, [2])
    cluster.step(() => cluster.at(3).truncateTo(0))
  },
  'leader-completeness': (cluster) => {
    written(cluster).step(() => cluster.at(3).truncateTo(0))
    cluster.elect(3, [3])
    cluster.learn(3)
  },
  'record-identity': (cluster) => {
    cluster.produce(1)
    cluster.step(() => void cluster.at(2).log.appendAsLeader(cluster.batch(), 1, 0, 'coordinator'))
  },
  'log-matching': (cluster) => {
    cluster.commit({ isr: [1, 2] })
    cluster.learn(1)
    cluster.step(() => void cluster.at(3).log.appendAsLeader(cluster.batch(), 0, 0, 'coordinator'))
    cluster.produce(1)
    cluster.sync(2)
    cluster.step(() => void cluster.at(3).log.updateHighWatermark(1))
  },
}

function written(cluster: MiniCluster): MiniCluster {
  cluster.produce(1, 3)
  cluster.sync(2, 3)
  return cluster
}

describe('the re-check', () => {
  it.each(Object.entries(BREAKS))('finds what breaks %s, as the checker does', (id, breakIt) => {
    const cluster = rechecked(INVARIANTS)
    breakIt(cluster)
    expect(cluster.found).toContain(id)
  })

  it.each(Object.entries(BREAKS))('notices a checker that is blind to %s', (id, breakIt) => {
    const blind = INVARIANTS.filter((invariant) => invariant.id !== id)
    expect(() => breakIt(rechecked(blind))).toThrow(`${id} is violated on ${KEY}, and only the re-check found it`)
  })

  it('notices a checker that sees what is not there', () => {
    const seesGhosts: Invariant = {
      ...INVARIANTS.find(({ id }) => id === 'weak-isr')!,
      create: (_, report) => ({ checkReplica: ({ home }) => report(home.key, 'boo', 0) }),
    }
    const cluster = rechecked([...INVARIANTS.filter(({ id }) => id !== 'weak-isr'), seesGhosts])
    expect(() => cluster.produce(1)).toThrow(
      'weak-isr was reported on orders-0 (boo), and the re-check does not find it',
    )
  })
})

const CLUSTER = `
kafka: "4.0"
duration: 8s
cluster:
  brokers: 3
  config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300, replica.lag.time.max.ms: 1500 }
topics: { orders: { partitions: 2, replication.factor: 3, config: { min.insync.replicas: 1 } } }
producers:
  web: { topic: orders, rate: 30/s, config: { acks: all } }
  log: { topic: orders, rate: 30/s, config: { acks: 1, enable.idempotence: false } }
faults:
  - { at: 1s, kill: leader(orders-0), for: 2s }
  - { at: 3s, clog: { from: follower(orders-1), to: leader(orders-1) }, for: 2s }
  - { at: 4s, pause: leader(orders-0), for: 2s }
`

describe('in a whole cluster', () => {
  const run = (more: string, recheck: 'every' | 'off' | number) => {
    const loaded = loadScenario(CLUSTER + more, { file: 'recheck.yaml', set: [] })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
    const streams = new Streams(5)
    const scenario = resolveDraws(loaded.scenario, (name) => streams.stream(name))
    return runScenario(scenario, { seed: 5, recheck }).verdict
  }

  it('it agrees after every event, and changes nothing', () => {
    const every = run('', 'every')
    expect(every.violations).toEqual([])
    expect(every.traceHash).toBe(run('', 'off').traceHash)
  })

  it('it agrees on what a defect breaks', () => {
    const { violations } = run('switches: { maximalIsr: false, isrExpandRequiresLeso: false }\n', 50)
    expect(violations.every(({ excused }) => excused !== null)).toBe(true)
  })
})
