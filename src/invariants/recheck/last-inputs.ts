// Whether everything that a look at one partition goes by is as it was at the look before: what that found is so still. Asked
// of metadata, replicas and logs themselves, never of what events told: the re-check must not be blind where the checker is.

import type { MetadataImage } from '../../metadata/metadata-image.ts'
import type { PartitionState } from '../../metadata/partition-state.ts'
import type { NaiveReplica } from './naive-partition.ts'

export class LastInputs {
  private readonly values: unknown[] = []
  private at = 0
  private isSame = false

  /** Notes what there is now. False if anything differs, and the first time. */
  areSame(replicas: readonly NaiveReplica[], state: PartitionState, image: MetadataImage, minIsr: number): boolean {
    this.at = 0
    this.isSame = this.values.length > 0
    this.note(state)
    this.note(minIsr)
    for (const members of [state.replicas, state.isr]) {
      for (const broker of members) this.note(image.brokers.get(broker)?.fenced)
    }
    this.note(image.brokers.get(state.leader)?.fenced)
    for (const { broker, state: replica, hadLoss } of replicas) {
      const { log } = replica
      this.note(broker)
      this.note(hadLoss)
      this.note(replica.role)
      this.note(replica.leaderEpoch)
      this.note(replica.committedIsr)
      this.note(replica.maximalIsr)
      this.note(log)
      this.note(log.logStartOffset)
      this.note(log.lastStableOffset)
      this.note(log.highWatermark)
      this.note(log.logEndOffset)
      // Without these two, other batches could have come to stand between the same offsets.
      this.note(log.truncations)
      this.note(log.lastSwap)
    }
    const isSame = this.isSame && this.at === this.values.length
    this.values.length = this.at
    return isSame
  }

  /** The next look counts as the first. */
  forget(): void {
    this.values.length = 0
  }

  private note(value: unknown): void {
    if (this.at >= this.values.length) {
      this.values.push(value)
      this.isSame = false
    } else if (this.values[this.at] !== value) {
      this.values[this.at] = value
      this.isSame = false
    }
    this.at += 1
  }
}
