// Several log directories per broker, each on its own disk: one that fails takes its replicas offline, and nothing else.

import { beforeAll, describe, expect, it } from 'vitest'
import type { SimulatedCluster } from '../../src/scenario/cluster/simulated-cluster.ts'
import { simulate } from '../../src/simulate.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'

function run(faults: string, untilUs?: number) {
  const text = `
cluster:
  brokers: 3
  config: { log.dirs: "/data/a,/data/b", broker.session.timeout.ms: 2000, broker.heartbeat.interval.ms: 400 }
topics: { orders: { partitions: 4, replicas: [[1, 2, 3], [1, 2, 3], [2, 3, 1], [3, 1, 2]], config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 40/s, keys: 100 } }
duration: 8s
faults: [${faults}]
expect: [no-acked-loss, isr-full within 30s]`
  const reasons: string[] = []
  const errors = new Set<string>()
  let cluster: SimulatedCluster | undefined
  const result = simulate(text, {
    seed: 3,
    ...(untilUs === undefined ? {} : { untilUs }),
    watch: (watched) => (cluster = watched),
    onTrace: ({ event }) => {
      if (event.type === 'produce-answered' && event.error !== null) errors.add(event.error)
      if (event.type === 'partition-changed' && event.leaderEpoch > 0)
        reasons.push(`${event.partition} ${event.reason}`)
    },
  })
  if (cluster === undefined) throw new Error('nobody was watched')
  return { result, reasons, errors, cluster }
}

function simulated(text: string): { cluster: SimulatedCluster; result: RunResult } {
  let cluster: SimulatedCluster | undefined
  const result = simulate(text, { seed: 1, watch: (watched) => (cluster = watched) })
  if (cluster === undefined) throw new Error('nobody was watched')
  return { cluster, result }
}

/** Names below a log directory of broker 1. */
function below(cluster: SimulatedCluster, dir: string): string[] {
  const paths = cluster.world.process('broker-1').machine.disks.of(dir).paths()
  return [...new Set(paths.map((path) => path.slice(dir.length + 1).split('/')[0] ?? ''))].toSorted()
}

describe('a broker with two log directories', () => {
  let untroubled: ReturnType<typeof run>

  beforeAll(() => {
    untroubled = run('{ at: 1500ms, stop: broker:1, for: 3s }', 4_000_000)
  })

  it('spreads replicas evenly, each with checkpoints, an id and a marker of its own (S-1, S-9, S-11, S-12)', () => {
    const [a, b] = ['data/a', 'data/b'].map((dir) => below(untroubled.cluster, dir))
    const own = [
      '.kafka_cleanshutdown', 'log-start-offset-checkpoint', 'meta.properties', 'recovery-point-offset-checkpoint',
      'replication-offset-checkpoint',
    ] // prettier-ignore
    for (const names of [a, b]) expect(names?.filter((name) => !name.startsWith('orders-'))).toEqual(own)
    expect(a?.filter((name) => name.startsWith('orders-'))).toHaveLength(2)
    expect(b?.filter((name) => name.startsWith('orders-'))).toHaveLength(2)
    expect([...(a ?? []), ...(b ?? [])].filter((name) => name.startsWith('orders-')).toSorted()).toEqual([
      'orders-0', 'orders-1', 'orders-2', 'orders-3',
    ]) // prettier-ignore
  })

  it('has told the controller which replica is where', () => {
    const { metadata } = untroubled.cluster
    const ids = metadata?.brokers.get(1)?.logDirs ?? []
    expect(new Set(ids).size).toBe(2)
    for (const { replicas, directories } of metadata?.topics.get('orders')?.partitions ?? []) {
      expect(ids).toContain(directories[replicas.indexOf(1)])
    }
  })
})

describe('a directory that fails', () => {
  let result: RunResult
  let reasons: string[]
  let errors: Set<string>

  beforeAll(() => {
    ;({ result, reasons, errors } = run('{ at: 2s, disk-error: { on: broker:1, dir: /data/b }, for: 3s }'))
  })

  it('leaves the broker up; the controller hears of it in a heartbeat, and moves what it led there', () => {
    const told = result.timeline.filter(({ subject }) => subject === 'broker-1').map(({ text }) => text)
    expect(told[3]).toMatch(/^data\/b goes offline: Input\/output error/)
    expect(told[4]).toBe('disk-error healed')
    expect(reasons.filter((reason) => reason.endsWith('BrokerHeartbeat')).length).toBeGreaterThan(0)
  })

  it('answers KAFKA_STORAGE_ERROR, after which producers go elsewhere', () => {
    expect([...errors]).toContain('KAFKA_STORAGE_ERROR')
  })

  it('is back after the disk was mended and the broker started again; nothing is lost', () => {
    expect(result.verdict).toMatchObject({ outcome: 'pass', history: { lost: 0, duplicated: 0 } })
    expect(result.violations).toEqual([])
  })

  it('that is still broken when the broker starts gets no second log elsewhere', () => {
    const faults = '{ at: 2s, disk-error: { on: broker:1, dir: /data/b } }, { at: 3s, restart: broker:1 }'
    const { cluster } = run(faults, 7_000_000)
    const kept = below(cluster, 'data/a').filter((name) => name.startsWith('orders-'))
    expect(kept).toHaveLength(2)
    expect([...(cluster.partitionsOf(1)?.keys() ?? [])].toSorted()).toEqual(kept)
    expect(cluster.metadata?.brokers.get(1)).toMatchObject({ fenced: false })
    expect(cluster.metadata?.brokers.get(1)?.logDirs).toHaveLength(1)
  })

  it('is gone also if it fails when it is loaded and the others are not yet', () => {
    const { cluster, result } = simulated(`
cluster:
  brokers: 2
  config: { log.dirs: "/data/a,/data/b", broker.session.timeout.ms: 2000, broker.heartbeat.interval.ms: 400 }
topics: { orders: { partitions: 2, replicas: [[1, 2], [1, 2]] } }
duration: 10s
faults:
  - { at: 1s, power-loss: broker:1, for: 3s }
  - { at: 4010ms, stall-disk: { on: broker:1, dir: /data/a }, for: 1s }
  - { at: 4010ms, disk-error: { on: broker:1, dir: /data/b, op: sync }, forever: true }`)
    const [failed] = result.timeline.filter(({ text }) => text.startsWith('data/b goes offline'))
    const [healed] = result.timeline.filter(({ text }) => text === 'stall-disk healed')
    expect(failed!.atUs).toBeLessThan(healed!.atUs)
    expect([...(cluster.partitionsOf(1)?.keys() ?? [])]).toEqual(['orders-0'])
  })

  it('ends the broker if it is that of the metadata log: the first, unless metadata.log.dir says otherwise', () => {
    const halts = (more: string): string[] => {
      const { result } = simulated(`
cluster: { brokers: 2, config: { log.dirs: "/data/a,/data/b"${more} } }
topics: { orders: { partitions: 2, replication.factor: 2 } }
producers: { web: { topic: orders, rate: 20/s } }
duration: 2s
settle: 1s
faults: [{ at: 1s, disk-error: { on: "broker:1", dir: /data/a }, forever: true }]`)
      return result.timeline.flatMap(({ text }) => (text.startsWith('halted') ? [text] : []))
    }
    expect(halts('')).toEqual(['halted Shutdown broker because the metadata log dir data/a has failed'])
    expect(halts(', metadata.log.dir: /data/b')).toEqual([])
  })
})
