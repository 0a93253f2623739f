// How far the high watermark may rise: the least log end among all who count. On the hot path of every append and
// every follower fetch, so: a loop over a small array and nothing allocated.

import { isEligible, type EligibilityFacts } from './isr-eligibility.ts'
import type { RemoteReplica } from './remote-replica.ts'

/**
 * Counted are the leader, its maximal ISR and, so that they can catch up with it at all, followers that are caught up and
 * eligible. May be lower than the present high watermark, or −1 while a member has not been heard of.
 */
export function highWatermarkCandidate(
  followers: readonly RemoteReplica[],
  maximalIsr: readonly number[],
  leaderEndOffset: number,
  nowMs: number,
  lagTimeMaxMs: number,
  facts: EligibilityFacts,
): number {
  let candidate = leaderEndOffset
  for (let i = 0; i < followers.length; i++) {
    const replica = followers[i]!
    if (replica.logEndOffset >= candidate) continue
    const counts =
      maximalIsr.includes(replica.brokerId) ||
      (replica.isCaughtUp(leaderEndOffset, nowMs, lagTimeMaxMs) &&
        (facts.switches.hwWaitsForIneligible || isEligible(replica, facts)))
    if (counts) candidate = replica.logEndOffset
  }
  return candidate
}
