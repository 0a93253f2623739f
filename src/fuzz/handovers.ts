// Leadership that is handed over and handed back: the preferred leader goes, is back, and is elected again, while replicas
// differ in what they hold and in what they have heard. Which of that comes together, and when, is drawn.

import { drawFault, drawnLength, type DrawnFault, type Scene } from './faults.ts'
import { available, lateNews, replicasOf, type Shape } from './shape.ts'

/** Who plays which part, and when what is to happen. */
interface Story {
  readonly preferred: string
  /** Leads in between, most likely. */
  readonly heir: string
  /** Neither, if there is a third. */
  readonly other: string
  readonly atMs: number
  /** When the preferred leader can be back at the earliest. */
  readonly backMs: number
  readonly electMs: number
  readonly endMs: number
}

export const handover: Shape = (scene, atMs) => {
  const { dice, stage } = scene
  const [first = 1, ...others] = replicasOf(scene)
  if (others.length === 0) return [drawFault(scene, 'restart', atMs, 'leader')]
  const usual = dice.chance(75)
  const heir = usual ? others[0] : others.at(-1)
  const other = usual ? others.at(-1) : others[0]
  const awayMs = dice.weighted([
    [3, dice.spread(20, 800)],
    [2, dice.between(Math.floor(stage.sessionMs / 2), stage.sessionMs * 2)],
  ])
  // A process that restarts is not let in before its old session is over.
  const backMs = atMs + Math.max(awayMs, stage.sessionMs)
  const electMs = backMs + dice.spread(10, 2000)
  const story: Story = {
    preferred: `broker:${first}`,
    heir: `broker:${heir}`,
    other: `broker:${other}`,
    atMs,
    backMs,
    electMs,
    endMs: electMs + dice.spread(100, 3000),
  }
  const twists = [unequal, unaware, silence, parted, fall]
  const left = [...twists]
  const chosen = Array.from(
    { length: dice.between(1, 3) },
    () => left.splice(dice.between(0, left.length - 1), 1)[0] ?? fall,
  )
  return [
    goesAway(scene, story, awayMs),
    ...(dice.chance(88) ? elections(scene, story) : []),
    ...twists.filter((twist) => chosen.includes(twist)).flatMap((twist) => twist(scene, story)),
  ]
}

function goesAway({ dice, focus }: Scene, { preferred, atMs }: Story, awayMs: number): DrawnFault {
  const verb = dice.pick(available(['kill', 'kill', 'restart', 'restart', 'stop', 'pause', 'power-loss']))
  const gone: DrawnFault = { atMs, forMs: awayMs, fault: { [verb]: preferred } }
  // What was told to a client just now is what its followers have not heard of.
  return dice.chance(30)
    ? { ...gone, when: { trigger: `record ${focus.name}@${dice.spread(1, 100)} acked`, afterMs: dice.spread(1, 60) } }
    : gone
}

/** An administrator asks for the preferred leader: once, when all are in sync, or until something comes of it. */
function elections({ dice, focus, stage }: Scene, { backMs, electMs }: Story): DrawnFault[] {
  const elect = { elect: { partitions: [focus.name], ...(dice.chance(10) ? { type: 'unclean' } : {}) } }
  const replicas = focus.replicas.length
  const inSync = { trigger: `size(isr(${focus.name})) == ${replicas}`, afterMs: dice.spread(1, 300) }
  if (replicas > 0 && dice.chance(25)) return [{ atMs: backMs, forMs: undefined, fault: elect, when: inSync }]
  if (dice.chance(25)) return [{ atMs: electMs, forMs: undefined, fault: elect }]
  const everyMs = dice.between(200, 700)
  const times = Math.min(8, Math.floor((stage.untilMs - backMs) / everyMs))
  return Array.from({ length: Math.max(1, times) }, (_, i) => ({
    atMs: backMs + 100 + i * everyMs,
    forMs: undefined,
    fault: elect,
  }))
}

/** One follower gets nothing of the leader for a while, so that others have what it lacks. */
function unequal({ dice, stage }: Scene, { preferred, heir, other, atMs, electMs }: Story): DrawnFault[] {
  const startMs = Math.max(1, (dice.chance(75) ? atMs : electMs) - dice.spread(50, Math.min(900, stage.lagMs)))
  const ends = { from: preferred, to: dice.chance(70) ? heir : other }
  const fault = {
    [dice.pick(available(['clog', 'clog', 'partition']))]: { ...ends, ...(dice.chance(75) ? { 'one-way': true } : {}) },
  }
  return [{ atMs: startMs, forMs: dice.between(200, Math.max(600, Math.floor(stage.lagMs * 0.9))), fault }]
}

/** One replica hears late who leads meanwhile; and perhaps nothing of the others either. */
function unaware({ dice }: Scene, story: Story): DrawnFault[] {
  const id = dice.chance(80) ? story.other : story.heir
  const fromMs = Math.max(1, dice.chance(65) ? story.atMs - dice.spread(1, 200) : story.backMs - dice.spread(20, 1200))
  const lengthMs = story.endMs - fromMs + dice.spread(1, 2500)
  const deaf = lateNews(id, fromMs, lengthMs, lengthMs)
  if (!dice.chance(40)) return [deaf]
  const to = id === story.heir || dice.chance(50) ? story.preferred : story.heir
  const verb = dice.pick(available(['clog', 'partition']))
  return [deaf, { atMs: fromMs, forMs: lengthMs, fault: { [verb]: { from: id, to } } }]
}

/** Nobody writes for a while: a leader has no record of its epoch. */
function silence({ dice, stage }: Scene, { atMs, endMs }: Story): DrawnFault[] {
  const startMs = Math.max(1, atMs - dice.spread(1, 400))
  const forMs = endMs - startMs - dice.spread(1, 1500)
  if (forMs < 20) return []
  return stage.clients
    .filter((client) => client.startsWith('producer('))
    .map((client) => ({ atMs: startMs, forMs, fault: { pause: client } }))
}

/** Around the election two replicas cannot reach each other. */
function parted({ dice }: Scene, { preferred, heir, other, electMs, backMs }: Story): DrawnFault[] {
  const ends = { from: dice.chance(75) ? preferred : other, to: heir }
  if (ends.from === ends.to) return []
  const startMs = Math.max(1, (dice.chance(50) ? electMs : backMs) - dice.spread(10, 800))
  const fault = { [dice.pick(available(['clog', 'partition']))]: ends }
  return [{ atMs: startMs, forMs: dice.spread(400, 5000), fault }]
}

/** The one that leads again does not do so for long. */
function fall(scene: Scene, { preferred, backMs }: Story): DrawnFault[] {
  const { dice, focus } = scene
  const verb = dice.pick(available(['kill', 'kill', 'stop', 'power-loss', 'isolate']))
  const leads = `leader(${focus.name}) == ${preferred.slice('broker:'.length)}`
  const end = drawFault(scene, verb, backMs - 100, 'leader', drawnLength(scene))
  return [{ ...end, when: { trigger: leads, afterMs: dice.spread(10, 1000) } }]
}
