// One Fetch request as the replica manager sees it, and what each of its partitions gets.

import type { PartitionLog } from '../log/partition-log.ts'
import type { RequestOf } from '../protocol/messages.ts'
import { Errors } from '../protocol/error-codes.ts'

export type AskedPartition = RequestOf<'Fetch'>['topics'][number]['partitions'][number]

/** Up to where a fetch may read: followers to the log end, consumers to what is committed. */
export type FetchBound = 'log-end' | 'high-watermark' | 'last-stable'

/** A consumer's `replicaId`. */
export const CONSUMER_REPLICA_ID = -1

export interface FetchParams {
  /** Broker id of a follower; CONSUMER_REPLICA_ID. */
  readonly replicaId: number
  /** The follower's broker epoch, −1 if it does not say. */
  readonly replicaEpoch: number
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly bound: FetchBound
  /** Followers read from the leader only; consumers from any replica (KIP-392). */
  readonly leaderOnly: boolean
  /** `client.rack` of a consumer that may be sent to another replica; '' otherwise. */
  readonly clientRack: string
}

export interface FetchItem {
  readonly topic: string
  readonly topicId: string
  readonly asked: AskedPartition
}

/** What one partition answers. Offsets are −1 with an error. */
export class FetchResult {
  readonly errorCode: number
  readonly records: Uint8Array
  /** As they were before this fetch updated anything. */
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly logEndOffset: number
  /** Both −1 unless the fetcher must truncate first. */
  readonly divergingEpoch: number
  readonly divergingEndOffset: number
  /** Broker to read from instead; −1: go on here. */
  readonly preferredReadReplica: number

  constructor(
    errorCode: number,
    records: Uint8Array,
    highWatermark: number,
    lastStableOffset: number,
    logStartOffset: number,
    logEndOffset: number,
    divergingEpoch: number,
    divergingEndOffset: number,
    preferredReadReplica = -1,
  ) {
    this.errorCode = errorCode
    this.records = records
    this.highWatermark = highWatermark
    this.lastStableOffset = lastStableOffset
    this.logStartOffset = logStartOffset
    this.logEndOffset = logEndOffset
    this.divergingEpoch = divergingEpoch
    this.divergingEndOffset = divergingEndOffset
    this.preferredReadReplica = preferredReadReplica
  }

  static refused(errorCode: number): FetchResult {
    return new FetchResult(errorCode, NO_RECORDS, -1, -1, -1, -1, -1, -1)
  }

  /** Nothing is read: another replica is to be asked. */
  static elsewhere(log: PartitionLog, replicaId: number): FetchResult {
    const { highWatermark, lastStableOffset, logStartOffset, logEndOffset } = log
    return new FetchResult(
      Errors.NONE,
      NO_RECORDS,
      highWatermark,
      lastStableOffset,
      logStartOffset,
      logEndOffset,
      -1,
      -1,
      replicaId,
    )
  }

  get isRefused(): boolean {
    return this.errorCode !== Errors.NONE
  }

  get diverges(): boolean {
    return this.divergingEpoch >= 0
  }
}

export const NO_RECORDS = new Uint8Array(0)
