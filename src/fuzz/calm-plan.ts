// One thing goes wrong, in a cluster that is well: then it can be said how long writers wait at most. A leader that is gone is
// replaced, and a follower that is gone is not waited for, when its session is over; a follower that is cut off when it
// has lagged for too long.

import type { Dice } from './dice.ts'
import type { DrawnFault } from './faults.ts'
import { lateNews } from './shape.ts'
import type { Stage } from './stage.ts'

export interface CalmPlan {
  readonly faults: readonly DrawnFault[]
  /** Longest time without an acknowledgement. */
  readonly gapMs: number
}

/** For elections, metadata and retries, with a margin. */
const SLACK_MS = 2000

/** `requestMs`: how long a producer waits for an answer. */
export function drawCalmPlan(dice: Dice, stage: Stage, requestMs: number): CalmPlan {
  const focus = dice.pick(stage.partitions)
  const atMs = dice.between(3000, 5000)
  const leader = `leader(${focus.name})`
  const follower = `follower(${focus.name})`
  const sessionMs = Math.ceil(stage.sessionMs * 1.3)
  const lengthMs = dice.between(sessionMs + SLACK_MS, Math.max(sessionMs + SLACK_MS, stage.untilMs - atMs))
  const gone = (verb: string, whom: string): DrawnFault => ({ atMs, forMs: lengthMs, fault: { [verb]: whom } })
  switch (dice.weighted([[4, 'follower'] as const, [2, 'leader'] as const, [4, 'link'] as const])) {
    case 'follower': {
      const verb = dice.pick(['kill', 'stop', 'power-loss', 'pause', 'isolate'])
      // Once it is unfenced again it is waited for, until it fetches or has not been caught up for too long.
      return { faults: [gone(verb, follower)], gapMs: Math.max(sessionMs, stage.lagMs - lengthMs) + SLACK_MS }
    }
    case 'leader': {
      // Its clients are told of a process that ends; of anything else they learn by waiting.
      const verb = dice.pick(['kill', 'stop'])
      return { faults: [gone(verb, leader)], gapMs: sessionMs + SLACK_MS + Math.min(requestMs, 1000) }
    }
    case 'link': {
      const verb = dice.pick(['partition', 'clog'])
      const cut = { from: leader, to: follower, ...(dice.chance(40) ? { 'one-way': true } : {}) }
      const shrinkMs = Math.ceil(stage.lagMs * 1.5)
      const forMs = dice.between(shrinkMs, shrinkMs * 2) + SLACK_MS
      const late = dice.chance(60) ? [lateNews(leader, atMs, forMs, forMs)] : []
      return { faults: [{ atMs, forMs, fault: { [verb]: cut } }, ...late], gapMs: shrinkMs + SLACK_MS }
    }
  }
}

/** A link between two brokers is cut, and nobody mends it; and little else happens. */
export function drawLastingPlan(dice: Dice, stage: Stage): DrawnFault[] {
  const { replicas, name } = dice.pick(stage.partitions)
  const [first = 1, ...others] = replicas
  const far = `broker:${dice.pick(others.length > 0 ? others : stage.brokers)}`
  const cut = { from: `broker:${first}`, to: far, ...(dice.chance(60) ? { 'one-way': true } : {}) }
  const atMs = dice.between(2500, Math.floor(stage.untilMs / 2))
  const lasting: DrawnFault = {
    atMs,
    forMs: undefined,
    fault: { [dice.pick(['clog', 'partition'])]: cut },
    forever: true,
  }
  if (!dice.chance(30)) return [lasting]
  const alsoMs = dice.between(2500, stage.untilMs - 1)
  const also = { [dice.pick(['kill', 'pause', 'stop'])]: `leader(${name})` }
  return [lasting, { atMs: alsoMs, forMs: dice.spread(100, stage.sessionMs * 2), fault: also }]
}
