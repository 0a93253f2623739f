// What one replica's log says beside what is committed, batch by batch as it is read: whether others agree on each batch
// and on what lies before it, and whether producers' sequences rise.

import { partitionLeaderEpoch, BatchWalk, lastOffset } from '../records/record-batch.ts'
import type { ObservedLog } from './cluster-view.ts'
import { type Conflict, type Lineage, LineagePosition, NO_PAST } from './lineage.ts'
import { type Disorder, ProducerSequences } from './producer-sequences.ts'

const READ_BYTES = 1 << 20

export class ReplicaPast {
  /** Found while reading, and not reported yet. */
  readonly conflicts: Conflict[] = []
  readonly disorders: Disorder[] = []
  readonly producers = new ProducerSequences()
  private readonly lineage: Lineage
  private readonly broker: number
  private readonly position = new LineagePosition()
  /** The log was cut, or is another one: the batch before the next one is to be looked up. */
  private isCut = true
  private forgets = true

  constructor(lineage: Lineage, broker: number) {
    this.lineage = lineage
    this.broker = broker
  }

  /** Something was found. */
  get isOdd(): boolean {
    return this.conflicts.length > 0 || this.disorders.length > 0
  }

  /** What was found has been reported. */
  reported(): void {
    while (this.conflicts.length > 0) this.conflicts.pop()
    while (this.disorders.length > 0) this.disorders.pop()
  }

  /** The log is read on from `offset`, which is not where reading ended: it was cut there, or is another log. */
  cutTo(offset: number): void {
    this.isCut = true
    if (this.producers.forgetsAt(offset)) this.forgets = true
  }

  /** Another log: nothing that is remembered is in it. */
  startAnew(): void {
    this.isCut = true
    this.forgets = true
  }

  /** Before batches from `offset` on are read. */
  prepare(log: ObservedLog, offset: number): void {
    if (this.isCut) {
      this.isCut = false
      this.lookUpPast(log, offset)
    }
    if (this.forgets) {
      this.forgets = false
      this.readProducers(log, offset)
    }
  }

  /** The next batch, at `at` in `bytes`. */
  take(
    bytes: Uint8Array,
    at: number,
    base: number,
    last: number,
    epoch: number,
    checksum: number,
    log: ObservedLog,
    ordinal: number,
  ): void {
    const conflict = this.lineage.read(this.position, this.broker, base, last, epoch, checksum, ordinal)
    if (conflict !== undefined) this.conflicts.push(conflict)
    const disorder = this.producers.note(bytes, at, log.logStartOffset, ordinal)
    if (disorder !== undefined) this.disorders.push(disorder)
  }

  /** A batch that compaction took out lies between the last one and the next. */
  passOver(base: number, last: number, epoch: number, checksum: number, ordinal: number): void {
    const conflict = this.lineage.read(this.position, this.broker, base, last, epoch, checksum, ordinal)
    if (conflict !== undefined) this.conflicts.push(conflict)
  }

  private lookUpPast(log: ObservedLog, offset: number): void {
    this.position.moveTo(NO_PAST, NO_PAST)
    if (offset <= log.logStartOffset) return
    const { bytes } = log.read(offset - 1, 1, offset, true)
    const walk = new BatchWalk(bytes, 0, bytes.length)
    if (!walk.next()) return
    // One that reaches over `offset` is read again: nothing before it is known then.
    if (lastOffset(bytes, walk.position) >= offset) return
    this.position.moveTo(partitionLeaderEpoch(bytes, walk.position), lastOffset(bytes, walk.position))
  }

  private readProducers(log: ObservedLog, offset: number): void {
    this.producers.clear()
    let at = log.logStartOffset
    while (at < offset) {
      const { bytes, nextOffset } = log.read(at, READ_BYTES, offset, true)
      if (bytes.length === 0) return
      const walk = new BatchWalk(bytes, 0, bytes.length)
      while (walk.next() && lastOffset(bytes, walk.position) < offset) {
        this.producers.note(bytes, walk.position, log.logStartOffset, 0)
      }
      at = nextOffset
    }
  }
}
