// A small cluster with small numbers: sessions and lags short enough that everything that takes them happens within a
// minute of virtual time, few records, few clients. Shapes and settings are drawn here; faults elsewhere.

import type { Dice } from './dice.ts'
import { range } from './faults.ts'
import type { Stage } from './stage.ts'

export interface DrawnCluster {
  /** Top-level keys of the scenario; without faults and expectations. */
  readonly parts: { readonly [key: string]: unknown }
  readonly stage: Stage
  readonly promises: Promises
}

/** What the drawn settings promise, if nothing is broken by what they permit. */
export interface Promises {
  readonly noAckedLoss: boolean
  readonly noDuplicates: boolean
  readonly consumers: readonly string[]
}

export function drawCluster(dice: Dice): DrawnCluster {
  const brokers = dice.weighted([
    [1, 1],
    [3, 2],
    [12, 3],
    [3, 4],
    [1, 5],
  ])
  const racks = dice.chance(25) ? ['a', 'b', 'c'].slice(0, dice.between(2, 3)) : []
  const sessionMs = dice.between(900, 4000)
  const lagMs = dice.spread(800, 8000)
  const topics = drawTopics(dice, brokers)
  const producers = drawProducers(dice, [...topics.keys()])
  const consumers = drawConsumers(dice, [...topics.keys()])
  const untilMs = dice.between(12_000, 26_000)
  const configs = [...topics.values()].map(({ config }) => config)
  const acksAll = Object.values(producers).every(({ config }) => config.acks === 'all')
  return {
    parts: {
      duration: `${untilMs + dice.between(500, 4000)}ms`,
      settle: '60s',
      cluster: {
        brokers,
        ...(racks.length > 0 ? { racks } : {}),
        config: drawBrokerConfig(dice, sessionMs, lagMs),
      },
      topics: Object.fromEntries([...topics].map(([name, { topic, config }]) => [name, { ...topic, config }])),
      producers,
      ...(Object.keys(consumers).length > 0 ? { consumers } : {}),
      ...drawNetwork(dice),
      ...drawDisk(dice),
      ...(dice.chance(50) ? { buggify: true } : {}),
    },
    stage: {
      brokers: Array.from({ length: brokers }, (_, i) => i + 1),
      racks: racks.slice(0, brokers),
      partitions: [...topics].flatMap(([name, { partitions, replicas }]) =>
        Array.from({ length: partitions }, (_, i) => ({
          name: `${name}-${i}`,
          topic: name,
          replicas: replicas?.[i] ?? [],
        })),
      ),
      clients: [
        ...Object.keys(producers).map((name) => `producer(${name})`),
        ...Object.keys(consumers).map((name) => `consumer(${name})`),
      ],
      sessionMs,
      lagMs,
      untilMs,
    },
    promises: {
      noAckedLoss:
        acksAll &&
        configs.every(
          (config) => config['min.insync.replicas'] >= 2 && config['unclean.leader.election.enable'] !== true,
        ),
      noDuplicates: Object.values(producers).every(({ config }) => config['enable.idempotence']),
      consumers: Object.keys(consumers),
    },
  }
}

interface DrawnTopic {
  readonly partitions: number
  readonly replicas: readonly (readonly number[])[] | undefined
  readonly topic: { readonly [key: string]: unknown }
  readonly config: { readonly 'min.insync.replicas': number; readonly [key: string]: unknown }
}

function drawTopics(dice: Dice, brokers: number): Map<string, DrawnTopic> {
  const topics = new Map<string, DrawnTopic>()
  const count = dice.weighted([
    [4, 1],
    [1, 2],
  ])
  const unclean = dice.chance(6)
  for (let i = 0; i < count; i++) {
    const factor = Math.min(
      brokers,
      dice.weighted([
        [1, 1],
        [4, 2],
        [9, 3],
      ]),
    )
    const partitions = dice.weighted([
      [7, 1],
      [3, 2],
      [1, 3],
    ])
    const first = dice.between(1, brokers)
    const replicas = dice.chance(60)
      ? Array.from({ length: partitions }, (_, p) =>
          Array.from({ length: factor }, (_, r) => ((first + p + r - 1) % brokers) + 1),
        )
      : undefined
    const minIsr = Math.min(
      factor,
      dice.weighted([
        [4, 1],
        [7, 2],
        [1, 3],
      ]),
    )
    topics.set(`t${i + 1}`, {
      partitions,
      replicas,
      topic: replicas === undefined ? { partitions, 'replication.factor': factor } : { replicas },
      config: {
        'min.insync.replicas': minIsr,
        ...(unclean ? { 'unclean.leader.election.enable': true } : {}),
        ...(dice.chance(8) ? { 'flush.messages': 1 } : {}),
      },
    })
  }
  return topics
}

interface DrawnProducer {
  readonly topic: string
  readonly config: { readonly acks: string; readonly 'enable.idempotence': boolean; readonly [key: string]: unknown }
  readonly [key: string]: unknown
}

function drawProducers(dice: Dice, topics: readonly string[]): { [name: string]: DrawnProducer } {
  const producers: { [name: string]: DrawnProducer } = {}
  const count = Math.max(topics.length, dice.between(1, 2))
  const acksOfAll = dice.chance(70) ? drawAcks(dice) : undefined
  for (let i = 0; i < count; i++) {
    const acks = acksOfAll ?? drawAcks(dice)
    const idempotent = acks === 'all' && dice.chance(65)
    const requestMs = dice.between(500, 3000)
    const lingerMs = dice.weighted([
      [3, 0],
      [2, dice.between(1, 60)],
    ])
    producers[`p${i + 1}`] = {
      topic: topics[i] ?? dice.pick(topics),
      ...(dice.chance(20) ? { count: 2 } : {}),
      rate: `${dice.spread(3, 40)}/s`,
      ...(dice.chance(40) ? { keys: dice.between(1, 10) } : {}),
      size: `${dice.spread(10, 200)}B`,
      config: {
        acks,
        'enable.idempotence': idempotent,
        'request.timeout.ms': requestMs,
        'delivery.timeout.ms': requestMs + lingerMs + dice.spread(200, 20_000),
        'linger.ms': lingerMs,
        'metadata.max.age.ms': dice.spread(500, 20_000),
        ...(dice.chance(30) ? { 'batch.size': dice.spread(100, 4000) } : {}),
        ...(dice.chance(30) ? { 'max.in.flight.requests.per.connection': dice.between(1, 5) } : {}),
        ...(!idempotent && dice.chance(20) ? { retries: dice.between(0, 2) } : {}),
        'retry.backoff.ms': dice.spread(10, 200),
      },
    }
  }
  return producers
}

function drawAcks(dice: Dice): string {
  return dice.weighted([
    [7, 'all'],
    [3, '1'],
    [1, '0'],
  ])
}

function drawConsumers(dice: Dice, topics: readonly string[]): { [name: string]: { [key: string]: unknown } } {
  const consumers: { [name: string]: { [key: string]: unknown } } = {}
  const count = dice.weighted([
    [2, 0],
    [6, 1],
    [2, 2],
  ])
  for (let i = 0; i < count; i++) {
    consumers[`c${i + 1}`] = {
      topic: dice.pick(topics),
      config: {
        'auto.offset.reset': dice.chance(70) ? 'earliest' : 'latest',
        'fetch.max.wait.ms': dice.spread(20, 500),
        'request.timeout.ms': dice.between(1000, 4000),
        'metadata.max.age.ms': dice.spread(500, 20_000),
      },
    }
  }
  return consumers
}

function drawBrokerConfig(dice: Dice, sessionMs: number, lagMs: number): { [key: string]: unknown } {
  return {
    'broker.session.timeout.ms': sessionMs,
    'broker.heartbeat.interval.ms': dice.between(Math.floor(sessionMs / 8), Math.floor(sessionMs / 3)),
    'replica.lag.time.max.ms': lagMs,
    'replica.fetch.wait.max.ms': dice.spread(20, Math.min(500, Math.floor(lagMs / 2))),
    'replica.fetch.backoff.ms': dice.spread(20, 1000),
    'replica.socket.timeout.ms': dice.spread(1000, 8000),
    'replica.high.watermark.checkpoint.interval.ms': dice.spread(200, 5000),
    ...(dice.chance(40) ? { 'leader.imbalance.check.interval.seconds': dice.between(1, 8) } : {}),
    // Smaller ones let no follower catch up with these rates within the time a run has.
    ...(dice.chance(15) ? { 'replica.fetch.max.bytes': dice.spread(1500, 6000) } : {}),
    ...(dice.chance(20) ? { 'metadata.max.idle.interval.ms': dice.spread(100, 2000) } : {}),
  }
}

function drawNetwork(dice: Dice): { network?: { [kind: string]: { latency: string } } } {
  const network: { [kind: string]: { latency: string } } = {}
  if (dice.chance(30)) network['default'] = { latency: range(dice, 1, 40) }
  if (dice.chance(45)) network['replication'] = { latency: range(dice, 1, 150) }
  if (dice.chance(35)) network['controller'] = { latency: range(dice, 1, 400) }
  if (dice.chance(20)) network['client'] = { latency: range(dice, 1, 100) }
  return Object.keys(network).length > 0 ? { network } : {}
}

function drawDisk(dice: Dice): { disk?: { [key: string]: string } } {
  const disk: { [key: string]: string } = {}
  if (dice.chance(50)) disk['flush'] = dice.chance(40) ? 'never' : `${dice.spread(100, 20_000)}ms`
  if (dice.chance(30)) disk['torn-write'] = `${dice.between(1, 100)}%`
  if (dice.chance(20)) disk['zeroed-tail'] = `${dice.between(1, 100)}%`
  if (dice.chance(15)) disk['sync-latency'] = range(dice, 1, 300)
  return Object.keys(disk).length > 0 ? { disk } : {}
}
