// Where a follower cuts its log, given what the leader says about the end of an epoch.

/** What the follower knows about its own log. */
export interface FollowerLog {
  readonly logEndOffset: number
  /** the largest known epoch ≤ `epoch` and where it ends; undefined if there is none. */
  endOffsetFor(epoch: number): { readonly epoch: number; readonly endOffset: number } | undefined
}

/** The leader's answer: the largest epoch it knows that is ≤ the one asked for, and where that ends; −1 = undefined. */
export interface LeaderEpochEnd {
  readonly epoch: number
  readonly endOffset: number
}

export interface Truncation {
  readonly offset: number
  /** False: the follower does not know the leader's epoch either and must ask again with its own latest one (KIP-279). */
  readonly complete: boolean
}

/** `fallbackOffset` is the offset the fetcher started from: used when the leader cannot tell. */
export function truncationFor(log: FollowerLog, leader: LeaderEpochEnd, fallbackOffset: number): Truncation {
  if (leader.endOffset === -1) return { offset: fallbackOffset, complete: true }
  const leo = log.logEndOffset
  if (leader.epoch === -1) return { offset: Math.min(leader.endOffset, leo), complete: true }
  const own = log.endOffsetFor(leader.epoch)
  if (own === undefined) return { offset: Math.min(leader.endOffset, leo), complete: true }
  if (own.epoch !== leader.epoch) return { offset: Math.min(own.endOffset, leo), complete: false }
  return { offset: Math.min(own.endOffset, leader.endOffset, leo), complete: true }
}
