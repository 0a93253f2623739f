// In what a group of a scenario went round: rebalances for one reason that lie close together, by the group's own timeouts.

import type { GroupHistory } from '../../history/group-history.ts'
import { type RebalanceLoop, rebalanceLoops } from '../../history/rebalance-loops.ts'
import type { GroupSpec } from '../model.ts'

const USUAL_US = 60_000_000
/** A member that is late once in a timeout or two is late again and again. */
const TIMEOUTS = 6

export function loopsOf(
  { name, config }: GroupSpec,
  { rebalances }: Pick<GroupHistory, 'rebalances'>,
): RebalanceLoop[] {
  const within = (timeoutMs: number) => Math.max(USUAL_US, TIMEOUTS * timeoutMs * 1000)
  return rebalanceLoops(name, rebalances, {
    'poll-interval': within(config['max.poll.interval.ms']),
    session: within(config['session.timeout.ms']),
    crash: 2 * USUAL_US,
    'comes-and-goes': USUAL_US,
    metadata: USUAL_US,
  })
}
