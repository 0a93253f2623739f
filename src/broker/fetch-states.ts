// What a fetcher thread knows of the partitions it follows, in the order in which it asks for them. What its latest
// request asked for is the session's to know: it outlives a partition that is taken away and given back while the answer
// is on its way.

import type { AskedPartition, FetchSessionHandler } from '../client/fetch-session-handler.ts'
import type { Partition } from './partition.ts'

export class FetchState {
  readonly partition: Partition
  /** The leader epoch this state was made for: a newer one gets a new state. */
  readonly leaderEpoch: number
  fetchOffset: number
  /** To be cut before fetching: to the fetch offset, or to where the leader says that our last epoch ends. */
  truncating: boolean
  /** Not fetched before this time. */
  delayUntilMs = 0
  /** Neighbours among those of its topic. */
  previous: FetchState | undefined = undefined
  next: FetchState | undefined = undefined

  constructor(partition: Partition, leaderEpoch: number, fetchOffset: number, truncating: boolean) {
    this.partition = partition
    this.leaderEpoch = leaderEpoch
    this.fetchOffset = fetchOffset
    this.truncating = truncating
  }

  isReadyToFetch(nowMs: number): boolean {
    return !this.truncating && this.delayUntilMs <= nowMs
  }
}

/** Those of one topic, in order: a list, since a `Map` whose entries move to its end is made anew every few moves. */
class TopicStates {
  first: FetchState | undefined = undefined
  private last: FetchState | undefined = undefined
  private readonly byIndex = new Map<number, FetchState>()

  get isEmpty(): boolean {
    return this.first === undefined
  }

  get(index: number): FetchState | undefined {
    return this.byIndex.get(index)
  }

  add(state: FetchState): void {
    this.byIndex.set(state.partition.index, state)
    this.append(state)
  }

  remove(state: FetchState): void {
    this.byIndex.delete(state.partition.index)
    this.unlink(state)
  }

  moveToEnd(state: FetchState): void {
    if (state === this.last) return
    this.unlink(state)
    this.append(state)
  }

  private append(state: FetchState): void {
    state.previous = this.last
    state.next = undefined
    if (this.last === undefined) this.first = state
    else this.last.next = state
    this.last = state
  }

  private unlink({ previous, next }: FetchState): void {
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.last = previous
    else next.previous = previous
  }
}

export class FetchStates {
  private readonly byKey = new Map<string, FetchState>()
  private readonly byTopicId = new Map<string, TopicStates>()

  get(key: string): FetchState | undefined {
    return this.byKey.get(key)
  }

  all(): Iterable<FetchState> {
    return this.byKey.values()
  }

  add(state: FetchState): void {
    const { key, topicId } = state.partition
    this.remove(key)
    this.byKey.set(key, state)
    const topic = this.byTopicId.get(topicId) ?? new TopicStates()
    this.byTopicId.set(topicId, topic)
    topic.add(state)
  }

  remove(key: string): void {
    const state = this.byKey.get(key)
    if (state === undefined) return
    const { topicId } = state.partition
    this.byKey.delete(key)
    const topic = this.byTopicId.get(topicId)
    topic?.remove(state)
    if (topic?.isEmpty === true) this.byTopicId.delete(topicId)
  }

  /** Others are asked for before this one next time, so that all get their share of what fits in a response. */
  moveToEnd(state: FetchState): void {
    const { topicId, index } = state.partition
    const topic = this.byTopicId.get(topicId)
    if (topic === undefined || topic.get(index) !== state) return
    topic.moveToEnd(state)
    if (this.byTopicId.size === 1) return
    this.byTopicId.delete(topicId)
    this.byTopicId.set(topicId, topic)
  }

  /** Tells the session what to ask for now. `lastFetchedEpoch` is −1 if nothing is known. */
  ask(
    session: FetchSessionHandler,
    nowMs: number,
    maxBytes: number,
    lastFetchedEpoch: (partition: Partition) => number,
  ): void {
    for (const [topicId, topic] of this.byTopicId) {
      for (let state = topic.first; state !== undefined; state = state.next) {
        if (!state.isReadyToFetch(nowMs)) continue
        const { partition, fetchOffset } = state
        // The epoch is the state's own, but where a new one of the same leader does not restart us (RB-5).
        const { index, leaderEpoch, log } = partition
        const lastEpoch = lastFetchedEpoch(partition)
        session.want(topicId, index, leaderEpoch, fetchOffset, lastEpoch, log.logStartOffset, maxBytes)
      }
    }
  }

  /**
   * The state an answer to what was asked is for, if it still asks for the same offset and may fetch. As in Kafka
   * the leader epoch need not be the one it was asked in.
   */
  answered(topicId: string, index: number, asked: AskedPartition | undefined, nowMs: number): FetchState | undefined {
    const state = this.byTopicId.get(topicId)?.get(index)
    if (asked === undefined || state === undefined) return undefined
    return asked.fetchOffset === state.fetchOffset && state.isReadyToFetch(nowMs) ? state : undefined
  }
}
