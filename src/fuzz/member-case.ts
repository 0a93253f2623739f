// Cases about consumer groups: a small cluster that mostly works, a group or two, and faults that concern them. Some runs
// last for minutes and are quiet, and some producers fall silent in them: that is how long offsets are kept at least.

import type { Dice } from './dice.ts'
import { drawClients } from './drawn-clients.ts'
import {
  drawBrokerConfig,
  drawDisk,
  type DrawnCluster,
  drawNetwork,
  type DrawnTopic,
  producersLoad,
} from './drawn-cluster.ts'
import { drawGroups } from './drawn-groups.ts'
import type { DrawnFault } from './faults.ts'
import { drawMemberPlan } from './member-shapes.ts'
import { finishPlan, SHAPES } from './plans.ts'

export interface MemberCase {
  readonly cluster: DrawnCluster
  readonly faults: readonly DrawnFault[]
}

export function drawMemberCase(dice: Dice): MemberCase {
  const cluster = drawMemberCluster(dice)
  return { cluster, faults: finishPlan(drawMemberPlan(dice, cluster.stage, SHAPES), cluster.stage) }
}

function drawMemberCluster(dice: Dice): DrawnCluster {
  const brokers = dice.weighted([
    [3, 1],
    [2, 2],
    [5, 3],
  ])
  const isLong = dice.chance(12)
  const sessionMs = dice.between(900, 4000)
  const lagMs = dice.spread(800, 8000)
  const untilMs = isLong ? dice.between(70_000, 150_000) : dice.between(12_000, 30_000)
  const topics = drawTopics(dice, brokers)
  const drawn = drawClients(dice, { topics: [...topics.keys()], racks: [], isCalm: false, needsReader: false })
  const producers = Object.fromEntries(
    Object.entries(drawn.producers).map(([name, producer]) => [
      name,
      isLong ? { ...producer, ...drawTrickle(dice) } : producer,
    ]),
  )
  const load = producersLoad(producers)
  const { groups, config } = drawGroups(dice, { topics: [...topics.keys()], brokers, load, isLong })
  const specs = Object.entries(groups)
  const longestMs = Math.max(...specs.map(([, { stage }]) => stage.pollMs + stage.sessionMs))
  const broker = { ...drawBrokerConfig(dice, sessionMs, lagMs), ...config }
  return {
    parts: {
      duration: `${untilMs + dice.between(500, 4000)}ms`,
      settle: `${60_000 + 2 * longestMs}ms`,
      cluster: { brokers, config: broker },
      topics: Object.fromEntries(
        [...topics].map(([name, { topic, config: own }]) => [name, { ...topic, config: own }]),
      ),
      producers,
      consumers: Object.fromEntries(specs.map(([name, { spec }]) => [name, spec])),
      ...(dice.chance(40) ? { ...drawNetwork(dice, sessionMs, lagMs), ...drawDisk(dice, sessionMs) } : {}),
      ...(dice.chance(35) ? { buggify: true } : {}),
    },
    stage: {
      brokers: Array.from({ length: brokers }, (_, i) => i + 1),
      racks: [],
      partitions: [...topics].flatMap(([name, { partitions, replicas }]) =>
        Array.from({ length: partitions }, (_, i) => ({
          name: `${name}-${i}`,
          topic: name,
          replicas: replicas?.[i] ?? [],
        })),
      ),
      clients: [
        ...Object.keys(producers).map((name) => `producer(${name})`),
        ...specs.map(([name]) => `consumer(${name})`),
      ],
      groups: specs.map(([, { stage }]) => stage),
      sessionMs,
      lagMs,
      untilMs,
    },
    topics,
    clients: { ...drawn, producers, consumers: {}, monitors: [], metadataAgeMs: 0 },
    groups,
  }
}

/** Little, and often nothing any more after a while: then nothing new is committed either. */
function drawTrickle(dice: Dice): object {
  const rate = dice.between(1, 4)
  return { rate: `${rate}/s`, ...(dice.chance(60) ? { total: rate * dice.between(2, 15) } : {}) }
}

function drawTopics(dice: Dice, brokers: number): Map<string, DrawnTopic> {
  const topics = new Map<string, DrawnTopic>()
  const count = dice.chance(35) ? 2 : 1
  for (let i = 0; i < count; i++) {
    const factor = Math.min(brokers, dice.between(1, 3))
    const partitions = dice.weighted([
      [2, 1],
      [3, 2],
      [3, 4],
      [2, 6],
    ])
    topics.set(`t${i + 1}`, {
      partitions,
      replicas: undefined,
      topic: { partitions, 'replication.factor': factor },
      config: { 'min.insync.replicas': Math.min(factor, dice.between(1, 2)) },
    })
  }
  return topics
}
