// What the shapes of trouble are made of: a shape draws several faults that belong together, about one partition, from a
// time on.

import type { Weighted } from './dice.ts'
import { DRAWN_VERBS, type DrawnFault, link, range, type Role, type Scene } from './faults.ts'

export type Verbs = Weighted<string>
export type Shape = (scene: Scene, atMs: number, verbs: Verbs) => DrawnFault[]

/** Time between two steps that belong together. */
export function gap({ dice, stage }: Scene): number {
  return dice.weighted([
    [3, dice.spread(1, 40)],
    [4, dice.spread(30, 700)],
    [3, dice.between(300, Math.max(400, stage.sessionMs))],
    [2, dice.between(stage.sessionMs, stage.sessionMs * 2)],
    [1, dice.between(stage.lagMs, stage.lagMs * 2)],
  ])
}

export function linkFault(scene: Scene, verb: string, near: Role, far: Role): DrawnFault['fault'] {
  const ends = link(scene, near, far)
  if (verb === 'latency') return { latency: { ...ends, by: range(scene.dice, 20, 2500) } }
  if (verb === 'loss') return { loss: { ...ends, probability: `${scene.dice.spread(5, 80)}%` } }
  return { [verb]: ends }
}

/** Those of `verbs` that the format has. */
export function available(verbs: readonly string[]): readonly string[] {
  return verbs.filter((verb) => DRAWN_VERBS.includes(verb))
}

/** Brokers that have, or may have, a replica of the partition in question; the preferred leader first, if it is known. */
export function replicasOf({ focus, stage }: Scene): readonly number[] {
  return focus.replicas.length > 0 ? focus.replicas : stage.brokers
}

/** What `broker` is told of the metadata log comes late; that it is alive is heard all the same. */
export function lateNews(broker: string, atMs: number, forMs: number, byMs: number): DrawnFault {
  const delay = { api: 'Fetch', from: broker, to: 'controller', direction: 'response', by: `${Math.round(byMs)}ms` }
  return { atMs, forMs, fault: { delay } }
}
