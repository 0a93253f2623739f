// Leadership that is handed over and handed back: the preferred leader goes, is back, and is elected again, while replicas
// differ in what they hold and in what they have heard. Which of that comes together, and when, is drawn.

import { drawFault, drawnLength, type DrawnFault, type Scene } from './faults.ts'
import { available, lateNews, replicasOf, type Shape } from './shape.ts'

export const handover: Shape = (scene, atMs) => {
  const { dice, stage, focus } = scene
  const [first = 1, ...others] = replicasOf(scene)
  const preferred = `broker:${first}`
  const awayMs = dice.weighted([
    [3, dice.spread(20, 800)],
    [2, dice.between(Math.floor(stage.sessionMs / 2), stage.sessionMs * 2)],
  ])
  const away = goesAway(scene, atMs, preferred, awayMs)
  // A process that restarts is not let in before its old session is over.
  const backMs = atMs + Math.max(awayMs, dice.chance(60) ? stage.sessionMs : 0)
  const electMs = backMs + dice.spread(10, 2500)
  const endMs = electMs + dice.spread(100, 3000)
  const elect = { elect: { partitions: [focus.name], ...(dice.chance(10) ? { type: 'unclean' } : {}) } }
  const again = dice.chance(50)
    ? { trigger: `size(isr(${focus.name})) == ${replicasOf(scene).length}`, afterMs: dice.spread(1, 300) }
    : undefined
  return [
    away,
    ...(dice.chance(60) ? unequal(scene, atMs, electMs) : []),
    ...(dice.chance(50) ? unaware(scene, others, atMs, backMs, endMs) : []),
    ...(dice.chance(40) ? silence(scene, atMs, endMs) : []),
    ...(dice.chance(85) ? [elected(again === undefined ? electMs : Math.min(backMs, electMs), elect, again)] : []),
    ...(dice.chance(50) ? parted(scene, electMs) : []),
    ...(dice.chance(60) ? blow(scene, preferred, electMs) : []),
  ]
}

function goesAway(scene: Scene, atMs: number, preferred: string, awayMs: number): DrawnFault {
  const { dice, focus } = scene
  const verb = dice.pick(available(['kill', 'kill', 'restart', 'stop', 'pause', 'power-loss']))
  const gone: DrawnFault = { atMs, forMs: awayMs, fault: { [verb]: preferred } }
  // What was told to a client just now is what its followers have not heard of.
  return dice.chance(30)
    ? { ...gone, when: { trigger: `record ${focus.name}@${dice.spread(1, 100)} acked`, afterMs: dice.spread(1, 60) } }
    : gone
}

function elected(atMs: number, fault: DrawnFault['fault'], when: DrawnFault['when']): DrawnFault {
  return { atMs, forMs: undefined, fault, ...(when === undefined ? {} : { when }) }
}

/** One follower gets nothing of the leader for a while, so that others have what it lacks. */
function unequal(scene: Scene, atMs: number, electMs: number): DrawnFault[] {
  const { dice, stage, focus } = scene
  const startMs = Math.max(1, (dice.chance(70) ? atMs : electMs) - dice.spread(20, Math.min(900, stage.lagMs)))
  const [, ...others] = replicasOf(scene)
  if (others.length === 0) return []
  const ends = { from: `leader(${focus.name})`, to: `broker:${dice.pick(others)}` }
  const verb = dice.pick(available(['clog', 'clog', 'partition']))
  return [
    {
      atMs: startMs,
      forMs: dice.between(100, Math.max(400, Math.floor(stage.lagMs * 0.9))),
      fault: { [verb]: { ...ends, ...(dice.chance(70) ? { 'one-way': true } : {}) } },
    },
  ]
}

/** One replica hears late, or not at all, who leads meanwhile; and perhaps nothing of the others either. */
function unaware(scene: Scene, others: readonly number[], atMs: number, backMs: number, endMs: number): DrawnFault[] {
  const { dice } = scene
  if (others.length === 0) return []
  const id = dice.pick(others)
  const from = Math.max(1, dice.chance(50) ? atMs - dice.spread(1, 200) : backMs - dice.spread(20, 1200))
  const lengthMs = endMs - from + dice.spread(1, 2000)
  const deaf = lateNews(`broker:${id}`, from, lengthMs, lengthMs)
  if (!dice.chance(50)) return [deaf]
  const rest = others.filter((other) => other !== id)
  const to = rest.length > 0 && dice.chance(50) ? `broker:${dice.pick(rest)}` : `leader(${scene.focus.name})`
  const verb = dice.pick(available(['clog', 'partition']))
  return [deaf, { atMs: from, forMs: lengthMs, fault: { [verb]: { from: `broker:${id}`, to } } }]
}

/** Nobody writes for a while: a leader has no record of its epoch. */
function silence({ dice, stage }: Scene, atMs: number, endMs: number): DrawnFault[] {
  const startMs = Math.max(1, atMs - dice.spread(1, 600))
  return stage.clients
    .filter((client) => client.startsWith('producer(') && dice.chance(80))
    .map((client) => ({ atMs: startMs, forMs: endMs - startMs - dice.spread(1, 2000), fault: { pause: client } }))
    .filter(({ forMs }) => forMs > 20)
}

/** Around the election two replicas cannot reach each other. */
function parted(scene: Scene, electMs: number): DrawnFault[] {
  const { dice } = scene
  const [first = 1, ...others] = replicasOf(scene)
  if (others.length === 0) return []
  const verb = dice.pick(available(['clog', 'partition']))
  const ends = { from: `broker:${first}`, to: `broker:${dice.pick(others)}` }
  const startMs = Math.max(1, electMs - dice.spread(10, 1200))
  return [{ atMs: startMs, forMs: dice.spread(200, 4000), fault: { [verb]: ends } }]
}

/** The one that leads again does not do so for long. */
function blow(scene: Scene, preferred: string, electMs: number): DrawnFault[] {
  const { dice, focus } = scene
  const verb = dice.pick(available(['kill', 'kill', 'stop', 'power-loss', 'isolate']))
  const leads = `leader(${focus.name}) == ${preferred.slice('broker:'.length)}`
  const fall = drawFault(scene, verb, Math.max(1, electMs - 200), 'leader', drawnLength(scene))
  return [{ ...fall, when: { trigger: leads, afterMs: dice.spread(1, 1000) } }]
}
