// The committed offsets of a shard's groups. There is no comparison with what was committed before: the last record wins,
// also if it names a smaller offset (O-2).

import type { OffsetCommitValue } from '../protocol/group-record.ts'
import { UndoableMap, type UndoLog } from './undo-log.ts'

export interface CommittedOffset extends OffsetCommitValue {
  readonly topic: string
  readonly partition: number
  /** Where its record stands in the log of the shard. */
  readonly recordOffset: number
}

export class CommittedOffsets {
  private readonly undo: UndoLog
  private readonly byGroup = new Map<string, UndoableMap<CommittedOffset>>()

  constructor(undo: UndoLog) {
    this.undo = undo
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.byGroup.get(group)?.get(keyOf(topic, partition))
  }

  /** As of the last commit of the shard's log (G-42). */
  committed(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.byGroup.get(group)?.committed(keyOf(topic, partition))
  }

  put(group: string, offset: CommittedOffset): void {
    let offsets = this.byGroup.get(group)
    if (offsets === undefined) {
      offsets = new UndoableMap(this.undo)
      this.byGroup.set(group, offsets)
    }
    offsets.set(keyOf(offset.topic, offset.partition), offset)
  }

  remove(group: string, topic: string, partition: number): void {
    this.byGroup.get(group)?.delete(keyOf(topic, partition))
  }

  /** All of a group, in the order in which their partitions were first committed. */
  ofGroup(group: string): CommittedOffset[] {
    const offsets = this.byGroup.get(group)
    return offsets === undefined ? [] : present(offsets.keys().map((key) => offsets.get(key)))
  }

  committedOfGroup(group: string): CommittedOffset[] {
    const offsets = this.byGroup.get(group)
    return offsets === undefined ? [] : present(offsets.committedKeys().map((key) => offsets.committed(key)))
  }

  groups(): string[] {
    return [...this.byGroup.keys()]
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined)
}
