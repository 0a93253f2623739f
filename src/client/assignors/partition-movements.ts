// Which partitions of a topic have moved between which consumers in this round of balancing. A move that would be the
// reverse of an earlier one of the same topic takes that earlier partition back instead.

import { assert } from '../../../sim/assert.ts'
import type { TopicPartition } from '../../protocol/consumer-protocol.ts'
import { known } from './assignor.ts'

interface Move {
  readonly from: string
  readonly to: string
}

export class PartitionMovements {
  private readonly moves = new Map<TopicPartition, Move>()
  /** By topic and by pair of consumers; Kafka takes any of a pair's partitions, we the one that moved first. */
  private readonly byPair = new Map<string, Map<string, Set<TopicPartition>>>()

  record(partition: TopicPartition, from: string, to: string): void {
    const before = this.moves.get(partition)
    if (before === undefined) return this.add(partition, { from, to })
    assert(before.to === from, 'a partition moves from where it is')
    this.remove(partition, before)
    if (before.from !== to) this.add(partition, { from: before.from, to })
  }

  /** The partition to move from `from` to `to` for the sake of `partition`. */
  actual(partition: TopicPartition, from: string, to: string): TopicPartition {
    const source = this.moves.get(partition)?.from ?? from
    const reverse = this.byPair.get(partition.topic)?.get(pairOf(to, source))
    if (reverse === undefined) return partition
    const [first] = reverse
    return known(first, 'a partition of a pair')
  }

  private add(partition: TopicPartition, move: Move): void {
    this.moves.set(partition, move)
    const pairs = this.byPair.get(partition.topic) ?? new Map<string, Set<TopicPartition>>()
    this.byPair.set(partition.topic, pairs)
    const pair = pairOf(move.from, move.to)
    const moved = pairs.get(pair)
    if (moved === undefined) pairs.set(pair, new Set([partition]))
    else moved.add(partition)
  }

  private remove(partition: TopicPartition, move: Move): void {
    this.moves.delete(partition)
    const pairs = known(this.byPair.get(partition.topic), 'moves of a topic')
    const pair = pairOf(move.from, move.to)
    const moved = known(pairs.get(pair), 'moves of a pair')
    moved.delete(partition)
    if (moved.size === 0) pairs.delete(pair)
  }
}

function pairOf(from: string, to: string): string {
  return JSON.stringify([from, to])
}
