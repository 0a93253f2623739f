// What the batches of a log say of themselves, read once at the end of a run.

import type { ObservedLog } from '../invariants/cluster-view.ts'
import { baseSequence, BatchWalk, codec, producerId, recordsCount, sizeInBytes } from '../records/record-batch.ts'

const READ_BYTES = 1 << 20

export class BatchesInLog {
  records = 0
  bytes = 0
  readonly codecs = new Set<number>()
  /** By producer id: the sequence of its first batch. */
  readonly firstSequences = new Map<number, number>()

  constructor(log: ObservedLog | undefined) {
    if (log === undefined) return
    for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
      const read = log.read(offset, READ_BYTES, log.logEndOffset, true)
      if (read.bytes.length === 0) return
      const walk = new BatchWalk(read.bytes, 0, read.bytes.length)
      while (walk.next()) this.note(read.bytes, walk.position)
      offset = read.nextOffset
    }
  }

  private note(bytes: Uint8Array, at: number): void {
    this.records += recordsCount(bytes, at)
    this.bytes += sizeInBytes(bytes, at)
    this.codecs.add(codec(bytes, at))
    const id = producerId(bytes, at)
    if (!this.firstSequences.has(id)) this.firstSequences.set(id, baseSequence(bytes, at))
  }
}
