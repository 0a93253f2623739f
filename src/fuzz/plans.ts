// Plans of faults. Faults that are drawn one by one rarely meet, so most plans are focused: several faults on one
// partition's replicas in quick succession, in one of the shapes that trouble comes in.

import type { Dice, Weighted } from './dice.ts'
import { DRAWN_VERBS, drawFault, type DrawnFault, drawnLength, type Role } from './faults.ts'
import { chained } from './chained.ts'
import { handover } from './handovers.ts'
import { isrRace } from './isr-races.ts'
import { memberTrouble } from './member-shapes.ts'
import { available, gap, linkFault, replicasOf, type Shape, type Verbs } from './shape.ts'
import type { Stage } from './stage.ts'

/** What every plan leaves the cluster to form itself. */
const FIRST_MS = 2500

export function drawPlan(dice: Dice, stage: Stage): DrawnFault[] {
  const verbs = dice.swarm(DRAWN_VERBS, 45)
  const faults: DrawnFault[] = []
  const shapes = dice.weighted([
    [2, 0],
    [5, 1],
    [4, 2],
    [2, 3],
  ])
  let atMs = Math.min(FIRST_MS, Math.floor(stage.untilMs / 3)) + dice.spread(10, 2000)
  if (shapes === 0) faults.push(...scattered(dice, stage, verbs))
  for (let i = 0; i < shapes; i++) {
    const scene = { dice, stage, focus: dice.pick(stage.partitions) }
    const shape = dice.weighted(stage.groups.length > 0 ? [...SHAPES, MEMBERS] : SHAPES)
    const drawn = shape(scene, atMs, verbs)
    faults.push(...drawn)
    const last = drawn.reduce((end, fault) => Math.max(end, fault.atMs + (fault.forMs ?? 0)), atMs)
    // The next trouble comes before this one is over, or right after it.
    atMs = dice.chance(40) ? dice.between(atMs, last) : last + gap(scene)
  }
  return finishPlan(faults, stage)
}

/** In order of time, with what cannot be at all left out. */
export function finishPlan(faults: readonly DrawnFault[], stage: Stage): DrawnFault[] {
  return faults
    .filter((fault) => fault.atMs < stage.untilMs)
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((fault) => ({ ...fault, atMs: Math.max(1, Math.round(fault.atMs)) }))
    .filter(isFirstToSlow)
}

/**
 * One slow processor and one slow disk a plan: slowness multiplies, and what a thousandfold of a thousandfold began takes
 * longer than any run lasts.
 */
function isFirstToSlow({ fault }: DrawnFault, index: number, all: readonly DrawnFault[]): boolean {
  const slows = SLOWING.filter((verb) => verb in fault)
  return slows.every((verb) => all.findIndex((other) => verb in other.fault) === index)
}

const SLOWING = ['slow-cpu', 'slow-disk'] as const

/** Anything at any time. */
function scattered(dice: Dice, stage: Stage, verbs: Verbs): DrawnFault[] {
  return Array.from({ length: dice.between(1, 9) }, () => {
    const scene = { dice, stage, focus: dice.pick(stage.partitions) }
    return drawFault(scene, dice.weighted(verbs), dice.between(Math.min(FIRST_MS, stage.untilMs - 1), stage.untilMs))
  })
}

/** One thing after the other to the replicas of one partition. */
const chain: Shape = (scene, atMs, verbs) => {
  const faults: DrawnFault[] = []
  let at = atMs
  for (let left = scene.dice.between(2, 7); left > 0; left--) {
    faults.push(drawFault(scene, scene.dice.weighted(verbs), at))
    at += gap(scene)
  }
  return faults
}

/** Leadership goes round: whoever leads is taken away for a moment, again and again. */
const flips: Shape = (scene, atMs) => {
  const { dice, stage } = scene
  const faults: DrawnFault[] = []
  let at = atMs
  const verbs = available(['kill', 'kill', 'restart', 'stop', 'pause', 'power-loss', 'isolate'])
  const role: Role = dice.weighted([
    [4, 'leader'],
    [1, 'replica'],
  ])
  for (let left = dice.between(2, 5); left > 0; left--) {
    const lengthMs = dice.weighted([
      [2, dice.spread(20, stage.sessionMs)],
      [3, dice.between(stage.sessionMs, stage.sessionMs * 2)],
    ])
    faults.push(drawFault(scene, dice.pick(verbs), at, role, lengthMs))
    at += dice.weighted([
      [3, gap(scene)],
      [3, lengthMs + dice.spread(5, 1500)],
    ])
  }
  return faults
}

/** A follower falls behind, or its fetches do, and then something happens to who leads or follows. */
const straggler: Shape = (scene, atMs) => {
  const { dice, stage } = scene
  const laggard = dice.weighted<Role>([
    [3, 'follower'],
    [3, 'replica'],
  ])
  const lengthMs = dice.weighted([
    [3, dice.between(200, stage.sessionMs * 2)],
    [2, dice.between(stage.lagMs, stage.lagMs * 3)],
  ])
  const how = dice.pick(available(['latency', 'clog', 'partition', 'pause', 'latency', 'slow-disk', 'kill']))
  const linked = how === 'latency' || how === 'clog' || how === 'partition'
  const behind: DrawnFault = linked
    ? { atMs, forMs: lengthMs, fault: linkFault(scene, how, laggard, 'leader') }
    : drawFault(scene, how, atMs, laggard, lengthMs)
  const thenMs = atMs + dice.between(1, lengthMs)
  const hits = Array.from({ length: dice.between(1, 3) }, () => thenMs + gap(scene) * dice.between(0, 1))
  const verbs = available(['kill', 'restart', 'pause', 'stop', 'power-loss', 'isolate', 'half-open'])
  return [behind, ...hits.map((at) => drawFault(scene, dice.pick(verbs), at, dice.chance(75) ? 'leader' : 'follower'))]
}

/** What brokers and controller tell each other comes late or not at all, while brokers come and go. */
const deafness: Shape = (scene, atMs) => {
  const { dice, stage } = scene
  const lengthMs = dice.weighted([
    [2, dice.between(200, stage.sessionMs)],
    [3, dice.between(stage.sessionMs, stage.sessionMs * 3)],
  ])
  const who = dice.weighted<Role>([
    [5, 'leader'],
    [2, 'follower'],
    [2, 'replica'],
  ])
  const how = dice.pick(available(['latency', 'latency', 'clog', 'partition', 'partition', 'loss', 'delay']))
  const deaf: DrawnFault =
    how === 'delay'
      ? drawFault(scene, how, atMs, who, lengthMs)
      : { atMs, forMs: lengthMs, fault: linkFault(scene, how, who, 'controller') }
  const verbs = available(['kill', 'restart', 'pause', 'stop', 'power-loss', 'latency', 'clog'])
  const others = Array.from({ length: dice.between(0, 3) }, () =>
    drawFault(
      scene,
      dice.pick(verbs),
      Math.max(1, atMs + dice.between(-Math.min(500, atMs - 1), lengthMs)),
      dice.weighted<Role>([
        [4, 'follower'],
        [3, 'leader'],
        [3, 'replica'],
      ]),
    ),
  )
  return [deaf, ...others]
}

/** The followers are gone until the leader stands alone; then it fails, and they are back before it, or after. */
const lastOne: Shape = (scene, atMs) => {
  const { dice, stage } = scene
  const alone = dice.between(stage.lagMs, stage.lagMs * 2 + stage.sessionMs * 2)
  const verbs = available(['kill', 'isolate', 'pause', 'partition', 'stop', 'latency'])
  const faults: DrawnFault[] = []
  const replicas = replicasOf(scene)
  for (const id of replicas.slice(1)) {
    const verb = dice.pick(verbs)
    const start = atMs + dice.spread(1, 800)
    const isLink = verb === 'partition' || verb === 'latency'
    const fault = isLink
      ? {
          [verb]: {
            from: `broker:${id}`,
            to: `broker:${replicas[0]}`,
            ...(verb === 'latency' ? { by: '2s..9s' } : {}),
          },
        }
      : { [verb]: `broker:${id}` }
    faults.push({ atMs: start, forMs: alone + dice.spread(1, 3000), fault })
  }
  const end = atMs + alone - dice.spread(1, 1500)
  const last = dice.pick(available(['kill', 'power-loss', 'power-loss', 'isolate', 'pause', 'stop']))
  const lengthMs = dice.weighted([
    [3, dice.spread(20, stage.sessionMs)],
    [3, drawnLength(scene)],
  ])
  const blow = drawFault(scene, last, Math.max(atMs, end), 'leader', lengthMs)
  // Who was reading may look again when all is over only.
  const sleeps = dice.chance(45) ? lengthMs + dice.spread(500, Math.floor(alone * 1.5)) : 0
  const sleeper = stage.clients
    .filter((client) => sleeps > 0 && client.startsWith('consumer('))
    .map((client) => ({ atMs: Math.max(1, end - dice.spread(1, 400)), forMs: sleeps, fault: { pause: client } }))
  const alsoWaits =
    sleeps === 0 && dice.chance(40) ? { when: { trigger: `size(isr(${scene.focus.name})) == 1`, afterMs: 0 } } : {}
  return [...faults, ...sleeper, { ...blow, ...(alsoWaits.when === undefined ? {} : { atMs, ...alsoWaits }) }]
}

/** Several lose power at once, or nearly, and come back one by one. */
const blackout: Shape = (scene, atMs) => {
  const { dice } = scene
  const lose = dice.chance(40) ? { lose: 'all-unflushed' } : {}
  const replicas = replicasOf(scene)
  if (dice.chance(40)) {
    const all = dice.chance(60) ? 'all brokers' : 'majority brokers'
    return [{ atMs, forMs: drawnLength(scene), fault: { 'power-loss': all, ...lose } }]
  }
  let at = atMs
  return replicas.map((id) => {
    const fault = { atMs: at, forMs: drawnLength(scene), fault: { 'power-loss': `broker:${id}`, ...lose } }
    at += dice.spread(1, 1200)
    return fault
  })
}

/** A leader that does not know it was replaced, because only the controller or only its followers cannot reach it. */
const zombie: Shape = (scene, atMs) => {
  const { dice, stage } = scene
  const lengthMs = dice.between(stage.sessionMs, stage.sessionMs * 4)
  const cut = linkFault(scene, dice.pick(available(['partition', 'clog', 'partition'])), 'leader', 'controller')
  const also: DrawnFault[] = dice.chance(50)
    ? [
        {
          atMs: atMs + dice.spread(1, 500),
          forMs: lengthMs,
          fault: linkFault(scene, 'partition', 'leader', 'follower'),
        },
      ]
    : []
  return [{ atMs, forMs: lengthMs, fault: cut }, ...also, ...(dice.chance(40) ? flips(scene, atMs + lengthMs, []) : [])]
}

/** As often as everything else together. */
const MEMBERS = [40, memberTrouble] as const

export const SHAPES: Weighted<Shape> = [
  [3, chain],
  [4, flips],
  [4, straggler],
  [4, deafness],
  [4, lastOne],
  [2, blackout],
  [2, zombie],
  [8, handover],
  [4, isrRace],
  [3, chained],
]
