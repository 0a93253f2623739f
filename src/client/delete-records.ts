// Deletion of records as the admin client does it: finds the leaders, asks each for its partitions, and tries again, for
// a while, where leadership has moved or time was up. Left out: batching of partitions that have one leader into one request.

import type { Rng } from '../../sim/index.ts'
import type { NetworkClient, NodeAddress } from '../network/network-client.ts'
import { Errors, isRetriable, refreshesMetadata } from '../protocol/error-codes.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { ClientMetadata } from './client-metadata.ts'

export interface RecordsToDelete {
  readonly topic: string
  readonly partition: number
  /** Everything below goes; −1: up to the high watermark. */
  readonly beforeOffset: number
}

export interface DeletedRecords {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  /** The partition's log start offset on all its live replicas; −1 after an error. */
  readonly lowWatermark: number
}

const RETRY_BACKOFF_MS = 100
const RETRY_BACKOFF_MAX_MS = 1000
const METADATA_MAX_AGE_MS = 300_000
/** `default.api.timeout.ms`. */
const API_TIMEOUT_MS = 60_000

export class RecordDeletions {
  private readonly host: KafkaHost
  private readonly client: NetworkClient
  /** Of all brokers, and of the topics it was asked about. */
  readonly metadata: ClientMetadata

  constructor(host: KafkaHost, client: NetworkClient, rng: Rng, bootstrap: readonly NodeAddress[]) {
    this.host = host
    this.client = client
    this.metadata = new ClientMetadata(host, client, rng, {
      bootstrap,
      maxAgeMs: METADATA_MAX_AGE_MS,
      retryBackoffMs: RETRY_BACKOFF_MS,
      retryBackoffMaxMs: RETRY_BACKOFF_MAX_MS,
      rebootstraps: true,
      onUpdate: () => {},
    })
  }

  delete(deletions: readonly RecordsToDelete[], then: (results: readonly DeletedRecords[]) => void): void {
    const deadlineMs = this.host.clock.monotonicMs() + API_TIMEOUT_MS
    const results = new Map<RecordsToDelete, DeletedRecords>()
    if (deletions.length === 0) return then([])
    for (const wanted of deletions) {
      this.metadata.add(wanted.topic)
      this.attempt(wanted, deadlineMs, (errorCode, lowWatermark) => {
        const { topic, partition } = wanted
        results.set(wanted, { topic, partition, errorCode, lowWatermark })
        if (results.size === deletions.length) then(deletions.flatMap((each) => results.get(each) ?? []))
      })
    }
  }

  private attempt(
    wanted: RecordsToDelete,
    deadlineMs: number,
    done: (errorCode: number, lowWatermark: number) => void,
  ): void {
    const { topic, partition, beforeOffset } = wanted
    const again = (errorCode: number) => {
      if (this.host.clock.monotonicMs() + RETRY_BACKOFF_MS > deadlineMs) return done(errorCode, -1)
      this.metadata.requestUpdate()
      this.host.clock.after(RETRY_BACKOFF_MS, 'delete-records-retry', () => this.attempt(wanted, deadlineMs, done))
    }
    const leader = this.metadata.partition(topic, partition)?.leader
    if (leader === undefined) return again(Errors.REQUEST_TIMED_OUT)
    const body = {
      topics: [{ name: topic, partitions: [{ partitionIndex: partition, offset: beforeOffset }] }],
      // Longer than a request may take: a leader that waits for its followers is asked again, on a new connection.
      timeoutMs: API_TIMEOUT_MS,
    }
    this.client.send(leader, 'DeleteRecords', body, {
      onResponse: (response) => {
        const answer = response.topics[0]?.partitions[0]
        const errorCode = answer?.errorCode ?? Errors.UNKNOWN_SERVER_ERROR
        if (refreshesMetadata(errorCode) || isRetriable(errorCode)) return again(errorCode)
        done(errorCode, answer?.lowWatermark ?? -1)
      },
      onFailure: () => again(Errors.NETWORK_EXCEPTION),
    })
  }
}
