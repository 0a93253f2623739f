// How a leader's log takes in what it received: one batch, of a Raft leader any number. It is checked as its origin demands
// (R-1, R-5, R-46, W-46), compressed anew where the topic's settings ask for that, copied, and base offset, leader epoch and,
// where due, timestamps are written into the copy.

import type { AppendOrigin, LeaderAppend } from './append-result.ts'
import { LeaderAppendCheck } from './leader-append-check.ts'
import { LeaderCopy } from './leader-copy.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { LogConfig } from './log-config.ts'
import type { LogOffsets } from './log-offsets.ts'
import type { LogWriter } from './log-writer.ts'
import type { ProducerStateTable } from './producer-state-table.ts'
import { recompress } from './recompress.ts'

export type LeaderOrigin = Exclude<AppendOrigin, 'replication'>

export class LeaderAppender {
  private readonly epochs: LeaderEpochCache
  private readonly producers: ProducerStateTable
  private readonly offsets: LogOffsets
  private readonly writer: LogWriter
  private readonly copy = new LeaderCopy()
  private config: LogConfig
  private check: LeaderAppendCheck

  constructor(
    config: LogConfig,
    epochs: LeaderEpochCache,
    producers: ProducerStateTable,
    offsets: LogOffsets,
    writer: LogWriter,
  ) {
    this.config = config
    this.check = new LeaderAppendCheck(config)
    this.epochs = epochs
    this.producers = producers
    this.offsets = offsets
    this.writer = writer
  }

  updateConfig(config: LogConfig): void {
    this.config = config
    this.check = new LeaderAppendCheck(config)
  }

  append(bytes: Uint8Array, leaderEpoch: number, nowMs: number, origin: LeaderOrigin): LeaderAppend {
    const { check, copy, config } = this
    const problem = check.check(bytes, origin, nowMs)
    if (problem !== undefined) return problem
    const written = origin === 'client' ? recompress(bytes, config.compression) : bytes
    const tooLarge = check.checkSize(written)
    if (tooLarge !== undefined) return tooLarge
    // Before duplicates are looked for: a leader's epoch is noted even if it then appends nothing.
    this.epochs.assign(leaderEpoch, this.offsets.end)
    if (origin === 'client') {
      const duplicate = this.producers.findDuplicate(bytes, 0)
      if (duplicate !== undefined) {
        const { firstOffset, lastOffset, timestampMs } = duplicate
        return { kind: 'duplicate', firstOffset, lastOffset, logAppendTimeMs: timestampMs }
      }
    }
    const refused = this.producers.check(bytes, 0, origin === 'client')
    if (refused !== undefined) return refused

    const byAppendTime = config.timestampType === 'LogAppendTime' && origin !== 'raft-leader'
    const largestMs = byAppendTime ? nowMs : check.maxTimestampMs
    const settle = byAppendTime ? 'append-time' : origin === 'client' ? 'create-time' : 'as-is'
    const firstOffset = this.offsets.end
    copy.stamp(written, firstOffset, leaderEpoch, largestMs, settle)
    const { lastOffset } = copy
    this.writer.write(copy.bytes, written.length, lastOffset, largestMs, copy.maxTimestampOffset)
    return { kind: 'appended', firstOffset, lastOffset, logAppendTimeMs: byAppendTime ? nowMs : -1 }
  }
}
