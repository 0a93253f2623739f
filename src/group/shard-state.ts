// What the operations of one shard work on: the groups and offsets of one partition of __consumer_offsets, in memory.

import type { Rng } from '../../sim/index.ts'
import type { BrokerContext } from '../broker/broker-context.ts'
import type { ClassicGroup } from './classic-group.ts'
import { CommittedOffsets } from './committed-offsets.ts'
import type { Decision, Outcome } from './decision.ts'
import type { ShardTimers } from './shard-timers.ts'
import { UndoableMap, UndoLog } from './undo-log.ts'

export interface ShardParts {
  readonly context: BrokerContext
  readonly partition: string
  readonly epoch: number
  readonly timers: ShardTimers
  readonly memberIds: Rng
  readonly write: (decision: Decision) => void
  /** What follows when a member was silent for too long. */
  readonly sessionEnded: (shard: ShardState, groupId: string, memberId: string) => Outcome
}

export class ShardState {
  readonly context: BrokerContext
  /** '__consumer_offsets-12'. */
  readonly partition: string
  /** Leader epoch of the partition in which we took office. */
  readonly epoch: number
  readonly timers: ShardTimers
  readonly memberIds: Rng
  readonly undo = new UndoLog()
  readonly groups = new UndoableMap<ClassicGroup>(this.undo)
  readonly offsets = new CommittedOffsets(this.undo)
  /** Loaded, and in office. */
  isActive = false
  private readonly parts: ShardParts

  constructor(parts: ShardParts) {
    this.context = parts.context
    this.partition = parts.partition
    this.epoch = parts.epoch
    this.timers = parts.timers
    this.memberIds = parts.memberIds
    this.parts = parts
  }

  /** Writes what an operation decided, if it did. */
  settle(outcome: Outcome): void {
    if (outcome !== undefined) this.parts.write(outcome)
  }

  sessionEnded(groupId: string, memberId: string): Outcome {
    return this.parts.sessionEnded(this, groupId, memberId)
  }

  get nowMs(): number {
    return this.context.host.clock.wallMs()
  }
}
