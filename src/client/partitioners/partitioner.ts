// Which partition a record goes to (P-10): what all clients' ways of choosing have in common.

import type { TopicInfo } from '../client-metadata.ts'
import type { StickyPartitioner } from './sticky-partitioner.ts'

export interface Partitioner {
  /** A partition for this record, for good; undefined if `sticky` is to find one when the record is appended. */
  decide(topic: TopicInfo, key: Uint8Array | null, nowMs: number): number | undefined
  /** Asked once more when a new batch must be begun where it said: only a `partitioner.class` is (KAFKA-9965). */
  readonly isAskedAgain: boolean
  readonly sticky: StickyPartitioner | undefined
}
