// Who writes and reads: few producers with small numbers, some of which write for a moment only, so that partitions fall
// silent; consumers, and monitors that ask how far a topic may be read.

import type { Dice } from './dice.ts'

export interface DrawnClients {
  /** `producers`, `consumers` and `monitors` of the scenario. */
  readonly parts: { readonly [key: string]: unknown }
  readonly producers: { readonly [name: string]: DrawnProducer }
  readonly consumers: { readonly [name: string]: DrawnConsumer }
  readonly monitors: readonly string[]
  /** The longest time that a consumer goes by the same metadata. */
  readonly metadataAgeMs: number
}

export interface DrawnProducer {
  readonly topic: string
  readonly config: {
    readonly acks: string
    readonly 'enable.idempotence': boolean
    readonly 'request.timeout.ms': number
    readonly [key: string]: unknown
  }
  readonly [key: string]: unknown
}

export interface DrawnConsumer {
  readonly topic: string
  readonly config: {
    readonly 'auto.offset.reset': string
    readonly 'metadata.max.age.ms': number
    readonly [key: string]: unknown
  }
}

export interface ClientNeeds {
  readonly topics: readonly string[]
  /** Where readers may be, if the cluster lets them read nearby; else empty. */
  readonly racks: readonly string[]
  readonly isCalm: boolean
  readonly needsReader: boolean
}

export function drawClients(dice: Dice, needs: ClientNeeds): DrawnClients {
  const { topics, needsReader } = needs
  const producers = drawProducers(dice, needs)
  const consumers = drawConsumers(dice, needs)
  const readers = Object.keys(consumers).length
  const monitors = !needsReader && dice.chance(25) ? { m1: drawMonitor(dice, topics) } : {}
  return {
    parts: {
      producers,
      ...(readers > 0 ? { consumers } : {}),
      ...(Object.keys(monitors).length > 0 ? { monitors } : {}),
    },
    producers,
    consumers,
    monitors: Object.keys(monitors),
    metadataAgeMs: Math.max(0, ...Object.values(consumers).map(({ config }) => config['metadata.max.age.ms'])),
  }
}

function drawProducers(dice: Dice, { topics, isCalm }: ClientNeeds): { [name: string]: DrawnProducer } {
  const producers: { [name: string]: DrawnProducer } = {}
  if (isCalm) return { p1: drawProducer(dice, { topic: topics[0] ?? '', acks: 'all', isCalm }) }
  const count = Math.max(topics.length, dice.between(1, 2))
  const acksOfAll = dice.chance(60) ? drawAcks(dice) : undefined
  for (let i = 0; i < count; i++) {
    const acks = acksOfAll ?? drawAcks(dice)
    producers[`p${i + 1}`] = drawProducer(dice, { topic: topics[i] ?? dice.pick(topics), acks, isCalm })
  }
  // What only a leader has, among what all have: a log with a tail that will be cut.
  if (dice.chance(20)) producers['noise'] = drawProducer(dice, { topic: dice.pick(topics), acks: '1', isCalm })
  return producers
}

function drawProducer(
  dice: Dice,
  { topic, acks, isCalm }: { readonly topic: string; readonly acks: string; readonly isCalm: boolean },
): DrawnProducer {
  const idempotent = acks === 'all' && dice.chance(65)
  // The default is to wait for half a minute: no retry hides what a broker forgets to answer.
  const requestMs = dice.chance(isCalm ? 60 : 10) ? 30_000 : dice.between(500, 3000)
  const lingerMs = dice.weighted([
    [3, 0],
    [2, dice.between(1, 60)],
  ])
  const isTrickle = !isCalm && dice.chance(22)
  const waits = isCalm ? 40 : 0
  return {
    topic,
    ...(dice.chance(20) ? { count: 2 } : {}),
    rate: `${isTrickle ? dice.between(1, 3) : dice.spread(isCalm ? 10 : 3, 40)}/s`,
    ...(!isCalm && dice.chance(8) ? { start: `${dice.between(100, 8000)}ms` } : {}),
    ...(!isCalm && dice.chance(8) ? { total: dice.spread(2, 200) } : {}),
    ...(dice.chance(40) ? { keys: dice.between(1, 10) } : {}),
    size: `${dice.spread(10, 200)}B`,
    config: {
      acks,
      'enable.idempotence': idempotent,
      'request.timeout.ms': requestMs,
      'delivery.timeout.ms': requestMs + lingerMs + dice.spread(200, 20_000),
      'linger.ms': lingerMs,
      'metadata.max.age.ms': dice.spread(500, 20_000),
      ...drawBatches(dice, waits),
      ...(!idempotent && dice.chance(20) ? { retries: isCalm ? 5 : dice.between(0, 2) } : {}),
      'retry.backoff.ms': dice.spread(10, 200),
    },
  }
}

/** One record a batch, small ones, or what is default; how many may be on their way. */
function drawBatches(dice: Dice, waits: number): { readonly [key: string]: number } {
  return {
    ...(dice.chance(20) ? { 'batch.size': 1 } : dice.chance(30) ? { 'batch.size': dice.spread(100, 4000) } : {}),
    ...(dice.chance(waits)
      ? { 'max.in.flight.requests.per.connection': 1 }
      : dice.chance(30)
        ? { 'max.in.flight.requests.per.connection': dice.between(1, 5) }
        : {}),
  }
}

function drawAcks(dice: Dice): string {
  return dice.weighted([
    [7, 'all'],
    [3, '1'],
    [1, '0'],
  ])
}

function drawConsumers(dice: Dice, { topics, racks, needsReader }: ClientNeeds): { [name: string]: DrawnConsumer } {
  const consumers: { [name: string]: DrawnConsumer } = {}
  const count = dice.weighted([
    [needsReader ? 0 : 2, 0],
    [6, 1],
    [2, 2],
  ])
  for (let i = 0; i < count; i++) {
    consumers[`c${i + 1}`] = {
      topic: dice.pick(topics),
      config: {
        'auto.offset.reset': dice.chance(85) ? 'earliest' : 'latest',
        'fetch.max.wait.ms': dice.spread(20, 500),
        'request.timeout.ms': dice.between(1000, 4000),
        'metadata.max.age.ms': dice.spread(500, needsReader ? 2000 : 20_000),
        ...(racks.length > 0 && dice.chance(80) ? { 'client.rack': dice.pick(racks) } : {}),
      },
    }
  }
  return consumers
}

function drawMonitor(dice: Dice, topics: readonly string[]): { readonly [key: string]: unknown } {
  const backoffMs = dice.spread(10, 100)
  return {
    topic: dice.pick(topics),
    every: `${dice.spread(15, 300)}ms`,
    config: {
      'retry.backoff.ms': backoffMs,
      'retry.backoff.max.ms': backoffMs,
      'request.timeout.ms': dice.between(500, 3000),
    },
  }
}
