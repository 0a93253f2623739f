// Troubles of disks, in the shapes they come in: one fails or is full, bits rot before somebody has to read them, a sync lies
// before the power goes, a write is torn. Most hit the disks of one partition's replicas.

import type { Dice } from './dice.ts'
import { drawFault, type DrawnFault, drawnLength, type Role, type Scene, target } from './faults.ts'
import { available, gap } from './shape.ts'
import type { Stage } from './stage.ts'

/** A stage, and the log directories its brokers have; empty: one. */
export interface DiskStage extends Stage {
  readonly dirs: readonly string[]
}

interface DiskScene extends Scene {
  readonly stage: DiskStage
}

type DiskShape = (scene: DiskScene, atMs: number) => DrawnFault[]

/** One after the other, or at one time. */
export function drawDiskPlan(dice: Dice, stage: DiskStage): DrawnFault[] {
  const shapes = dice.swarm(SHAPES, 55)
  const faults: DrawnFault[] = []
  let atMs = dice.chance(10)
    ? dice.spread(100, 2500)
    : dice.between(2500, Math.max(2501, Math.floor(stage.untilMs / 2)))
  for (let left = dice.between(1, 3); left > 0; left--) {
    const scene = { dice, stage, focus: dice.pick(stage.partitions) }
    const drawn = dice.weighted(shapes)(scene, atMs)
    faults.push(...drawn)
    const last = drawn.reduce((end, fault) => Math.max(end, fault.atMs + (fault.forMs ?? 0)), atMs)
    atMs = dice.chance(50) ? dice.between(atMs, last) : last + gap(scene)
  }
  return faults
}

function whom(scene: DiskScene): string {
  return target(scene, drawRole(scene))
}

function drawRole({ dice }: DiskScene): Role {
  return dice.weighted<Role>([
    [5, 'leader'],
    [5, 'follower'],
    [4, 'replica'],
    [2, 'one'],
    [1, 'several'],
  ])
}

/** All disks of a broker, or that of one directory. */
function where({ dice, stage }: DiskScene, on: string): { readonly on: string; readonly dir?: string } {
  return { on, ...(stage.dirs.length > 0 && dice.chance(70) ? { dir: dice.pick(stage.dirs) } : {}) }
}

/** Down for a moment, or for longer than its session: what it has is read again when it comes back. */
function fall(scene: DiskScene, on: string, atMs: number): DrawnFault {
  const { dice } = scene
  const verb = dice.pick(available(['kill', 'kill', 'power-loss', 'power-loss', 'stop', 'restart']))
  const how =
    verb === 'power-loss'
      ? dice.chance(40)
        ? { lose: 'all-unflushed' }
        : dice.chance(50)
          ? { 'torn-write': true }
          : {}
      : {}
  return {
    atMs,
    forMs: dice.chance(50) ? dice.spread(20, scene.stage.sessionMs) : drawnLength(scene),
    fault: { [verb]: on, ...how },
  }
}

const fails: DiskShape = (scene, atMs) => {
  const { dice } = scene
  const which = dice.weighted<object>([
    [2, {}],
    [3, { nth: dice.spread(1, 300), ...(dice.chance(40) ? { count: dice.spread(1, 4) } : {}) }],
    [2, { probability: `${dice.spread(1, 50)}%` }],
  ])
  const op = dice.chance(75) ? { op: dice.pick(['read', 'write', 'sync']) } : {}
  const error = { ...where(scene, whom(scene)), ...op, ...which }
  return [{ atMs, forMs: drawnLength(scene), fault: { 'disk-error': error } }, ...afterwards(scene, atMs)]
}

const full: DiskShape = (scene, atMs) => {
  const { dice } = scene
  const free = dice.chance(75) ? { free: `${dice.spread(50, 20_000)}B` } : {}
  const fault = { 'disk-full': { ...where(scene, whom(scene)), ...free } }
  return [{ atMs, forMs: drawnLength(scene), fault }, ...afterwards(scene, atMs)]
}

/** Somebody has to read what rotted: who recovers, who follows, who reads from the beginning. */
const rot: DiskShape = (scene, atMs) => {
  const { dice, focus } = scene
  const on = whom(scene)
  const place = dice.weighted<object>([
    [2, {}],
    [5, { partition: focus.name }],
    [3, { partition: focus.name, offset: dice.spread(1, 200) }],
    [1, { file: `${focus.name}/leader-epoch-checkpoint` }],
  ])
  const count = dice.chance(20) ? { count: dice.spread(2, 16) } : {}
  const rotten: DrawnFault = { atMs, forMs: undefined, fault: { corrupt: { on, ...place, ...count } } }
  if (dice.chance(30)) return [rotten]
  return [rotten, fall(scene, dice.chance(70) ? on : target(scene, 'leader'), atMs + gap(scene))]
}

const liar: DiskShape = (scene, atMs) => {
  const { dice } = scene
  const role = drawRole(scene)
  const on = target(scene, role)
  const forMs = dice.between(500, 8000)
  const lies: DrawnFault = { atMs, forMs, fault: { 'lying-sync': where(scene, on) } }
  const powerless = dice.chance(15) ? 'all brokers' : dice.chance(75) ? on : whom(scene)
  const lose = dice.chance(65) ? { lose: 'all-unflushed' } : {}
  const dark: DrawnFault = {
    atMs: atMs + dice.between(200, forMs + 500),
    forMs: drawnLength(scene),
    fault: { 'power-loss': powerless, ...lose },
  }
  return [lies, dark]
}

const torn: DiskShape = (scene, atMs) => {
  const { dice } = scene
  const on = dice.chance(20) ? 'all brokers' : whom(scene)
  const dark = { 'power-loss': on, ...(dice.chance(70) ? { 'torn-write': true } : { lose: 'some' }) }
  const first: DrawnFault = { atMs, forMs: drawnLength(scene), fault: dark }
  return dice.chance(40) ? [first, fall(scene, whom(scene), atMs + gap(scene))] : [first]
}

const slow: DiskShape = (scene, atMs) => {
  const { dice } = scene
  const at = where(scene, whom(scene))
  const fault = dice.chance(50) ? { 'stall-disk': at } : { 'slow-disk': { ...at, factor: dice.spread(10, 3000) } }
  return [{ atMs, forMs: drawnLength(scene), fault }, ...afterwards(scene, atMs)]
}

/** Whatever files are being written, renamed or removed, whoever does it is gone in the middle of it, again and again. */
const interrupted: DiskShape = (scene, atMs) => {
  const { dice } = scene
  const on = whom(scene)
  const faults: DrawnFault[] = []
  let at = atMs
  for (let left = dice.between(2, 5); left > 0; left--) {
    faults.push(
      dice.chance(25) ? drawFault(scene, 'delete-records', at) : fall(scene, dice.chance(70) ? on : whom(scene), at),
    )
    at += dice.spread(100, 3000)
  }
  return faults
}

function afterwards(scene: DiskScene, atMs: number): DrawnFault[] {
  return scene.dice.chance(45) ? [fall(scene, whom(scene), atMs + gap(scene))] : []
}

const SHAPES: readonly DiskShape[] = [fails, full, rot, liar, torn, slow, interrupted]
