// The partitions of one fetch, or of one fetch session: each once, in the order in which they are served. What a
// request says of a partition stays as it is, so that a fetch that waits is not changed by a later one.

import type { AskedPartition, FetchItem } from './fetch-types.ts'

/** What a session keeps of one partition: what to read, and what its fetcher was told last. */
export class SessionPartition {
  /** Topic id, or name where the request goes by names. */
  readonly topicKey: string
  readonly index: number
  item: FetchItem
  /** −1: the fetcher is told again. */
  highWatermark = -1
  logStartOffset = -1
  previous: SessionPartition | undefined = undefined
  next: SessionPartition | undefined = undefined

  constructor(topicKey: string, item: FetchItem) {
    this.topicKey = topicKey
    this.index = item.asked.partition
    this.item = item
  }
}

export class SessionPartitions {
  private readonly byTopic = new Map<string, Map<number, SessionPartition>>()
  private count = 0
  private head: SessionPartition | undefined = undefined
  private tail: SessionPartition | undefined = undefined

  get size(): number {
    return this.count
  }

  /** The one to be served first. */
  get first(): SessionPartition | undefined {
    return this.head
  }

  get(topicKey: string, index: number): SessionPartition | undefined {
    return this.byTopic.get(topicKey)?.get(index)
  }

  /** Changes what is asked of a partition, where it stands; or adds it as the last. `topic` and `topicId` as known now. */
  ask(topicKey: string, topic: string, topicId: string, asked: AskedPartition): void {
    const known = this.get(topicKey, asked.partition)
    if (known === undefined) this.add(new SessionPartition(topicKey, { topic, topicId, asked }))
    else known.item = { topic: known.item.topic, topicId: known.item.topicId, asked }
  }

  remove(topicKey: string, index: number): void {
    const partition = this.get(topicKey, index)
    if (partition === undefined) return
    this.byTopic.get(topicKey)?.delete(index)
    this.count -= 1
    this.unlink(partition)
  }

  /** All others are served before it. */
  moveToEnd(partition: SessionPartition): void {
    if (partition === this.tail) return
    this.unlink(partition)
    this.append(partition)
  }

  private add(partition: SessionPartition): void {
    const { topicKey, index } = partition
    let byIndex = this.byTopic.get(topicKey)
    if (byIndex === undefined) {
      byIndex = new Map()
      this.byTopic.set(topicKey, byIndex)
    }
    byIndex.set(index, partition)
    this.count += 1
    this.append(partition)
  }

  private append(partition: SessionPartition): void {
    partition.previous = this.tail
    if (this.tail === undefined) this.head = partition
    else this.tail.next = partition
    this.tail = partition
  }

  private unlink(partition: SessionPartition): void {
    const { previous, next } = partition
    if (previous === undefined) this.head = next
    else previous.next = next
    if (next === undefined) this.tail = previous
    else next.previous = previous
    partition.previous = undefined
    partition.next = undefined
  }
}
