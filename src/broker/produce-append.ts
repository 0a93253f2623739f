// The append of one partition of a Produce request, and what its entry says afterwards.

import type { LeaderAppend } from '../log/append-result.ts'
import { isStorageError } from '../log/storage-error.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { BrokerContext } from './broker-context.ts'
import { bytesCostUs, PRODUCE_KIB_COST_US, PRODUCE_PARTITION_COST_US } from './costs.ts'
import type { ProduceEntry } from './delayed-produce.ts'
import { isInternalTopic } from './internal-topics.ts'
import { notHostedError } from './hosted-partitions.ts'
import type { LeaderAppendOrigin } from './partition.ts'
import { onlyBatchOf } from './produce-request-check.ts'

/** Appends to `entry.partition`, or says in the entry why not. */
export function appendEntry(
  context: BrokerContext,
  entry: ProduceEntry,
  acks: number,
  origin: LeaderAppendOrigin,
): void {
  const { partition } = entry
  const missing = partition === undefined ? notHostedError(context, entry.topic, entry.index) : Errors.NONE
  if (missing === Errors.UNKNOWN_TOPIC_OR_PARTITION) {
    entry.errorCode = missing
    return
  }
  if (origin === 'client' && isInternalTopic(entry.topic)) {
    entry.errorCode = Errors.INVALID_TOPIC_EXCEPTION
    return
  }
  const records = origin === 'client' ? onlyBatchOf(entry.records) : entry.records
  if (!(records instanceof Uint8Array)) {
    entry.errorCode = records.error
    return
  }
  if (partition === undefined) {
    entry.errorCode = missing
    return
  }
  // Kafka's own Produce says nothing of epochs: that we believe to lead is all that counts (R-36, RB-29).
  const error = context.switches.produceEpochCheck ? partition.accessError(entry.leaderEpoch, false) : Errors.NONE
  if (error !== Errors.NONE) {
    entry.errorCode = error
    return
  }
  context.host.jobs.charge(PRODUCE_PARTITION_COST_US + bytesCostUs(records.length, PRODUCE_KIB_COST_US))
  let append: LeaderAppend
  try {
    append = partition.appendAsLeader(records, acks, origin)
  } catch (problem) {
    if (!isStorageError(problem)) throw problem
    entry.errorCode = Errors.KAFKA_STORAGE_ERROR
    return
  }
  if (append.kind === 'rejected') {
    entry.errorCode = append.error
    if (EXPLAINED.has(append.error)) entry.errorMessage = append.message
    if (!SILENT.has(append.error)) entry.logStartOffset = partition.log.logStartOffset
    return
  }
  entry.firstOffset = append.firstOffset
  entry.lastOffset = append.lastOffset
  entry.duplicate = append.kind === 'duplicate'
  entry.logAppendTimeMs = append.logAppendTimeMs
  entry.logStartOffset = partition.log.logStartOffset
}

/** Errors that say what is wrong with the records. */
const EXPLAINED: ReadonlySet<number> = new Set([Errors.INVALID_RECORD, Errors.INVALID_TIMESTAMP])

/** Errors that come without the log start offset. */
const SILENT: ReadonlySet<number> = new Set([
  Errors.NOT_LEADER_OR_FOLLOWER,
  Errors.MESSAGE_TOO_LARGE,
  Errors.RECORD_LIST_TOO_LARGE,
  Errors.CORRUPT_MESSAGE,
])
