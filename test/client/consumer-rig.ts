// A consumer of the topic 'orders' among brokers that the test plays.

import { KafkaConsumer } from '../../src/client/consumer.ts'
import type { ConfigOverrides } from '../../src/config/resolve-config.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import {
  DEFAULT_CURRENT_LEADER,
  DEFAULT_DIVERGING_EPOCH,
  DEFAULT_SNAPSHOT_ID,
} from '../../src/protocol/generated/fetch.ts'
import { BatchBuilder, PLAIN_BATCH } from '../../src/records/batch-builder.ts'
import type { ScriptedRequest } from '../support/scripted-host.ts'
import { consumerConfig } from '../support/configs.ts'
import { BOOTSTRAP, ClientRig, endpoint } from './rig.ts'

/** Batch of `count` records from `baseOffset` on. */
export function batch(baseOffset: number, count: number, leaderEpoch = 5, control = false): Uint8Array {
  const builder = new BatchBuilder()
  for (let i = 0; i < count; i++) builder.append(1000, null, Uint8Array.of(i))
  return builder.build({ ...PLAIN_BATCH, baseOffset, leaderEpoch, control })
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export interface NamedLeader {
  readonly leaderId: number
  readonly leaderEpoch: number
}

export class ConsumerRig extends ClientRig {
  readonly read: string[] = []
  readonly moved: string[] = []
  consumer: KafkaConsumer | undefined

  start(
    config: ConfigOverrides = {},
    assignment: readonly number[] | 'all' = 'all',
    switches: { consumerValidatesPosition: boolean } = { consumerValidatesPosition: true },
  ): void {
    this.consumer = new KafkaConsumer(this, {
      clientId: 'test',
      bootstrap: BOOTSTRAP,
      config: consumerConfig({ 'auto.offset.reset': 'earliest', ...config }),
      assignment: new Map([['orders', assignment]]),
      switches,
      onRecords: (partition, { leaderEpoch, records }) => {
        const offsets = records.map(({ offset }) => offset)
        this.read.push(`${partition} e${leaderEpoch} ${offsets.join(' ')}`)
      },
      onPositionMoved: (partition, from, to) => void this.moved.push(`${partition} ${from} → ${to}`),
    })
    this.settle()
  }

  /** Answers the question for a first position. */
  begin(offset: number): void {
    const request = this.network.next('ListOffsets')
    const { partitionIndex } = request.body.topics[0]!.partitions[0]!
    const partition = { partitionIndex, errorCode: 0, timestamp: -1, offset, leaderEpoch: 5 }
    request.answer({ throttleTimeMs: 0, topics: [{ name: 'orders', partitions: [partition] }] })
    this.settle()
  }

  fetched(
    records: Uint8Array,
    changes: {
      errorCode?: number
      request?: ScriptedRequest<'Fetch'>
      leader?: NamedLeader
      preferred?: number
      sessionId?: number
    } = {},
  ): void {
    this.answerFetch(
      changes.request ?? this.network.next('Fetch'),
      records,
      changes.errorCode,
      changes.leader,
      changes.preferred,
      changes.sessionId,
    )
    this.settle()
  }

  private answerFetch(
    request: ScriptedRequest<'Fetch'>,
    records: Uint8Array,
    errorCode: number = Errors.NONE,
    leader?: NamedLeader,
    preferredReadReplica = -1,
    sessionId = 0,
  ): void {
    request.answer({
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      sessionId,
      responses: request.body.topics.map(({ topicId, partitions }) => ({
        topic: '',
        topicId,
        partitions: partitions.map(({ partition }) => ({
          partitionIndex: partition,
          errorCode,
          highWatermark: 100,
          lastStableOffset: 100,
          logStartOffset: 0,
          divergingEpoch: DEFAULT_DIVERGING_EPOCH,
          currentLeader: leader ?? DEFAULT_CURRENT_LEADER,
          snapshotId: DEFAULT_SNAPSHOT_ID,
          abortedTransactions: null,
          preferredReadReplica,
          records,
        })),
      })),
      nodeEndpoints: leader === undefined ? [] : [endpoint(leader.leaderId)],
    })
  }

  /** Answers without a word on any partition. */
  fetchedNothing(sessionId: number, errorCode: number = Errors.NONE): void {
    const nothing = { throttleTimeMs: 0, errorCode, sessionId, responses: [], nodeEndpoints: [] }
    this.network.next('Fetch').answer(nothing)
    this.settle()
  }

  refused(errorCode: number): void {
    this.fetched(new Uint8Array(0), { errorCode })
  }

  /** Answers a question about the end of an epoch. */
  epochEnds(leaderEpoch: number, endOffset: number, errorCode: number = Errors.NONE): void {
    const request = this.network.next('OffsetForLeaderEpoch')
    const { partition } = request.body.topics[0]!.partitions[0]!
    request.answer({
      throttleTimeMs: 0,
      topics: [{ topic: 'orders', partitions: [{ errorCode, partition, leaderEpoch, endOffset }] }],
    })
    this.settle()
  }

  position(): number | undefined {
    return this.consumer!.positions().get('orders-0')
  }

  get fetches(): ScriptedRequest<'Fetch'>[] {
    return this.network.requests('Fetch')
  }

  lastAsked() {
    return this.fetches.at(-1)?.body.topics[0]?.partitions[0]
  }

  /** The leader changed, and the consumer has heard of it. */
  elect(leader: number, epoch: number): void {
    this.leaders = [{ leader, epoch }]
    this.network.always('Fetch', (request) => {
      if (request.to !== `broker-${leader}`) this.answerFetch(request, new Uint8Array(0), Errors.NOT_LEADER_OR_FOLLOWER)
    })
    this.refused(Errors.NOT_LEADER_OR_FOLLOWER)
    this.clock.advance(500)
  }
}
