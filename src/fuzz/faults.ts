// One fault: a verb, whom it hits, how long. Every verb of the format that can be drawn is a row of a table; which of them
// a run may use is drawn with it.

import { FAULT_VERBS, INSTANT_VERBS } from '../scenario/faults/fault-schema.ts'
import type { Dice, Weighted } from './dice.ts'
import type { Stage, StagePartition } from './stage.ts'

/** A fault as it stands in a file, its time as a number still. */
export interface DrawnFault {
  readonly atMs: number
  readonly forMs: number | undefined
  readonly fault: { readonly [key: string]: unknown }
  /** What it waits for from `atMs` on, and how long after that it happens. */
  readonly when?: { readonly trigger: string; readonly afterMs: number }
  /** Never healed. */
  readonly forever?: true
}

/** Whom a fault hits, seen from the partition that a plan is about. */
export type Role = 'leader' | 'follower' | 'replica' | 'one' | 'several' | 'all' | 'controller' | 'client' | 'rack'

export interface Scene {
  readonly dice: Dice
  readonly stage: Stage
  readonly focus: StagePartition
}

/** The parts of a fault but its times: a verb and what belongs to it. */
type Draw = (scene: Scene, role?: Role) => { readonly [key: string]: unknown }

const BROKER_ROLES: Weighted<Role> = [
  [8, 'leader'],
  [7, 'follower'],
  [4, 'replica'],
  [2, 'one'],
  [1, 'several'],
  [1, 'rack'],
]

/** In the order in which they are drawn; those that the format does not have yet are left out. */
const DRAWS: { readonly [verb: string]: Draw } = {
  kill: (scene, role) => ({ kill: broker(scene, role) }),
  restart: (scene, role) => ({ restart: broker(scene, role) }),
  'power-loss': (scene, role) => ({
    'power-loss': broker(scene, role ?? scene.dice.weighted([...BROKER_ROLES, [3, 'all']])),
    ...(scene.dice.chance(40) ? { lose: 'all-unflushed' } : {}),
  }),
  pause: (scene, role) => ({
    pause: role === undefined && scene.dice.chance(10) ? target(scene, 'client') : broker(scene, role),
  }),
  isolate: (scene, role) => ({ isolate: broker(scene, role) }),
  partition: (scene, role) => ({ partition: link(scene, role) }),
  clog: (scene, role) => ({ clog: link(scene, role) }),
  latency: (scene, role) => ({ latency: { ...link(scene, role), by: range(scene.dice, 5, 800) } }),
  'slow-disk': (scene, role) => ({
    'slow-disk': { on: broker(scene, role), factor: scene.dice.spread(10, 3000) },
  }),
  stop: (scene, role) => ({ stop: broker(scene, role) }),
  loss: (scene, role) => ({ loss: { ...link(scene, role), probability: `${scene.dice.spread(1, 60)}%` } }),
  reset: (scene, role) => ({ reset: link(scene, role) }),
  'half-open': (scene, role) => ({ 'half-open': link(scene, role) }),
  bandwidth: (scene, role) => ({ bandwidth: { ...link(scene, role), limit: `${scene.dice.spread(1, 64)}KB/s` } }),
  delay: (scene, role) => ({ delay: { ...frames(scene, role), by: `${scene.dice.spread(20, 4000)}ms` } }),
  drop: (scene, role) => ({ drop: frames(scene, role) }),
  'duplicate-delivery': ({ dice }) => ({
    'duplicate-delivery': {
      ...(dice.chance(60) ? { api: dice.weighted(APIS) } : {}),
      on: 'all brokers',
      probability: `${dice.spread(1, 40)}%`,
    },
  }),
  'stall-disk': (scene, role) => ({ 'stall-disk': broker(scene, role) }),
  'slow-cpu': (scene, role) => ({ 'slow-cpu': { on: broker(scene, role), factor: scene.dice.spread(10, 2000) } }),
  'clock-jump': ({ dice }) => ({
    'clock-jump': { on: 'one broker', by: `${dice.pick(['', '-'])}${dice.spread(10, 600_000)}ms` },
  }),
  'clock-drift': ({ dice }) => ({
    'clock-drift': { on: 'one broker', ppm: dice.spread(100, 300_000) * dice.pick([1, -1]) },
  }),
  elect: ({ dice, focus }) => ({
    elect: {
      partitions: dice.chance(70) ? [focus.name] : 'all',
      ...(dice.chance(15) ? { type: 'unclean' } : {}),
    },
  }),
  'rolling-restart': ({ dice, stage }) => ({
    'rolling-restart': 'all brokers',
    down: `${dice.spread(20, stage.sessionMs * 2)}ms`,
    ...(dice.chance(50) ? { every: `${dice.spread(100, 4000)}ms` } : {}),
    ...(dice.chance(30) ? { with: 'kill' } : {}),
  }),
  'add-partitions': ({ dice, stage, focus }) => {
    const now = stage.partitions.filter(({ topic }) => topic === focus.topic).length
    return { 'add-partitions': { topic: focus.topic, to: now + dice.between(1, 2) } }
  },
  'delete-records': ({ dice, focus }) => ({
    'delete-records': {
      partitions: dice.chance(70) ? [focus.name] : 'all',
      ...(dice.chance(50) ? { before: dice.spread(1, 200) } : {}),
    },
  }),
}

/** Requests whose lateness or loss matters to replication. */
const APIS: Weighted<string> = [
  [5, 'AlterPartition'],
  [5, 'Fetch'],
  [2, 'Produce'],
  [2, 'BrokerHeartbeat'],
  [2, 'BrokerRegistration'],
  [1, 'ListOffsets'],
  [1, 'Metadata'],
  [1, 'OffsetForLeaderEpoch'],
]

const INSTANT: readonly string[] = INSTANT_VERBS

export const DRAWN_VERBS: readonly string[] = Object.keys(DRAWS).filter((verb) =>
  (FAULT_VERBS as readonly string[]).includes(verb),
)

export function drawFault(scene: Scene, verb: string, atMs: number, role?: Role, forMs?: number): DrawnFault {
  const lasts = INSTANT.includes(verb) || verb === 'rolling-restart' ? undefined : (forMs ?? drawnLength(scene))
  return { atMs, forMs: lasts, fault: DRAWS[verb]?.(scene, role) ?? {} }
}

/** Too short to be noticed, about as long as it takes to be noticed, or long enough to be thrown out of every ISR. */
export function drawnLength({ dice, stage }: Scene): number {
  const { sessionMs, lagMs } = stage
  return dice.weighted([
    [3, dice.spread(20, Math.max(40, Math.floor(sessionMs / 2)))],
    [4, dice.between(Math.floor(sessionMs * 0.7), Math.floor(sessionMs * 1.6))],
    [2, dice.between(sessionMs, sessionMs + lagMs * 2)],
  ])
}

function broker(scene: Scene, role?: Role): string {
  return target(scene, role ?? scene.dice.weighted(BROKER_ROLES))
}

/** A target as it is written. What a stage does not have falls back on what every cluster has. */
export function target(scene: Scene, role: Role): string {
  const { dice, stage, focus } = scene
  switch (role) {
    case 'leader':
    case 'follower':
      return `${role}(${focus.name})`
    case 'replica':
      return `broker:${dice.pick(focus.replicas.length > 0 ? focus.replicas : stage.brokers)}`
    case 'one':
      return 'one broker'
    case 'several':
      return dice.pick(['minority brokers', 'majority brokers'])
    case 'all':
      return 'all brokers'
    case 'controller':
      return 'controller'
    case 'client':
      return stage.clients.length > 0 ? dice.pick(stage.clients) : 'one broker'
    case 'rack':
      return stage.racks.length > 0 ? `rack:${dice.pick(stage.racks)}` : 'one broker'
  }
}

/** One link or all links of somebody, one way as often as both. */
export function link(
  scene: Scene,
  role?: Role,
  far?: Role,
  oneWay = scene.dice.chance(50),
): { readonly [key: string]: unknown } {
  const { dice } = scene
  const near = role ?? dice.weighted<Role>([...BROKER_ROLES, [2, 'controller']])
  const other =
    far ??
    dice.weighted<Role | 'others'>([
      [4, 'follower'],
      [4, 'leader'],
      [4, 'controller'],
      [2, 'replica'],
      [2, 'client'],
      [3, 'others'],
    ])
  const from = target(scene, near)
  const to = other === 'others' ? undefined : target(scene, other)
  const distinct = to === undefined || to === from ? undefined : to
  // Which end the bytes come from matters when only one way is broken.
  const turned = distinct !== undefined && dice.chance(50)
  return {
    from: turned ? distinct : from,
    ...(distinct === undefined ? {} : { to: turned ? from : distinct }),
    ...(oneWay ? { 'one-way': true } : {}),
  }
}

/** Frames of one API, all of them or one, there or back. */
function frames(scene: Scene, role?: Role): { readonly [key: string]: unknown } {
  const { dice } = scene
  return {
    api: dice.weighted(APIS),
    on: target(scene, role ?? dice.weighted([...BROKER_ROLES, [3, 'controller'] as const])),
    ...(dice.chance(40) ? { direction: 'response' } : {}),
    ...(dice.chance(50) ? { nth: dice.spread(1, 20), count: dice.spread(1, 4) } : {}),
  }
}

/** `5ms..40ms`. */
export function range(dice: Dice, low: number, high: number): string {
  const from = dice.spread(low, Math.floor((low + high) / 2))
  return `${from}ms..${Math.min(high, from + dice.spread(1, high))}ms`
}
