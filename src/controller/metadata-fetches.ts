// Serves the committed metadata log to observers (brokers): each fetches at its own pace, parked until there
// is something new. Left out: divergence and snapshots, which need a quorum.

import type { Timer } from '../../sim/index.ts'
import type { ServerRequest } from '../network/request-server.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { METADATA_TOPIC_ID } from '../metadata/metadata-topic.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { QuorumLog } from './quorum-log.ts'

interface Parked {
  readonly request: ServerRequest
  readonly fetchOffset: number
  readonly maxBytes: number
  readonly timer: Timer
}

export class MetadataFetches {
  private readonly host: KafkaHost
  private readonly log: QuorumLog
  private readonly buggify: Buggify
  private parked: Parked[] = []

  constructor(host: KafkaHost, log: QuorumLog, buggify: Buggify = NO_BUGGIFY) {
    this.host = host
    this.log = log
    this.buggify = buggify
  }

  handle(request: ServerRequest): void {
    const body = request.bodyAs('Fetch')
    const topic = body.topics[0]
    const asked = topic?.partitions[0]
    if (asked === undefined || topic?.topicId !== METADATA_TOPIC_ID) return request.closeConnection()
    const { fetchOffset, partitionMaxBytes } = asked
    if (!this.mustWait(fetchOffset) || body.maxWaitMs === 0) {
      return this.answer(request, fetchOffset, partitionMaxBytes)
    }
    const timer = this.host.clock.after(body.maxWaitMs, 'metadata-fetch-expiry', () => {
      this.parked = this.parked.filter((other) => other.request !== request)
      this.answer(request, fetchOffset, partitionMaxBytes)
    })
    this.parked.push({ request, fetchOffset, maxBytes: partitionMaxBytes, timer })
  }

  /** More is committed: answers everybody who waits for it. */
  wake(): void {
    const waiting = this.parked
    this.parked = waiting.filter((parked) => this.mustWait(parked.fetchOffset))
    for (const { request, fetchOffset, maxBytes, timer } of waiting) {
      if (this.mustWait(fetchOffset)) continue
      timer.cancel()
      this.answer(request, fetchOffset, maxBytes)
    }
  }

  /** In the log, but nothing committed to read there yet. */
  private mustWait(fetchOffset: number): boolean {
    return fetchOffset >= this.log.highWatermark && fetchOffset <= this.log.nextOffset
  }

  private answer(request: ServerRequest, fetchOffset: number, maxBytes: number): void {
    const inRange = fetchOffset >= this.log.logStartOffset && fetchOffset <= this.log.nextOffset
    const readable = inRange && fetchOffset < this.log.highWatermark
    const sizeBytes = readable && this.buggify.now('one-batch-metadata-fetch') ? 1 : maxBytes
    const records = readable ? this.log.read(fetchOffset, sizeBytes) : NO_RECORDS
    request.respond('Fetch', this.response(inRange ? Errors.NONE : Errors.OFFSET_OUT_OF_RANGE, records))
  }

  private response(errorCode: number, records: Uint8Array): ResponseOf<'Fetch'> {
    return {
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      sessionId: 0,
      responses: [
        {
          topic: '',
          topicId: METADATA_TOPIC_ID,
          partitions: [
            {
              partitionIndex: 0,
              errorCode,
              highWatermark: this.log.highWatermark,
              lastStableOffset: this.log.highWatermark,
              logStartOffset: this.log.logStartOffset,
              divergingEpoch: { epoch: -1, endOffset: -1 },
              currentLeader: { leaderId: -1, leaderEpoch: this.log.leaderEpoch },
              snapshotId: { endOffset: -1, epoch: -1 },
              abortedTransactions: null,
              preferredReadReplica: -1,
              records,
            },
          ],
        },
      ],
      nodeEndpoints: [],
    }
  }
}

const NO_RECORDS = new Uint8Array(0)
