// What a consumer of a group is made with, and what it tells of.

import type { Buggify } from '../../buggify/buggify.ts'
import type { ConsumerConfig } from '../../config/consumer-config.ts'
import type { NodeAddress } from '../../network/network-client.ts'
import type { Switches } from '../../switches/switches.ts'
import type { ClientLibrary } from '../partitioners/make-partitioner.ts'
import type { Generation } from './generation.ts'
import type { CommitKind, OffsetToCommit } from './offset-commits.ts'
import type { ConsumerError } from './pending.ts'
import type { RebalanceListener } from './rebalancing.ts'

export interface GroupConsumerOptions {
  readonly clientId: string
  readonly groupId: string
  readonly topics: readonly string[]
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ConsumerConfig
  readonly buggify?: Buggify
  /** Whose client it is; Java's if not given. */
  readonly library?: ClientLibrary
  /** What the client's version does; today's if not given. */
  readonly switches?: Partial<Switches>
  readonly listener: RebalanceListener
  onPositionMoved(partition: string, from: number, to: number, why: string): void
  onCommitted(
    kind: CommitKind,
    generation: Generation,
    offsets: readonly OffsetToCommit[],
    error: ConsumerError | undefined,
  ): void
  /** It said good-bye, or (a static member) just stopped. */
  onLeft(reason: string): void
}
