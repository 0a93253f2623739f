// The naive re-check agrees with the incremental checker on clusters that keep and that break the rules; and each way of
// being wrong that is planted in the checker is noticed, as a defect of this program.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { engine } from '../../src/cli/engine.ts'
import { type Invariant, INVARIANTS, InvariantChecker, Recheck } from '../../src/invariants/index.ts'
import { resolveDraws } from '../../src/scenario/build.ts'
import { loadScenario } from '../../src/scenario/loader.ts'
import { runScenario } from '../../src/scenario/runner.ts'
import type { Verdict } from '../../src/scenario/run-result.ts'
import { usualRecheck } from '../../src/scenario/usual-recheck.ts'
import { KEY, type MiniCluster, settled } from './mini-cluster.ts'

const BUGS = new URL('../../scenarios/bugs/', import.meta.url)

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

/** The log that lacks something does not change in the event that makes it matter. */
const LATER: Readonly<Record<string, (cluster: MiniCluster) => void>> = {
  'a leader commits without a member that it has not heard of': (cluster) => {
    written(cluster).commit({ isr: [1, 2] })
    cluster.learn(1)
    cluster.commit({ isr: [1, 2, 3] })
    cluster.advance(60_000)
    cluster.produce(1)
    cluster.sync(2)
  },
  'a replica that lacks records comes back into the ISR': (cluster) => {
    written(cluster).commit({ isr: [1, 2] })
    cluster.learn(1)
    cluster.step(() => cluster.at(3).truncateTo(0))
    cluster.produce(1)
    cluster.sync(2)
    cluster.commit({ isr: [1, 2, 3] })
  },
}

/** What happens between two looks leaves no trace of its order. */
const UNSEEN: Readonly<Record<string, (cluster: MiniCluster, look: () => void) => void>> = {
  'records were committed and deleted, and a log start goes back': (cluster, look) => {
    written(cluster)
    cluster.produce(1)
    cluster.sync(2, 3)
    for (const id of [1, 2, 3]) cluster.step(() => void cluster.at(id).log.maybeIncrementLogStartOffset(3))
    look()
    cluster.crash(3)
    cluster.start(3)
    cluster.learn(3)
  },
  'two leaders committed different records, the newer one first': (cluster) => {
    written(cluster).commit({ isr: [1] })
    cluster.learn(1)
    cluster.elect(2, [2])
    cluster.learn(2)
    cluster.advance(60_000)
    cluster.produce(2)
    cluster.produce(1)
    expect(highWatermarks(cluster)).toEqual([4, 4])
  },
  'two leaders committed different records, the older one first': (cluster) => {
    written(cluster).commit({ isr: [1] })
    cluster.learn(1)
    cluster.elect(2, [2])
    cluster.advance(60_000)
    cluster.produce(1)
    cluster.learn(2)
    cluster.produce(2)
    expect(highWatermarks(cluster)).toEqual([4, 4])
  },
}

function highWatermarks(cluster: MiniCluster): number[] {
  return [1, 2].map((id) => cluster.at(id).log.highWatermark)
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

  it.each(Object.entries(LATER))('agrees, and is not blind, when %s', (_, breakIt) => {
    const id = 'isr-holds-committed'
    const cluster = rechecked(INVARIANTS)
    breakIt(cluster)
    expect(cluster.found).toContain(id)
    const blind = INVARIANTS.filter((invariant) => invariant.id !== id)
    expect(() => breakIt(rechecked(blind))).toThrow(`${id} is violated on ${KEY}, and only the re-check found it`)
  })

  it('agrees when an old leader commits what the one in office lacks: at once, though nothing happens to that one', () => {
    const breakIt = (cluster: MiniCluster) => {
      written(cluster).commit({ isr: [1] })
      cluster.learn(1)
      cluster.elect(2, [2])
      cluster.learn(2)
      cluster.advance(60_000)
      cluster.produce(1)
      return cluster
    }
    expect(breakIt(rechecked(INVARIANTS)).found).toContain('leader-completeness')
    const blind = INVARIANTS.filter(({ id }) => id !== 'leader-completeness')
    expect(() => breakIt(rechecked(blind))).toThrow(`leader-completeness is violated on ${KEY}`)
  })

  it.each(Object.entries(UNSEEN))('agrees, though it looks only now and then, when %s', (_, happen) => {
    const cluster = settled()
    const checker = new InvariantChecker(INVARIANTS, cluster.view, cluster.loop, cluster.bus)
    const recheck = new Recheck(cluster.view, cluster.loop, cluster.bus, () => checker.violations, 1e6, 1)
    happen(cluster, () => recheck.finish())
    expect(() => recheck.finish()).not.toThrow()
  })

  it('is not blind beside what it did not see', () => {
    const cluster = settled()
    const blind = INVARIANTS.filter(({ id }) => id !== 'isr-holds-committed')
    const checker = new InvariantChecker(blind, cluster.view, cluster.loop, cluster.bus)
    const recheck = new Recheck(cluster.view, cluster.loop, cluster.bus, () => checker.violations, 1e6, 1)
    UNSEEN['records were committed and deleted, and a log start goes back']?.(cluster, () => recheck.finish())
    cluster.step(() => cluster.at(3).truncateTo(3))
    expect(() => recheck.finish()).toThrow(
      'isr-holds-committed is violated on orders-0, and only the re-check found it',
    )
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

describe('how often it looks', () => {
  const usual = (text: string) => {
    const loaded = loadScenario(text, { file: 'size.yaml', set: [] })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
    const streams = new Streams(1)
    return usualRecheck(resolveDraws(loaded.scenario, (name) => streams.stream(name)))
  }
  const small = `
duration: 20s
cluster: { brokers: 3 }
topics: { orders: { partitions: 3, replication.factor: 3 } }
producers: { web: { topic: orders, rate: 50/s } }
`

  it('is after every event of a small scenario', () => {
    expect(usual(small)).toBe('every')
    expect(usual(small.replace('50/s', '500/s, total: 900'))).toBe('every')
  })

  it('is after every 1,000th where there are more partitions, more records or more time', () => {
    expect(usual(small.replace('partitions: 3', 'partitions: 4'))).toBe(1000)
    expect(usual(small.replace('50/s', '50/s, count: 2'))).toBe(1000)
    expect(usual(small.replace('20s', '31s'))).toBe(1000)
  })

  // The gallery's own tests look after every event where a file is small; here are some of any size, and their traces.
  it.each(
    readdirSync(BUGS)
      .filter((name) => name.endsWith('.yaml'))
      .filter((_, i) => i % 6 === 0),
  )('agrees after every event of %s', { timeout: 60_000 }, (name) => {
    const { scenario, report } = engine.load(name, readFileSync(new URL(name, BUGS), 'utf8'), [])
    if (scenario === undefined) throw new Error(report)
    // It throws where it does not.
    const { outcome, traceHash } = engine.run(scenario, { seed: 1, recheck: 'every' }).verdict
    expect({ outcome, traceHash }).toEqual(pick(engine.run(scenario, { seed: 1, recheck: 'off' }).verdict))
  })
})

function pick({ outcome, traceHash }: Verdict): Pick<Verdict, 'outcome' | 'traceHash'> {
  return { outcome, traceHash }
}

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
