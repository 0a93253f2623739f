// The metadata log of a quorum of one: committed as soon as it is synced to this controller's disk. Appends
// are gathered for a short linger, and while a sync is under way, since one thread writes and syncs in turn. What a start finds in the page cache may not be on
// disk, so a new leader knows no high watermark until its own first record is synced, and all before it.
// Left out: other voters, snapshots, trimming.

import { assert } from '../../sim/index.ts'
import { DEFAULT_LOG_CONFIG } from '../log/log-config.ts'
import { PartitionLog } from '../log/partition-log.ts'
import { encodeMetadataBatch, readMetadataBatches } from '../metadata/metadata-batches.ts'
import { METADATA_TOPIC } from '../metadata/metadata-topic.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import { encodeLeaderChange } from '../records/control-records.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { QuorumLog } from './quorum-log.ts'

export interface SingleVoterOptions {
  readonly nodeId: number
  /** Longest time an append waits for company before it is written. */
  readonly lingerMs: number
}

const METADATA_DIR = 'metadata'
const READ_BYTES = 1024 * 1024

export class SingleVoterLog implements QuorumLog {
  leaderEpoch = 0
  nextOffset: number
  highWatermark: number
  private readonly host: KafkaHost
  private readonly options: SingleVoterOptions
  private readonly log: PartitionLog
  /** Batches with offsets that are not written yet. */
  private gathered: Uint8Array[] = []
  private lingering = false
  private syncing = false
  /** What is gathered has lingered, and waits for the sync under way. */
  private overdue = false
  private waiting: { readonly upTo: number; readonly fn: () => void }[] = []

  constructor(host: KafkaHost, options: SingleVoterOptions) {
    this.host = host
    this.options = options
    // Without its log a controller is nothing.
    host.disk.onFailure(METADATA_DIR, ({ message }) => host.halt(`the metadata log failed: ${message}`))
    this.log = PartitionLog.open({
      disk: host.disk,
      dir: `${METADATA_DIR}/${METADATA_TOPIC}-0`,
      config: DEFAULT_LOG_CONFIG,
      recoveryPoint: 0,
      highWatermarkCheckpoint: 0,
      cleanShutdown: false,
    })
    this.nextOffset = this.log.logEndOffset
    this.highWatermark = this.log.logStartOffset
  }

  get logStartOffset(): number {
    return this.log.logStartOffset
  }

  /** Hands over all records in the log. */
  replay(onRecord: (record: MetadataRecord, offset: number) => void): void {
    const { log } = this
    for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
      offset = readMetadataBatches(log.read(offset, READ_BYTES, log.logEndOffset, true).bytes, offset, onRecord)
    }
  }

  /** Takes office in a new epoch, which opens with a control record, written without linger. */
  becomeLeader(): void {
    this.leaderEpoch = Math.max(0, this.log.epochs.latestEpoch) + 1
    const me = this.options.nodeId
    const place = { baseOffset: 0, leaderEpoch: this.leaderEpoch, timestampMs: this.host.clock.wallMs() }
    this.gathered.push(encodeLeaderChange({ leaderId: me, voters: [me], grantingVoters: [me] }, place))
    this.nextOffset += 1
    this.write()
  }

  append(records: readonly MetadataRecord[]): number {
    assert(records.length > 0, 'an append has records')
    const firstOffset = this.nextOffset
    this.gathered.push(encodeMetadataBatch(records, this.host.clock.wallMs()))
    this.nextOffset += records.length
    if (!this.lingering) {
      this.lingering = true
      this.host.clock.after(this.options.lingerMs, 'metadata-append', () => this.write())
    }
    return firstOffset
  }

  whenCommitted(fn: () => void): void {
    if (this.highWatermark === this.nextOffset) fn()
    else this.waiting.push({ upTo: this.nextOffset, fn })
  }

  read(fromOffset: number, maxBytes: number): Uint8Array {
    assert(fromOffset <= this.highWatermark, `metadata read at ${fromOffset}, beyond what is committed`)
    return this.log.read(fromOffset, maxBytes, this.highWatermark, true).bytes
  }

  private write(): void {
    this.lingering = false
    this.overdue = this.syncing
    if (this.syncing) return
    for (const batch of this.gathered) {
      const result = this.log.appendAsLeader(batch, this.leaderEpoch, this.host.clock.wallMs(), 'raft-leader')
      assert(result.kind === 'appended', 'the metadata log takes what its leader made')
    }
    this.gathered = []
    const end = this.log.logEndOffset
    this.syncing = true
    this.log.flush(() => {
      this.syncing = false
      this.committedUpTo(end)
      if (this.overdue) this.write()
    })
  }

  private committedUpTo(end: number): void {
    this.highWatermark = Math.max(this.highWatermark, end)
    this.log.maybeIncrementHighWatermark(this.highWatermark)
    const due = this.waiting.filter((entry) => entry.upTo <= this.highWatermark)
    this.waiting = this.waiting.filter((entry) => entry.upTo > this.highWatermark)
    for (const { fn } of due) fn()
  }
}
