// The shapes in which trouble comes to a consumer group: members come, go, stand still or are cut off, often while a
// rebalance is under way; what they and their coordinator tell each other comes late or not at all; the coordinator moves.

import type { Dice, Weighted } from './dice.ts'
import { type DrawnFault, range, type Scene } from './faults.ts'
import { gap, type Shape } from './shape.ts'
import type { Stage, StageGroup } from './stage.ts'

/** A minute is the shortest time for which committed offsets are kept. */
const OLD_MS = 62_000

type GroupShape = (scene: Scene, group: StageGroup, atMs: number) => DrawnFault[]

/** Trouble of the groups there are; a stage without any has none of it. */
export function memberTrouble(scene: Scene, atMs: number): DrawnFault[] {
  const { dice, stage } = scene
  const shape = dice.weighted(SHAPES)
  return shape(scene, dice.pick(stage.groups), atMs)
}

/** Only trouble of groups, one after the other or at the same time; now and then with something else. */
export function drawMemberPlan(dice: Dice, stage: Stage, others: Weighted<Shape>): DrawnFault[] {
  const faults: DrawnFault[] = []
  let atMs = drawBeginning(dice, stage)
  for (let left = dice.between(1, 4); left > 0; left--) {
    const scene = { dice, stage, focus: dice.pick(stage.partitions) }
    const drawn = dice.chance(82) ? memberTrouble(scene, atMs) : dice.weighted(others)(scene, atMs, [[1, 'restart']])
    faults.push(...drawn)
    const last = drawn.reduce((end, fault) => Math.max(end, fault.atMs + (fault.forMs ?? 0)), atMs)
    atMs = dice.chance(50) ? dice.between(atMs, last) : last + gap(scene)
  }
  return faults
}

/** Some of it while the group is forming; in a long run often when what was committed early is old. */
function drawBeginning(dice: Dice, { untilMs }: Stage): number {
  if (untilMs > OLD_MS && dice.chance(65)) return dice.between(OLD_MS, untilMs - 1000)
  return dice.chance(25) ? dice.spread(300, 3000) : dice.between(2500, 6000)
}

/** Unnoticed, about as long as a session, or as long as a rebalance waits. */
function absence(dice: Dice, { sessionMs, pollMs }: StageGroup): number {
  return dice.weighted([
    [3, dice.spread(20, Math.max(40, Math.floor(sessionMs / 2)))],
    [4, dice.between(Math.floor(sessionMs * 0.7), Math.floor(sessionMs * 1.8))],
    [2, dice.between(sessionMs, sessionMs * 2 + Math.min(pollMs, 10_000))],
  ])
}

function member(dice: Dice, { name, members }: StageGroup): string {
  return `consumer(${name}[${dice.between(0, members - 1)}])`
}

/** One goes, in one of the ways to go. */
function departure(dice: Dice, group: StageGroup, atMs: number, whom = member(dice, group)): DrawnFault {
  const verb = dice.weighted([
    [4, 'kill'],
    [4, 'stop'],
    [4, 'pause'],
    [2, 'isolate'],
    [2, 'restart'],
    [2, 'sigterm'],
  ])
  const grace = verb === 'sigterm' ? { grace: `${dice.spread(20, 4000)}ms` } : {}
  const forMs = verb === 'restart' ? undefined : absence(dice, group)
  return { atMs, forMs, fault: { [verb]: whom, ...grace } }
}

/** A little later: within the same rebalance, or about when it ends. */
function soon(dice: Dice, group: StageGroup): number {
  return dice.weighted([
    [4, dice.spread(1, 200)],
    [4, dice.spread(100, Math.max(200, group.sessionMs))],
    [1, dice.between(group.sessionMs, group.sessionMs * 2)],
  ])
}

const comings: GroupShape = ({ dice }, group, atMs) => {
  const faults: DrawnFault[] = []
  let at = atMs
  const same = dice.chance(35) ? member(dice, group) : undefined
  for (let left = dice.between(1, 4); left > 0; left--) {
    faults.push(departure(dice, group, at, same))
    at += soon(dice, group)
  }
  return faults
}

const deployment: GroupShape = ({ dice }, group, atMs) => [
  {
    atMs,
    forMs: undefined,
    fault: {
      'rolling-restart': `consumers(${group.name})`,
      down: `${dice.spread(20, group.sessionMs * 2)}ms`,
      ...(dice.chance(50) ? { every: `${dice.spread(100, 4000)}ms` } : {}),
      ...(dice.chance(30) ? { with: 'kill' } : {}),
    },
  },
  ...(dice.chance(40) ? [departure(dice, group, atMs + soon(dice, group))] : []),
]

/** More members, or fewer, never none: whoever is left reads everything. */
const resizing: GroupShape = ({ dice }, group, atMs) => {
  const faults: DrawnFault[] = []
  let at = atMs
  for (let left = dice.between(1, 4); left > 0; left--) {
    const members = dice.between(1, group.members + 3)
    faults.push({ atMs: at, forMs: undefined, fault: { scale: { group: group.name, members } } })
    at += soon(dice, group)
  }
  return faults
}

/** The coordinator goes, or its office does, before or after something made the group rebalance. */
const headless: GroupShape = (scene, group, atMs) => {
  const { dice, stage } = scene
  const coordinator = `coordinator(${group.name})`
  const verb = dice.pick(['kill', 'kill', 'stop', 'restart', 'pause', 'isolate', 'power-loss', 'partition'])
  const fault = verb === 'partition' ? { partition: { from: coordinator, to: 'controller' } } : { [verb]: coordinator }
  const lengthMs = dice.weighted([
    [3, dice.spread(50, stage.sessionMs)],
    [3, dice.between(stage.sessionMs, stage.sessionMs * 3)],
  ])
  const gone: DrawnFault = { atMs, forMs: verb === 'restart' ? undefined : lengthMs, fault }
  if (dice.chance(25)) return [gone]
  const beforeMs = Math.max(1, atMs - dice.spread(1, 2 * group.sessionMs))
  const moved = dice.chance(70) ? beforeMs : atMs + soon(dice, group)
  return [gone, departure(dice, group, moved), ...(dice.chance(30) ? resizing(scene, group, moved) : [])]
}

/** What is said about the group comes late, twice or not at all, while it has something to say. */
const muffled: GroupShape = (scene, group, atMs) => {
  const { dice } = scene
  const from = dice.chance(70) ? member(dice, group) : `consumer(${group.name})`
  const frames = {
    api: dice.weighted(APIS),
    from,
    ...(dice.chance(55) ? { direction: 'response' } : {}),
    ...(dice.chance(50) ? { nth: dice.spread(1, 6), count: dice.spread(1, 3) } : {}),
  }
  const fault = dice.chance(60)
    ? { delay: { ...frames, by: `${dice.spread(20, group.sessionMs * 2)}ms` } }
    : { drop: frames }
  const startMs = Math.max(1, atMs - dice.spread(1, 1000))
  return [{ atMs: startMs, forMs: absence(dice, group) + 1000, fault }, departure(dice, group, atMs)]
}

/** Members and coordinator lose sight of each other. */
const parted: GroupShape = ({ dice }, group, atMs) => {
  const ends = {
    from: dice.chance(75) ? member(dice, group) : `consumer(${group.name})`,
    to: dice.chance(75) ? `coordinator(${group.name})` : 'all brokers',
  }
  const verb = dice.pick(['partition', 'partition', 'clog', 'clog', 'latency', 'half-open', 'reset', 'loss'])
  const oneWay = dice.chance(40) ? { 'one-way': true } : {}
  const forMs = verb === 'half-open' || verb === 'reset' ? undefined : absence(dice, group)
  const how = {
    latency: { ...ends, by: range(dice, 20, group.sessionMs) },
    loss: { ...ends, probability: `${dice.spread(5, 80)}%` },
    partition: { ...ends, ...oneWay },
    clog: { ...ends, ...oneWay },
  }[verb]
  const cut: DrawnFault = { atMs, forMs, fault: { [verb]: how ?? ends } }
  return [cut, ...(dice.chance(50) ? [departure(dice, group, atMs + soon(dice, group))] : [])]
}

/** There is more to read than before: whoever has seen it last must tell the others. */
const growth: GroupShape = ({ dice, stage }, group, atMs) => {
  const topic = dice.pick(group.topics)
  const now = stage.partitions.filter((partition) => partition.topic === topic).length
  const grow = { 'add-partitions': { topic, to: now + dice.between(1, 3) } }
  const first = dice.chance(60) ? [departure(dice, group, Math.max(1, atMs - soon(dice, group)))] : []
  return [...first, { atMs: atMs + dice.spread(1, 2000), forMs: undefined, fault: grow }]
}

/** All are away, for a moment or for long: whoever comes first begins where they were. */
const exodus: GroupShape = ({ dice, stage }, group, atMs) => {
  const longMs = Math.max(1000, Math.floor((stage.untilMs - atMs) * 0.8))
  const forMs = dice.chance(50) ? absence(dice, group) : dice.between(500, longMs)
  return [{ atMs, forMs, fault: { [dice.pick(['stop', 'kill', 'pause'])]: `consumer(${group.name})` } }]
}

const APIS: Weighted<string> = [
  [4, 'JoinGroup'],
  [4, 'SyncGroup'],
  [3, 'Heartbeat'],
  [4, 'OffsetCommit'],
  [1, 'LeaveGroup'],
  [2, 'FindCoordinator'],
  [2, 'OffsetFetch'],
]

const SHAPES: Weighted<GroupShape> = [
  [6, comings],
  [3, deployment],
  [3, resizing],
  [5, headless],
  [5, muffled],
  [4, parted],
  [2, growth],
  [2, exodus],
]
