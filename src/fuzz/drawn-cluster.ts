// A small cluster with small numbers: sessions and lags short enough that everything that takes them happens within a
// minute of virtual time, few records, few clients. Shapes and settings are drawn here; faults elsewhere.

import type { Dice, Weighted } from './dice.ts'
import { drawClients, type DrawnClients, type DrawnProducer } from './drawn-clients.ts'
import type { DrawnGroup } from './drawn-groups.ts'
import { range } from './faults.ts'
import type { Stage } from './stage.ts'

/** What kind of run it is to be, drawn first because everything else has to fit. */
export type Character =
  /** Anything goes. */
  | 'rough'
  /** Little happens, on a network that works: how long writers wait at most can be said. */
  | 'calm'
  /** A link never comes back. */
  | 'lasting'

export interface DrawnCluster {
  /** Top-level keys of the scenario; without faults and expectations. */
  readonly parts: { readonly [key: string]: unknown }
  readonly stage: Stage
  readonly topics: ReadonlyMap<string, DrawnTopic>
  readonly clients: DrawnClients
  readonly groups: { readonly [name: string]: DrawnGroup }
}

export function drawCluster(dice: Dice, character: Character): DrawnCluster {
  const brokers = dice.weighted(BROKERS[character])
  const readsNearby = dice.chance(character === 'lasting' ? 75 : 12)
  const racks = dice.chance(25) || readsNearby ? ['a', 'b', 'c'].slice(0, dice.between(2, 3)) : []
  const sessionMs = dice.between(900, character === 'calm' ? 2200 : 4000)
  const lagMs = character === 'calm' && dice.chance(50) ? dice.between(9000, 14_000) : dice.spread(800, 8000)
  const topics = drawTopics(dice, brokers, character)
  const untilMs = dice.between(12_000, 26_000)
  const clients = drawClients(dice, {
    topics: [...topics.keys()],
    racks: readsNearby ? racks : [],
    isCalm: character === 'calm',
    needsReader: character === 'lasting',
  })
  const settleMs = character === 'lasting' ? 2 * (sessionMs + lagMs) + 3 * clients.metadataAgeMs + 8000 : 60_000
  return {
    parts: {
      duration: `${untilMs + dice.between(500, 4000)}ms`,
      settle: `${settleMs}ms`,
      cluster: {
        brokers,
        ...(racks.length > 0 ? { racks } : {}),
        config: { ...drawBrokerConfig(dice, sessionMs, lagMs), ...(readsNearby ? NEARBY : {}) },
      },
      topics: Object.fromEntries([...topics].map(([name, { topic, config }]) => [name, { ...topic, config }])),
      ...clients.parts,
      ...(character === 'calm' ? {} : { ...drawNetwork(dice, sessionMs, lagMs), ...drawDisk(dice, sessionMs) }),
      ...(character !== 'calm' && dice.chance(50) ? { buggify: true } : {}),
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
        ...Object.keys(clients.producers).map((name) => `producer(${name})`),
        ...Object.keys(clients.consumers).map((name) => `consumer(${name})`),
      ],
      groups: [],
      sessionMs,
      lagMs,
      untilMs,
    },
    topics,
    clients,
    groups: {},
  }
}

/** Records a second, of all of them. */
export function producersLoad(producers: { readonly [name: string]: DrawnProducer }): number {
  const rates = Object.values(producers).map(
    ({ rate, count }) => Number.parseInt(String(rate), 10) * Number(count ?? 1),
  )
  return rates.reduce((sum, rate) => sum + rate, 0)
}

/** A leader sends readers to a replica in their rack (KIP-392). */
const NEARBY = { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' }

const BROKERS: { readonly [kind in Character]: Weighted<number> } = {
  rough: [
    [1, 1],
    [4, 2],
    [12, 3],
    [3, 4],
    [1, 5],
  ],
  calm: [
    [3, 2],
    [5, 3],
    [1, 4],
  ],
  lasting: [
    [5, 3],
    [1, 4],
  ],
}

export interface DrawnTopic {
  readonly partitions: number
  readonly replicas: readonly (readonly number[])[] | undefined
  readonly topic: { readonly [key: string]: unknown }
  readonly config: { readonly 'min.insync.replicas': number; readonly [key: string]: unknown }
}

function drawTopics(dice: Dice, brokers: number, character: Character): Map<string, DrawnTopic> {
  const topics = new Map<string, DrawnTopic>()
  const isRough = character === 'rough'
  const count = isRough && dice.chance(20) ? 2 : 1
  const unclean = isRough && dice.chance(14)
  for (let i = 0; i < count; i++) {
    const factor = Math.min(
      brokers,
      isRough
        ? dice.weighted([
            [1, 1],
            [5, 2],
            [9, 3],
          ])
        : brokers,
    )
    const partitions = isRough
      ? dice.weighted([
          [7, 1],
          [3, 2],
          [1, 3],
        ])
      : 1
    const first = dice.between(1, brokers)
    const replicas =
      !isRough || dice.chance(70)
        ? Array.from({ length: partitions }, (_, p) =>
            Array.from({ length: factor }, (_, r) => ((first + p + r - 1) % brokers) + 1),
          )
        : undefined
    const minIsr = Math.min(
      isRough ? factor : factor - 1,
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

export function drawBrokerConfig(dice: Dice, sessionMs: number, lagMs: number): { [key: string]: unknown } {
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
    ...(dice.chance(20) ? { 'metadata.max.idle.interval.ms': dice.spread(400, 2000) } : {}),
  }
}

export function drawNetwork(
  dice: Dice,
  sessionMs: number,
  lagMs: number,
): { network?: { [kind: string]: { latency: string } } } {
  const network: { [kind: string]: { latency: string } } = {}
  if (dice.chance(30)) network['default'] = { latency: range(dice, 1, 40) }
  const slowest = dice.chance(20) ? Math.min(500, Math.floor(lagMs / 8)) : 150
  if (dice.chance(45)) network['replication'] = { latency: range(dice, 1, slowest) }
  if (dice.chance(35)) network['controller'] = { latency: range(dice, 1, Math.min(400, bearableMs(sessionMs))) }
  if (dice.chance(20)) network['client'] = { latency: range(dice, 1, 100) }
  return Object.keys(network).length > 0 ? { network } : {}
}

/**
 * A heartbeat that is not answered within half a session is given up. There and back again, with a sync in between, has to
 * take less, or the session never holds.
 */
function bearableMs(sessionMs: number): number {
  return Math.floor(sessionMs / 8)
}

export function drawDisk(dice: Dice, sessionMs: number): { disk?: { [key: string]: string } } {
  const disk: { [key: string]: string } = {}
  if (dice.chance(50)) disk['flush'] = dice.chance(40) ? 'never' : `${dice.spread(100, 20_000)}ms`
  if (dice.chance(30)) disk['torn-write'] = `${dice.between(1, 100)}%`
  if (dice.chance(20)) disk['zeroed-tail'] = `${dice.between(1, 100)}%`
  if (dice.chance(15)) disk['sync-latency'] = range(dice, 1, Math.min(300, bearableMs(sessionMs)))
  return Object.keys(disk).length > 0 ? { disk } : {}
}
