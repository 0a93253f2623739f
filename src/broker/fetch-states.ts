// What a fetcher thread knows of the partitions it follows, in the order in which it asks for them; and what its latest
// request asked for, which outlives a partition that is taken away and given back while the answer is on its way.

import type { RequestOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import type { Partition } from './partition.ts'

export type AskedTopic = RequestOf<'Fetch'>['topics'][number]
export type AskedPartition = AskedTopic['partitions'][number]

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
  private readonly lastAsked = new Map<string, AskedEntries>()
  /** Number of the latest request. */
  private round = 0

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

  /** What to ask for now; remembered until the next call. `lastFetchedEpoch` is −1 if nothing is known. */
  ask(nowMs: number, maxBytes: number, lastFetchedEpoch: (partition: Partition) => number): AskedTopic[] {
    this.round += 1
    const topics: AskedTopic[] = []
    for (const [topicId, byIndex] of this.byTopicId) {
      const partitions: AskedPartition[] = []
      const asked = this.entriesOf(topicId)
      for (const state of byIndex.values()) {
        if (!state.isReadyToFetch(nowMs)) continue
        const { partition } = state
        const entry: AskedPartition = {
          partition: partition.index,
          // The state's own, but where a new epoch of the same leader does not restart us (RB-5).
          currentLeaderEpoch: partition.leaderEpoch,
          fetchOffset: state.fetchOffset,
          lastFetchedEpoch: lastFetchedEpoch(partition),
          logStartOffset: partition.log.logStartOffset,
          partitionMaxBytes: maxBytes,
          replicaDirectoryId: ZERO_UUID,
        }
        partitions.push(entry)
        asked.set(entry, this.round)
      }
      if (partitions.length > 0) topics.push({ topic: '', topicId, partitions })
    }
    return topics
  }

  /**
   * The state an answer to the latest request is for, if it still asks for the same offset and may fetch. As in
   * Kafka the leader epoch need not be the one it was asked in.
   */
  answered(topicId: string, index: number, nowMs: number): { state: FetchState; asked: AskedPartition } | undefined {
    const asked = this.lastAsked.get(topicId)?.get(index, this.round)
    const state = this.byTopicId.get(topicId)?.get(index)
    if (asked === undefined || state === undefined) return undefined
    return asked.fetchOffset === state.fetchOffset && state.isReadyToFetch(nowMs) ? { state, asked } : undefined
  }

  private entriesOf(topicId: string): AskedEntries {
    let entries = this.lastAsked.get(topicId)
    if (entries === undefined) {
      entries = new AskedEntries()
      this.lastAsked.set(topicId, entries)
    }
    return entries
  }
}

/** What was asked for partitions of one topic, by index, and in which request. Kept from request to request. */
class AskedEntries {
  private readonly entries: (AskedPartition | undefined)[] = []
  private readonly rounds: number[] = []

  set(entry: AskedPartition, round: number): void {
    for (let i = this.entries.length; i <= entry.partition; i++) {
      this.entries.push(undefined)
      this.rounds.push(0)
    }
    this.entries[entry.partition] = entry
    this.rounds[entry.partition] = round
  }

  /** Undefined if that request did not ask for it. */
  get(index: number, round: number): AskedPartition | undefined {
    return this.rounds[index] === round ? this.entries[index] : undefined
  }
}
