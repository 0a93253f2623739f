// What handlers know of the shards of this broker.

import type { GroupServiceParts } from '../broker/group-service.ts'
import type { Shard } from './shard.ts'

export interface Shards {
  readonly parts: GroupServiceParts
  /** Undefined: not coordinated here. */
  shardOf(groupId: string): Shard | undefined
  all(): Shard[]
}
