// A change of the ISR that is under way while its subject changes: a follower falls out, is on its way back, and goes or
// comes anew before the request or its answer is there.

import { drawFault, type DrawnFault, type Scene } from './faults.ts'
import { available, replicasOf, type Shape } from './shape.ts'

export const isrRace: Shape = (scene, atMs) => {
  const { dice, stage, focus } = scene
  const replicas = replicasOf(scene)
  const id = dice.pick(replicas)
  const follower = dice.chance(70) && replicas.length > 1 ? `follower(${focus.name})` : `broker:${id}`
  const leader = `leader(${focus.name})`
  const outMs = Math.floor(stage.lagMs * 1.5) + dice.spread(50, 1500)
  const out: DrawnFault = dice.chance(75)
    ? { atMs, forMs: outMs, fault: { clog: { from: leader, to: follower, 'one-way': true } } }
    : drawFault(scene, dice.pick(available(['kill', 'stop', 'pause', 'power-loss'])), atMs, 'follower', outMs)
  const backMs = atMs + outMs
  const endMs = backMs + dice.spread(100, 4000)
  const smaller = { trigger: `size(isr(${focus.name})) < ${replicas.length}`, afterMs: dice.spread(1, 200) }
  return [
    out,
    ...(dice.chance(80) ? [slowRequest(scene, leader, atMs, endMs, smaller)] : []),
    ...(dice.chance(80) ? comesAnew(scene, leader, follower, backMs) : []),
    ...(dice.chance(40) ? [thenTheLeader(scene, backMs, replicas.length)] : []),
  ]
}

function slowRequest(
  { dice }: Scene,
  leader: string,
  atMs: number,
  endMs: number,
  when: NonNullable<DrawnFault['when']>,
): DrawnFault {
  const delay = {
    api: 'AlterPartition',
    from: leader,
    to: 'controller',
    by: `${dice.chance(60) ? dice.between(1500, 6000) : dice.spread(100, 5000)}ms`,
    ...(dice.chance(30) ? { direction: 'response' } : {}),
    ...(dice.chance(60) ? { count: 1 } : {}),
  }
  const slow: DrawnFault = { atMs, forMs: endMs - atMs, fault: { delay } }
  return dice.chance(70) ? { ...slow, when } : slow
}

/** With less than it had, perhaps, and cut off from what it lacks. */
function comesAnew({ dice }: Scene, leader: string, follower: string, backMs: number): DrawnFault[] {
  const verb = dice.pick(available(['power-loss', 'power-loss', 'power-loss', 'kill', 'restart', 'stop']))
  const lose = verb === 'power-loss' && dice.chance(75) ? { lose: 'all-unflushed' } : {}
  const atMs = backMs + dice.between(50, 900)
  const anew: DrawnFault = { atMs, forMs: dice.spread(50, 900), fault: { [verb]: follower, ...lose } }
  if (!dice.chance(65)) return [anew]
  const cut = { partition: { from: leader, to: follower } }
  return [{ atMs: Math.max(1, atMs - dice.between(0, 100)), forMs: dice.between(800, 7000), fault: cut }, anew]
}

function thenTheLeader(scene: Scene, backMs: number, size: number): DrawnFault {
  const { dice, focus } = scene
  const verb = dice.pick(available(['kill', 'power-loss', 'pause', 'isolate']))
  const fall = drawFault(scene, verb, backMs, 'leader')
  return { ...fall, when: { trigger: `size(isr(${focus.name})) == ${size}`, afterMs: dice.spread(1, 500) } }
}
