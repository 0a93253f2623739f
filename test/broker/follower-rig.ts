// Broker 1 follows broker 2 in orders-0; the test is broker 2.

import { NO_BUGGIFY } from '../../src/buggify/buggify.ts'
import type { BrokerContext } from '../../src/broker/broker-context.ts'
import { Partition } from '../../src/broker/partition.ts'
import { ReplicaFetcherManager } from '../../src/broker/replica-fetcher-manager.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import { OfflineReplicas } from '../../src/broker/offline-replicas.ts'
import { oneDirectory } from '../log/one-directory.ts'
import { MetadataImage } from '../../src/metadata/metadata-image.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import {
  DEFAULT_CURRENT_LEADER,
  DEFAULT_DIVERGING_EPOCH,
  DEFAULT_SNAPSHOT_ID,
} from '../../src/protocol/generated/fetch.ts'
import { BatchBuilder, PLAIN_BATCH } from '../../src/records/batch-builder.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { brokerConfig, switches } from '../support/configs.ts'
import { type ScriptedRequest, ScriptedHost } from '../support/scripted-host.ts'
import { FakeAlterPartitions, FakeDelayed, state, TOPIC_ID } from './fixture.ts'

const LEADER = { id: 2, host: 'broker-2', port: 9092 }
export function batch(baseOffset: number, count: number, leaderEpoch: number): Uint8Array {
  const builder = new BatchBuilder()
  for (let i = 0; i < count; i++) builder.append(1000, null, Uint8Array.of(i))
  return builder.build({ ...PLAIN_BATCH, baseOffset, leaderEpoch })
}

interface Answer {
  readonly records?: Uint8Array
  readonly errorCode?: number
  readonly highWatermark?: number
  readonly logStartOffset?: number
  readonly diverging?: { readonly epoch: number; readonly endOffset: number }
  readonly sessionId?: number
}

export class FollowerRig {
  readonly host = new ScriptedHost()
  readonly partition: Partition
  private readonly delayed = new FakeDelayed()
  readonly fetchers: ReplicaFetcherManager

  constructor(behaviour: Partial<Switches> = {}) {
    const context: BrokerContext = {
      host: this.host,
      id: 1,
      config: brokerConfig(),
      switches: switches(behaviour),
      buggify: NO_BUGGIFY,
      metadata: new MetadataImage(),
      logs: oneDirectory({ disk: this.host.disk, dir: 'data', configOf: () => DEFAULT_LOG_CONFIG }),
      directoryIds: new Map(),
      offlineReplicas: new OfflineReplicas(),
      alterPartitions: new FakeAlterPartitions(),
      brokerEpoch: () => 101,
    }
    const log = context.logs.create('orders', 0, TOPIC_ID, DEFAULT_LOG_CONFIG)
    this.partition = new Partition({ topic: 'orders', topicId: TOPIC_ID, index: 0 }, log, 1, context, this.delayed)
    this.fetchers = new ReplicaFetcherManager(context)
  }

  /** Our log before we follow: a batch of so many records in each epoch. */
  hold(...epochs: readonly (readonly [epoch: number, count: number])[]): void {
    for (const [epoch, count] of epochs) {
      this.partition.log.appendAsFollower(batch(this.partition.logEndOffset, count, epoch))
    }
  }

  follow(leaderEpoch: number): void {
    this.partition.makeFollower(state({ leader: 2, leaderEpoch, partitionEpoch: leaderEpoch }))
    this.fetchers.remove(this.partition.key)
    this.fetchers.assign(this.partition, LEADER)
    this.host.settle()
  }

  get fetches(): ScriptedRequest<'Fetch'>[] {
    return this.host.network.requests('Fetch')
  }

  get asked() {
    return this.fetches.at(-1)?.body.topics[0]?.partitions[0]
  }

  get isFetching(): boolean {
    return this.host.network.open('Fetch').length > 0
  }

  answer({
    records = new Uint8Array(0),
    errorCode = 0,
    highWatermark = 0,
    logStartOffset = 0,
    diverging,
    sessionId = 0,
  }: Answer): void {
    this.host.network.next('Fetch').answer({
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      sessionId,
      responses: [
        {
          topic: '',
          topicId: TOPIC_ID,
          partitions: [
            {
              partitionIndex: 0,
              errorCode,
              highWatermark,
              lastStableOffset: highWatermark,
              logStartOffset,
              divergingEpoch: diverging ?? DEFAULT_DIVERGING_EPOCH,
              currentLeader: DEFAULT_CURRENT_LEADER,
              snapshotId: DEFAULT_SNAPSHOT_ID,
              abortedTransactions: null,
              preferredReadReplica: -1,
              records,
            },
          ],
        },
      ],
      nodeEndpoints: [],
    })
    this.host.settle()
  }

  /** Answers without a word on the partition. */
  answerNothing(sessionId: number, errorCode: number = Errors.NONE): void {
    const nothing = { throttleTimeMs: 0, errorCode, sessionId, responses: [], nodeEndpoints: [] }
    this.host.network.next('Fetch').answer(nothing)
    this.host.settle()
  }

  /** Answers what epoch of ours it asked for, having answered where that ends. */
  answerEpochEnd(endOffset: number, errorCode: number = Errors.NONE): number | undefined {
    const request = this.host.network.next('OffsetForLeaderEpoch')
    const asked = request.body.topics[0]?.partitions[0]
    const partition = { errorCode, partition: 0, leaderEpoch: 1, endOffset }
    request.answer({ throttleTimeMs: 0, topics: [{ topic: 'orders', partitions: [partition] }] })
    this.host.settle()
    return asked?.leaderEpoch
  }

  answerOffset(offset: number, errorCode: number = Errors.NONE): number | undefined {
    const request = this.host.network.next('ListOffsets')
    const timestamp = request.body.topics[0]?.partitions[0]?.timestamp
    const partition = { partitionIndex: 0, errorCode, timestamp: -1, offset, leaderEpoch: 3 }
    request.answer({ throttleTimeMs: 0, topics: [{ name: 'orders', partitions: [partition] }] })
    this.host.settle()
    return timestamp
  }

  /** How often readers were woken. */
  get woken(): number {
    return this.delayed.fetches
  }

  get end(): number {
    return this.partition.logEndOffset
  }

  get highWatermark(): number {
    return this.partition.log.highWatermark
  }
}
