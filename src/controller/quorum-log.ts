// The metadata log as the controller uses it: the seam behind which the Raft quorum will stand. An append is one
// atomic batch with real offsets; it is committed when a quorum has it durably, and answered only then.

import type { MetadataRecord } from '../protocol/metadata-record.ts'

export interface QuorumLog {
  /** Epoch of the quorum leader, raised at every election. */
  readonly leaderEpoch: number
  /** Offset the next append gets. */
  readonly nextOffset: number
  /** Exclusive: records below it are committed. */
  readonly highWatermark: number
  readonly logStartOffset: number
  /** Appends all records as one batch or none; returns the offset of the first. */
  append(records: readonly MetadataRecord[]): number
  /** Calls `fn` when everything appended so far is committed: at once if it is. */
  whenCommitted(fn: () => void): void
  /** Committed whole batches from `fromOffset` on. */
  read(fromOffset: number, maxBytes: number): Uint8Array
}
