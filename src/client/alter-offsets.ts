// Offsets of a group set from outside, as the admin client does it (AlterConsumerGroupOffsets): a commit without a member
// and without a generation, to the group's coordinator, which takes it while the group has no members (G-23, C-25). Asked
// again, for a while, where the coordinator has moved or is not ready.

import type { NetworkClient, NodeAddress } from '../network/network-client.ts'
import { Errors, isRetriable } from '../protocol/error-codes.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { ClientMetadata } from './client-metadata.ts'

export interface OffsetToSet {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface SetOffset {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
}

const RETRY_BACKOFF_MS = 100
/** `default.api.timeout.ms`. */
const API_TIMEOUT_MS = 60_000

export class OffsetAlterations {
  private readonly host: KafkaHost
  private readonly client: NetworkClient
  private readonly metadata: ClientMetadata

  constructor(host: KafkaHost, client: NetworkClient, metadata: ClientMetadata) {
    this.host = host
    this.client = client
    this.metadata = metadata
  }

  /** Answers once, with what became of each partition. */
  alter(groupId: string, offsets: readonly OffsetToSet[], then: (results: readonly SetOffset[]) => void): void {
    const deadlineMs = this.host.clock.monotonicMs() + API_TIMEOUT_MS
    if (offsets.length === 0) return then([])
    this.attempt(groupId, offsets, deadlineMs, then)
  }

  private attempt(
    groupId: string,
    offsets: readonly OffsetToSet[],
    deadlineMs: number,
    then: (results: readonly SetOffset[]) => void,
  ): void {
    const end = (errorCode: number) => then(offsets.map(({ topic, partition }) => ({ topic, partition, errorCode })))
    const again = (errorCode: number) => {
      if (this.host.clock.monotonicMs() + RETRY_BACKOFF_MS > deadlineMs) return end(errorCode)
      this.host.clock.after(RETRY_BACKOFF_MS, 'alter-offsets-retry', () =>
        this.attempt(groupId, offsets, deadlineMs, then),
      )
    }
    const broker = this.metadata.leastLoadedNode()
    if (broker === undefined) return again(Errors.COORDINATOR_NOT_AVAILABLE)
    const lookup = { key: '', keyType: 0, coordinatorKeys: [groupId] }
    this.client.send(broker, 'FindCoordinator', lookup, {
      onResponse: ({ coordinators }) => {
        const found = coordinators[0]
        const errorCode = found?.errorCode ?? Errors.UNKNOWN_SERVER_ERROR
        if (found === undefined || errorCode !== Errors.NONE)
          return isRetriable(errorCode) ? again(errorCode) : end(errorCode)
        this.commit({ id: found.nodeId, host: found.host, port: found.port }, groupId, offsets, then, again)
      },
      onFailure: () => again(Errors.NETWORK_EXCEPTION),
    })
  }

  private commit(
    coordinator: NodeAddress,
    groupId: string,
    offsets: readonly OffsetToSet[],
    then: (results: readonly SetOffset[]) => void,
    again: (errorCode: number) => void,
  ): void {
    const topics = [...new Set(offsets.map(({ topic }) => topic))].map((name) => ({
      name,
      partitions: offsets
        .filter(({ topic }) => topic === name)
        .map(({ partition, offset }) => ({
          partitionIndex: partition,
          committedOffset: offset,
          committedLeaderEpoch: -1,
          committedMetadata: '',
        })),
    }))
    const body = { groupId, generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null, topics }
    this.client.send(coordinator, 'OffsetCommit', body, {
      onResponse: (response) => {
        const results = resultsOf(response)
        const passing = results.find(({ errorCode }) => errorCode !== Errors.NONE && isRetriable(errorCode))
        if (passing === undefined) then(results)
        else again(passing.errorCode)
      },
      onFailure: () => again(Errors.NETWORK_EXCEPTION),
    })
  }
}

function resultsOf({ topics }: ResponseOf<'OffsetCommit'>): SetOffset[] {
  return topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode }) => ({ topic: name, partition: partitionIndex, errorCode })),
  )
}
