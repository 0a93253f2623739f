import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { fixed, uniform } from '../../sim/index.ts'
import { INVARIANTS } from '../../src/invariants/index.ts'
import { resolveDraws } from '../../src/scenario/build.ts'
import { loadScenario } from '../../src/scenario/loader.ts'
import type { Scenario } from '../../src/scenario/model.ts'
import { simulate } from '../../src/simulate.ts'
import { GOOD } from './bad-files.ts'

function load(text: string, set: readonly string[] = [], seed = 1): Scenario {
  const result = loadScenario(text, { file: 'dir/some-file.yaml', set, invariants: INVARIANTS.map(({ id }) => id) })
  if (!result.ok) throw new Error(result.findings.map(({ line, message }) => `${line} ${message}`).join('\n'))
  const streams = new Streams(seed)
  return resolveDraws(result.scenario, (name) => streams.stream(name))
}

describe('a good file', () => {
  it('is completed by the defaults', () => {
    const scenario = load('duration: 5s\ncluster: { brokers: 1 }\ntopics: { t: {} }\nproducers: { p: { topic: t } }\n')
    expect(scenario).toMatchObject({
      name: 'some-file',
      description: '',
      kafka: '4.0',
      seed: undefined,
      durationUs: 5_000_000,
      settleUs: 60_000_000,
      brokers: [{ id: 1, rack: null }],
      faults: [],
      expectations: [],
    })
    const [topic] = scenario.topics
    expect(topic).toMatchObject({ name: 't', partitions: 1, replicationFactor: 1, replicas: undefined, overrides: {} })
    const [producer] = scenario.producers
    expect(producer).toMatchObject({
      count: 1,
      load: { kind: 'steady', ratePerSecond: 100 },
      total: undefined,
      keys: { count: 0, skew: 'even' },
      valueSizeBytes: 100,
    })
    expect(producer?.config.acks).toBe(-1)
  })

  it('may be JSON', () => {
    const text = JSON.stringify({ duration: '5s', cluster: { brokers: 1 }, topics: { t: {} } })
    expect(load(text).topics.map(({ name }) => name)).toEqual(['t'])
  })

  it('spreads brokers over racks in turn, or takes them as listed', () => {
    const spread = load(GOOD).brokers.map(({ id, rack }) => [id, rack])
    expect(spread).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
    ])
    const listed = GOOD.replace(
      'brokers: 3, racks: [a, b]',
      'config: { num.io.threads: 3 }, brokers: [{ id: 9, rack: z }, { id: 4, config: { num.io.threads: 2 } }, { id: 5 }]',
    )
    expect(load(listed).brokers.map(({ id, rack, config }) => [id, rack, config['num.io.threads']])).toEqual([
      [4, null, 2],
      [5, null, 3],
      [9, 'z', 3],
    ])
  })

  it('gives a topic what the cluster sets, and tells the controller only what the topic sets', () => {
    const text = GOOD.replace('racks: [a, b]', 'config: { min.insync.replicas: 2, num.partitions: 7 }').replace(
      'partitions: 3, ',
      'config: { max.message.bytes: 5000 }, ',
    )
    const [topic] = load(text).topics
    expect(topic?.partitions).toBe(7)
    expect(topic?.config['min.insync.replicas']).toBe(2)
    expect(topic?.overrides).toEqual({ 'max.message.bytes': '5000' })
  })

  it('assigns consumers all partitions or those named', () => {
    const text = GOOD.replace(
      'audit: { topic: orders }',
      'a: { topics: [orders] }, b: { topic: orders, partitions: [0, 2] }',
    )
    expect(load(text).consumers.map(({ assignment }) => [...assignment])).toEqual([
      [['orders', 'all']],
      [['orders', [0, 2]]],
    ])
  })

  it('says which of its settings change nothing', () => {
    const text = GOOD.replace('partitions: 3', 'config: { preallocate: true }')
    expect(load(text).withoutEffect).toEqual(['topics.orders.config.preallocate: files grow as they are written'])
  })

  it('knows networks, disks and switches', () => {
    const text = `${GOOD}network:
  replication: { latency: 20ms..80ms, bandwidth: 10MB/s }
  client: { latency: 5ms }
  controller: { latency: { p50: 1ms, p99.9: 5ms, max: 1s } }
disk: { sync-latency: 10ms, flush: never, torn-write: 0%, write-bandwidth: 100MB/s }
switches: { maximalIsr: false, followerTruncation: highWatermark }
`
    const { network, disk, controller, brokers } = load(text)
    expect(network.replication).toEqual({ latencyUs: uniform(20_000, 80_000), bytesPerMs: 10_000 })
    expect(network.client).toEqual({ latencyUs: fixed(5000), bytesPerMs: undefined })
    expect(network.controller?.latencyUs?.values).toEqual([1000, 1000, 5000, 1_000_000])
    expect(network.racks).toBeUndefined()
    expect(disk).toEqual({
      syncLatencyUs: fixed(10_000),
      writebackAgeUs: Infinity,
      tearProbability: 0,
      writeBytesPerUs: 100,
    })
    for (const { switches } of [controller, ...brokers]) {
      expect(switches).toMatchObject({ maximalIsr: false, followerTruncation: 'highWatermark', hwMinIsrGate: true })
    }
  })

  it('knows monitors', () => {
    const text = `${GOOD}monitors: { m: { topic: orders, every: 1s, config: { isolation.level: read_committed } }, n: { topic: orders } }\n`
    const monitors = load(text).monitors.map(({ name, topic, everyMs, config }) => [
      name,
      topic,
      everyMs,
      config['isolation.level'],
    ])
    expect(monitors).toEqual([
      ['m', 'orders', 1000, 'read_committed'],
      ['n', 'orders', 200, 'read_uncommitted'],
    ])
  })

  it('gives each node the behaviour and the defaults of its own release, at the level of the oldest', () => {
    const text = `kafka: "4.0"
duration: 1s
cluster:
  brokers: [{ id: 1, kafka: "3.4" }, { id: 2 }, { id: 3, kafka: ["3.6"] }]
topics: {}
switches: { hwWaitsForIneligible: true }
`
    const { features, brokers, controller } = load(text)
    expect(features).toEqual({ 'metadata.version': '3.4-IV0', 'eligible.leader.replicas.version': 0 })
    expect(brokers.map(({ kafka }) => kafka)).toEqual(['3.4', '4.0', '3.6'])
    expect(brokers.map(({ switches }) => switches.hwMinIsrGate)).toEqual([false, true, false])
    expect(brokers.map(({ config }) => config['group.coordinator.append.linger.ms'])).toEqual([10, 5, 10])
    const all = [controller, ...brokers]
    expect(all.map(({ switches }) => switches.isrBrokerEpochCheck)).toEqual([false, false, false, false])
    expect(all.map(({ switches }) => switches.hwWaitsForIneligible)).toEqual([true, true, true, true])
  })

  it('takes feature levels as the file sets them', () => {
    const set = 'features: { metadata.version: 4.0-IV1, eligible.leader.replicas.version: 1 }'
    expect(load(GOOD.replace('brokers: 3', `brokers: 3, ${set}`)).features).toEqual({
      'metadata.version': '4.0-IV1',
      'eligible.leader.replicas.version': 1,
    })
  })

  it('reads expectations, found invariants and allowances', () => {
    const text = `${GOOD}expect:
  - no-acked-loss
  - "finds: one-leader-per-epoch"
  - finds: [no-unclean-election, isr-full within 5s]
allow: [stuck, { no-duplicates-in-log: retries }]
`
    const { expectations, allowed } = load(text)
    expect(expectations.map(({ text: written, finds, claim }) => [written, finds, claim.kind])).toEqual([
      ['no-acked-loss', false, 'safety'],
      ['finds: one-leader-per-epoch', true, 'invariant'],
      ['finds: no-unclean-election', true, 'safety'],
      ['finds: isr-full within 5s', true, 'isr-full'],
    ])
    expect(allowed).toEqual([
      { what: 'stuck', because: '' },
      { what: 'no-duplicates-in-log', because: 'retries' },
    ])
  })
})

describe('faults', () => {
  const faults = (...items: readonly string[]) =>
    load(`${GOOD}faults:\n${items.map((item) => `  - ${item}\n`).join('')}`).faults

  it('are named by verb and number, whatever else there is', () => {
    const kill = '{ at: 5s, kill: controller }'
    const ids = faults(kill, '{ at: 6s, pause: "broker:1" }', '{ id: kill-2, at: 7s, kill: controller }', kill).map(
      ({ id }) => id,
    )
    expect(ids).toEqual(['kill-1', 'pause-1', 'kill-2', 'kill-3'])
  })

  it('have times, and are healed or not', () => {
    const [a, b] = faults(
      '{ at: 5s, kill: controller, for: 3s, optional: true }',
      '{ at: 5s, isolate: "broker:1", forever: true }',
    )
    expect(a).toMatchObject({
      atUs: 5_000_000,
      forUs: 3_000_000,
      forever: false,
      optional: true,
      text: 'kill controller',
    })
    expect(b).toMatchObject({ forUs: undefined, forever: true, optional: false })
  })

  it('partition: groups, two ends, or a target and all others', () => {
    const texts = faults(
      '{ at: 5s, partition: [["broker:1"], ["broker:2", "broker:3"], [controller]] }',
      '{ at: 5s, partition: { from: "broker:1", to: [controller], one-way: true } }',
      '{ at: 5s, clog: leader(orders-0) }',
      '{ at: 5s, clog: ["broker:1", "broker:2"] }',
    ).map(({ text }) => text)
    expect(texts).toEqual([
      'partition broker:1 <-> broker:2, broker:3; broker:1 <-> controller; broker:2, broker:3 <-> controller',
      'partition broker:1 -> controller',
      'clog leader(orders-0)',
      'clog broker:1, broker:2',
    ])
  })

  it('latency and slow disks say by how much', () => {
    const actions = faults(
      '{ at: 5s, latency: { on: "producer(web[0])", by: 100ms..200ms } }',
      '{ at: 5s, slow-disk: { on: "broker:1", factor: 50 } }',
      '{ at: 5s, slow-disk: all brokers }',
      '{ at: 5s, power-loss: "rack:a", lose: all-unflushed }',
    ).map(({ action }) => action)
    expect(actions[0]).toMatchObject({ verb: 'latency', extraUs: uniform(100_000, 200_000), links: [{ to: 'others' }] })
    expect(actions[1]).toMatchObject({ verb: 'slow-disk', factor: 50 })
    expect(actions[2]).toMatchObject({ verb: 'slow-disk', factor: 10, targets: [{ kind: 'brokers', which: 'all' }] })
    expect(actions[3]).toMatchObject({
      verb: 'power-loss',
      lose: 'all-unflushed',
      targets: [{ kind: 'rack', rack: 'a' }],
    })
  })
})

describe('what is left to chance', () => {
  const text = GOOD.replace('brokers: 3', 'brokers: 3..5')
    .replace('partitions: 3', 'partitions: [2, 4, 8]')
    .replace('count: 2', 'rate: 50/s..400/s, config: { linger.ms: 0..100, enable.idempotence: [true, false] }')

  it('is drawn from the seed, within its bounds', () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => load(text, [], seed))
    expect(new Set(drawn.map(({ brokers }) => brokers.length))).toEqual(new Set([3, 4, 5]))
    expect(new Set(drawn.map(({ topics }) => topics[0]?.partitions))).toEqual(new Set([2, 4, 8]))
    expect(new Set(drawn.map(({ producers }) => producers[0]?.config['enable.idempotence'])).size).toBe(2)
    for (const { producers } of drawn) {
      const load = producers[0]?.load
      const ratePerSecond = load?.kind === 'steady' ? load.ratePerSecond : NaN
      expect(ratePerSecond).toBeGreaterThanOrEqual(50)
      expect(ratePerSecond).toBeLessThanOrEqual(400)
    }
    // Where a setting stands is asked of a function.
    const [once, again] = [0, 1].map(() => ({ ...load(text, [], 7), origins: undefined }))
    expect(once).toEqual(again)
  })

  it('is drawn for each setting by itself: fixing one changes no other', () => {
    for (let seed = 0; seed < 20; seed++) {
      const all = load(text, [], seed)
      const fewer = load(text, ['topics.orders.partitions=3', 'producers.web.config.linger.ms=5'], seed)
      expect(fewer.brokers).toEqual(all.brokers)
      expect(fewer.producers[0]?.load).toEqual(all.producers[0]?.load)
    }
  })
})

describe('--set', () => {
  it('takes the longest key that there is', () => {
    const { brokers } = load(GOOD, ['cluster.config.broker.session.timeout.ms=7000'])
    expect(brokers[0]?.config['broker.session.timeout.ms']).toBe(7000)
  })

  it('takes a release without quotes, which a shell would take away', () => {
    expect(load(GOOD, ['kafka=3.9']).kafka).toBe('3.9')
    expect(load(GOOD, ['kafka="3.9"']).kafka).toBe('3.9')
    expect(() => load(GOOD, ['kafka=3.10'])).toThrow('Kafka 3.10 is not modelled')
  })

  it('replaces, adds, and makes the mappings on the way', () => {
    const scenario = load(GOOD, ['duration=7s'])
    expect(scenario.durationUs).toBe(7_000_000)
    const more = load(GOOD, ['producers.other.topic=orders', 'network.client.latency=3ms', 'expect=[no-acked-loss]'])
    expect(more.producers.map(({ name }) => name)).toEqual(['web', 'other'])
    expect(more.network.client?.latencyUs).toEqual(fixed(3000))
    expect(more.expectations).toHaveLength(1)
  })

  it('finds names with dots that the file has', () => {
    const text = GOOD.replaceAll('orders', 'my.orders.v1')
    expect(load(text, ['topics.my.orders.v1.partitions=9']).topics[0]?.partitions).toBe(9)
  })

  it('finds faults by number and by id', () => {
    const text = `${GOOD}faults: [{ at: 5s, kill: controller }, { id: second, at: 6s, kill: controller }]\n`
    const { faults } = load(text, ['faults.0.at=1s', 'faults.second.at=2s'])
    expect(faults.map(({ atUs }) => atUs)).toEqual([1_000_000, 2_000_000])
  })

  it('applies overrides in order', () => {
    expect(load(GOOD, ['duration=7s', 'duration=8s']).durationUs).toBe(8_000_000)
  })
})

describe('clients', () => {
  it('start when they are told to, or as soon as there are topics', () => {
    const text = GOOD.replace('count: 2', 'start: 20s').replace('60s', '30s')
    const sent: number[] = []
    simulate(text, {
      onTrace: ({ atUs, event }) => {
        if (event.type === 'produce-invoked') sent.push(atUs)
      },
    })
    expect(sent[0]).toBeGreaterThanOrEqual(20_000_000)
    expect(sent[0]).toBeLessThan(20_100_000)
    expect(sent.length).toBeGreaterThan(900)
  })
})
