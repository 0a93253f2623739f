// A fetch that found too little to read. Woken by what happens to its partitions, it looks whether there is enough
// now, or whether waiting has become pointless. A rise of the high watermark changes nothing for a follower, which reads
// to the log end; that is why followers learn of it late. On waking, everything is read anew; nobody's position is noted.

import { unlessStorageFails } from '../log/storage-error.ts'
import { Errors } from '../protocol/error-codes.ts'
import { BATCH_HEADER_BYTES } from '../records/record-batch.ts'
import type { FetchItem, FetchParams, FetchResult } from './fetch-types.ts'
import type { Partition } from './partition.ts'
import { boundOf, divergence } from './partition-reads.ts'
import { DelayedOperation } from './purgatory.ts'

export interface FetchSource {
  hosted(topic: string, index: number): Partition | undefined
  /** Reads for all items, in order, within the request's limits. */
  readAll(params: FetchParams, items: readonly FetchItem[], arrived: boolean): readonly FetchResult[]
}

export class DelayedFetch extends DelayedOperation {
  private readonly source: FetchSource
  private readonly params: FetchParams
  private readonly items: readonly FetchItem[]
  private readonly respond: (results: readonly FetchResult[]) => void

  constructor(
    source: FetchSource,
    params: FetchParams,
    items: readonly FetchItem[],
    respond: (results: readonly FetchResult[]) => void,
  ) {
    super()
    this.source = source
    this.params = params
    this.items = items
    this.respond = respond
  }

  override canComplete(): boolean {
    let availableBytes = 0
    for (const item of this.items) {
      const bytes = this.availableBytes(item)
      if (bytes === POINTLESS) return true
      availableBytes += bytes
    }
    return availableBytes >= this.params.minBytes
  }

  override onComplete(): void {
    this.respond(this.source.readAll(this.params, this.items, false))
  }

  private availableBytes({ topic, asked: request }: FetchItem): number {
    const partition = this.source.hosted(topic, request.partition)
    if (partition === undefined) return POINTLESS
    const asked = partition.asFenced(request)
    if (partition.accessError(asked.currentLeaderEpoch, this.params.leaderOnly) !== Errors.NONE) return POINTLESS
    const { log } = partition
    const bound = boundOf(log, this.params.bound)
    // The log was cut, or the reader is ahead of what is committed: an empty answer now beats an empty answer later.
    if (asked.fetchOffset > bound) return POINTLESS
    if (divergence(log, asked) !== 'none') return POINTLESS
    if (asked.fetchOffset === bound) return 0
    if (this.params.minBytes <= BATCH_HEADER_BYTES) return BATCH_HEADER_BYTES
    const read = unlessStorageFails(() => log.read(asked.fetchOffset, asked.partitionMaxBytes, bound, true))
    if (read === undefined) return POINTLESS
    // More than one answer can hold, or the rest lies in a younger segment (Kafka answers at once then, too).
    return read.nextOffset < bound ? asked.partitionMaxBytes : Math.min(read.bytes.length, asked.partitionMaxBytes)
  }
}

const POINTLESS = -1
