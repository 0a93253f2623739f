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

export class FetchStates {
  private readonly byKey = new Map<string, FetchState>()
  private readonly byTopicId = new Map<string, Map<number, FetchState>>()

  get(key: string): FetchState | undefined {
    return this.byKey.get(key)
  }

  all(): Iterable<FetchState> {
    return this.byKey.values()
  }

  add(state: FetchState): void {
    const { key, topicId, index } = state.partition
    this.remove(key)
    this.byKey.set(key, state)
    const byIndex = this.byTopicId.get(topicId) ?? new Map<number, FetchState>()
    this.byTopicId.set(topicId, byIndex)
    byIndex.set(index, state)
  }

  remove(key: string): void {
    const state = this.byKey.get(key)
    if (state === undefined) return
    const { topicId, index } = state.partition
    this.byKey.delete(key)
    const byIndex = this.byTopicId.get(topicId)
    byIndex?.delete(index)
    if (byIndex?.size === 0) this.byTopicId.delete(topicId)
  }

  /** Others are asked for before this one next time, so that all get their share of what fits in a response. */
  moveToEnd(state: FetchState): void {
    const { topicId, index } = state.partition
    const byIndex = this.byTopicId.get(topicId)
    if (byIndex === undefined) return
    byIndex.delete(index)
    byIndex.set(index, state)
    if (this.byTopicId.size === 1) return
    this.byTopicId.delete(topicId)
    this.byTopicId.set(topicId, byIndex)
  }

  /** Tells the session what to ask for now. `lastFetchedEpoch` is −1 if nothing is known. */
  ask(
    session: FetchSessionHandler,
    nowMs: number,
    maxBytes: number,
    lastFetchedEpoch: (partition: Partition) => number,
  ): void {
    for (const [topicId, byIndex] of this.byTopicId) {
      for (const state of byIndex.values()) {
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
