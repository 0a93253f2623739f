// What a replica reads from its log for others: batches for a fetch, offsets by time, ends of
// epochs. Nothing here changes a replica.

import type { EpochEndOffset } from '../log/leader-epoch-cache.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { Errors } from '../protocol/error-codes.ts'
import { type AskedPartition, type FetchBound, type FetchParams, FetchResult, NO_RECORDS } from './fetch-types.ts'
import { findByTimestamp, findMaxTimestamp, type TimestampedOffset } from './timestamp-lookup.ts'

/** Special values of ListOffsets' `timestamp` (W-32). */
export const LATEST_TIMESTAMP = -1
export const EARLIEST_TIMESTAMP = -2
export const MAX_TIMESTAMP = -3
export const EARLIEST_LOCAL_TIMESTAMP = -4
export const LATEST_TIERED_TIMESTAMP = -5

export interface ReadableReplica {
  readonly log: PartitionLog
  readonly leaderEpoch: number
  readonly leaderEpochStartOffset: number | undefined
}

export function boundOf(log: PartitionLog, bound: FetchBound): number {
  switch (bound) {
    case 'log-end':
      return log.logEndOffset
    case 'high-watermark':
      return log.highWatermark
    case 'last-stable':
      return log.lastStableOffset
  }
}

/** The epoch and end the fetcher must truncate to, if what it last fetched is not ours for the order. */
export function divergence(log: PartitionLog, asked: AskedPartition): EpochEndOffset | 'none' | 'out-of-range' {
  const { lastFetchedEpoch, fetchOffset } = asked
  if (lastFetchedEpoch < 0) return 'none'
  // As nearly always: it fetched what we wrote last, and has no more than we do.
  const isUpToDate = lastFetchedEpoch === log.epochs.latestEpoch && fetchOffset <= log.logEndOffset
  if (isUpToDate && fetchOffset >= log.logStartOffset) return 'none'
  const end = log.endOffsetFor(lastFetchedEpoch)
  if (end === undefined) return 'out-of-range'
  if (fetchOffset < log.logStartOffset) return 'out-of-range'
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? end : 'none'
}

export function readForFetch(
  replica: ReadableReplica,
  params: FetchParams,
  asked: AskedPartition,
  maxBytes: number,
  minOneBatch: boolean,
): FetchResult {
  const { log } = replica
  // Before anything this fetch may change; appends that follow must not make a follower look late.
  const { highWatermark, lastStableOffset, logStartOffset, logEndOffset } = log
  const diverging = divergence(log, asked)
  if (diverging === 'out-of-range') return FetchResult.refused(Errors.OFFSET_OUT_OF_RANGE)
  let records: Uint8Array = NO_RECORDS
  let divergingEpoch = -1
  let divergingEndOffset = -1
  if (diverging === 'none') {
    const bound = boundOf(log, params.bound)
    // A reader that has all there is needs no look at the log: most fetches, when they come.
    if (asked.fetchOffset !== bound || bound < logStartOffset) {
      const read = log.read(asked.fetchOffset, maxBytes, bound, minOneBatch)
      if (read.outOfRange) return FetchResult.refused(Errors.OFFSET_OUT_OF_RANGE)
      records = read.bytes
    }
  } else {
    divergingEpoch = diverging.epoch
    divergingEndOffset = diverging.endOffset
  }
  return new FetchResult(
    Errors.NONE,
    records,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    logEndOffset,
    divergingEpoch,
    divergingEndOffset,
  )
}

/** An error code, or an offset; `undefined` when no record is that young. */
export type OffsetLookup = { readonly errorCode: number } | TimestampedOffset | undefined

/**
 * Answers ListOffsets. `bound`: log end for followers, else as the isolation level says. With `gated`, a new
 * leader whose high watermark is below the start of its epoch does not know yet what is committed, so it says
 * OFFSET_NOT_AVAILABLE rather than let a client see offsets go back (KIP-207, RB-17).
 */
export function lookupOffset(
  replica: ReadableReplica,
  timestamp: number,
  bound: FetchBound,
  gated: boolean,
): OffsetLookup {
  const { log, leaderEpoch, leaderEpochStartOffset } = replica
  const notAvailable =
    gated && bound !== 'log-end' && leaderEpochStartOffset !== undefined && leaderEpochStartOffset > log.highWatermark
  const bounded = boundOf(log, bound)
  switch (timestamp) {
    case LATEST_TIMESTAMP:
      if (notAvailable) return { errorCode: Errors.OFFSET_NOT_AVAILABLE }
      return { timestampMs: -1, offset: bounded, leaderEpoch }
    case EARLIEST_TIMESTAMP:
    case EARLIEST_LOCAL_TIMESTAMP:
      return {
        timestampMs: -1,
        offset: log.logStartOffset,
        leaderEpoch: log.epochs.epochForOffset(log.logStartOffset) ?? -1,
      }
    default: {
      const found = timestamp === MAX_TIMESTAMP ? findMaxTimestamp(log) : findByTimestamp(log, timestamp)
      if (found !== undefined && found.offset < bounded) return found
      return notAvailable ? { errorCode: Errors.OFFSET_NOT_AVAILABLE } : undefined
    }
  }
}
