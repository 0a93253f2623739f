// Where a consumer begins with partitions it was just given: where its group left off, or where `auto.offset.reset` says
// (C-5, C-6). Where that says `none`, who has no position to go on from, or no more, fails (C-7, C-8).

import type { ConsumerConfig } from '../../config/consumer-config.ts'
import type { Blocking } from './blocking.ts'
import type { CommittedOffsetsSource } from './committed-offsets.ts'
import type { Membership } from './membership.ts'
import { ConsumerError } from './pending.ts'
import type { Subscription } from './subscription.ts'

export class StartingPositions {
  private readonly subscription: Subscription
  private readonly membership: Membership
  private readonly committed: CommittedOffsetsSource
  private readonly reset: ConsumerConfig['auto.offset.reset']

  constructor(
    subscription: Subscription,
    membership: Membership,
    committed: CommittedOffsetsSource,
    reset: ConsumerConfig['auto.offset.reset'],
  ) {
    this.subscription = subscription
    this.membership = membership
    this.committed = committed
    this.reset = reset
  }

  /** False if that could not be found out in time. */
  *find(deadlineMs: number): Blocking<boolean> {
    const failed = this.subscription.firstFailed()
    if (failed !== undefined) throw new ConsumerError(failed.failure, false, failed.key)
    const initializing = this.subscription.initializing()
    if (initializing.length === 0) return true
    const { state, generation } = this.membership
    const offsets = yield* this.committed.fetch(initializing, state === 'stable' ? generation.id : -1, deadlineMs)
    if (offsets === undefined) return false
    for (const partition of initializing) {
      if (partition.state !== 'initializing') continue
      const committed = offsets.get(partition.key) ?? null
      if (committed !== null) partition.startAt(committed.offset, committed.leaderEpoch)
      else if (this.reset === 'none') {
        throw new ConsumerError('NoOffsetForPartitionException', false, partition.key)
      } else partition.lose()
    }
    return true
  }
}
