// Records that no application can handle, in cases about groups, and what is done about them: they are passed by, at once or
// after some tries, or nobody gets past them.

import type { Dice, Weighted } from './dice.ts'
import type { DrawnCase } from './drawn-case.ts'
import type { DrawnGroup } from './drawn-groups.ts'
import type { DrawnFault } from './faults.ts'
import { finishPlan } from './plans.ts'

/** In so many of a hundred cases with groups. */
const SHARE = 12

export function withPoison(dice: Dice, drawn: DrawnCase): DrawnCase {
  const { cluster } = drawn
  const { stage, clients } = cluster
  if (Object.keys(cluster.groups).length === 0 || !dice.chance(SHARE)) return drawn
  const groups = Object.fromEntries(
    Object.entries(cluster.groups).map(([name, group]) => [name, handling(group, dice.weighted(POLICIES)(dice))]),
  )
  const producers = Object.keys(clients.producers)
  const poisons = Array.from({ length: dice.between(1, 3) }, (): DrawnFault => {
    const atMs = dice.between(Math.min(2500, stage.untilMs - 1), stage.untilMs)
    return { atMs, forMs: undefined, fault: { poison: `producer(${dice.pick(producers)})` } }
  })
  const consumers = Object.fromEntries(Object.entries(groups).map(([name, { spec }]) => [name, spec]))
  return {
    ...drawn,
    cluster: { ...cluster, groups, parts: { ...cluster.parts, consumers } },
    faults: finishPlan([...drawn.faults, ...poisons], stage),
    ...(Object.values(groups).some(({ isBlocked }) => isBlocked === true)
      ? { allows: 'nobody gets past a poisonous record' }
      : {}),
  }
}

interface Policy {
  /** Keys of the group. */
  readonly keys: { readonly [key: string]: unknown }
  readonly isBlocked: boolean
}

const POLICIES: Weighted<(dice: Dice) => Policy> = [
  [4, () => passing('skip')],
  // Not a promise: a key of the file.
  // oxlint-disable-next-line unicorn/no-thenable
  [3, (dice) => passing({ ...tries(dice, dice.between(2, 5)), then: 'skip' })],
  [1, () => ({ keys: { poison: 'close' }, isBlocked: true })],
  [2, (dice) => ({ keys: { poison: 'crash', restart: `${dice.spread(100, 3000)}ms` }, isBlocked: true })],
  [1, (dice) => ({ keys: { poison: tries(dice, 'endless') }, isBlocked: true })],
]

function passing(poison: unknown): Policy {
  return { keys: { poison }, isBlocked: false }
}

/** A backoff so short that the next poll is not late. */
function tries(dice: Dice, times: number | 'endless'): object {
  return { tries: times, backoff: `${dice.spread(10, 300)}ms`, by: dice.pick(['in-place', 'seek']) }
}

function handling({ spec, ...rest }: DrawnGroup, { keys, isBlocked }: Policy): DrawnGroup {
  return { ...rest, spec: { ...spec, ...keys }, isBlocked }
}
