// What is legal and probably not meant. Only told where nothing was found wrong in what it is about, and only of faults that
// the file has.

import type { SafetyId } from '../language/expectation.ts'
import type { Allowance } from '../model.ts'
import type { CheckContext } from './check-context.ts'
import type { PlacedExpectation } from './check-expectations.ts'
import { troublesOf } from './troubles.ts'
import type { Grounds } from './warning-grounds.ts'
import { warnOfBlockedWrites } from './warn-of-blocked-writes.ts'
import { warnOfLoss } from './warn-of-loss.ts'
import { warnOfNothingToJudge } from './warn-of-nothing-to-judge.ts'
import { warnOfNoCoordinator } from './warn-of-no-coordinator.ts'
import { warnOfRetries } from './warn-of-retries.ts'
import { warnOfSlowPolls } from './warn-of-slow-polls.ts'
import { warnOfTimes } from './warn-of-times.ts'

const SECTIONS = [
  'kafka', 'duration', 'settle', 'cluster', 'topics', 'producers', 'consumers', 'monitors', 'faults', 'nemesis', 'expect', 'allow',
] // prettier-ignore

export function warn(context: CheckContext, placed: readonly PlacedExpectation[], allowed: readonly Allowance[]): void {
  if (SECTIONS.some((section) => context.isDamaged([section]) || context.hasErrorIn(section))) return
  const hopesFor = (id: SafetyId): boolean => {
    const hoped = placed.some(
      ({ expectation: { finds, claim } }) => !finds && claim.kind === 'safety' && claim.id === id,
    )
    return hoped && !allowed.some(({ what }) => what === id)
  }
  const grounds: Grounds = { context, troubles: troublesOf(context), placed, writers: writersIn(context), hopesFor }
  warnOfBlockedWrites(grounds)
  warnOfLoss(grounds)
  warnOfRetries(grounds)
  warnOfNothingToJudge(grounds)
  warnOfNoCoordinator(grounds)
  warnOfSlowPolls(grounds)
  warnOfTimes(grounds)
}

function writersIn(context: CheckContext): ReadonlyMap<string, readonly string[]> {
  const writers = new Map<string, string[]>()
  for (const [name, { topic }] of Object.entries(context.shape.producers ?? {})) {
    const known = writers.get(topic)
    if (known === undefined) writers.set(topic, [name])
    else known.push(name)
  }
  return writers
}
