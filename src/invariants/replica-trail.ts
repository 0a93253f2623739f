// What one replica's log holds, compared with what is committed: every batch header is read once, after the event that
// appended it, and compared once, when its offset is committed. So the trail also knows what a dead process's log held.
// A compacted log is read as the log that it was (compacted-forms.ts); gaps that compaction did not make are remembered.

import { baseOffset, BatchWalk, crc, lastOffset, partitionLeaderEpoch } from '../records/record-batch.ts'
import { BatchQueue } from './batch-queue.ts'
import type { ObservedLog } from './cluster-view.ts'
import type { CommittedLedger } from './committed-ledger.ts'
import type { CompactedForms } from './compaction/compacted-forms.ts'
import { EpochRuns } from './epoch-runs.ts'
import type { LogHole } from './log-hole.ts'
import type { ReplicaPast } from './replica-past.ts'

const READ_BYTES = 1 << 20

/** Of the partition. */
interface Home {
  readonly ledger: CommittedLedger
  readonly forms: CompactedForms | undefined
}

export class ReplicaTrail {
  /** Everything below is compared with the ledger, or lies below the log start. */
  comparedTo = 0
  /** First and last offset of what differs from the ledger below `comparedTo`; both −1 if nothing does. */
  differsFrom = -1
  differsTo = -1
  /** The log that is read; another object after a restart, and undefined before anything was seen. */
  log: ObservedLog | undefined = undefined
  /** Offsets within the log that it has no batch for, in order; mostly none. */
  holes: LogHole[] = []
  /** Which leader epochs its batches have, in the order of their offsets. */
  readonly epochs = new EpochRuns()
  /** Offset up to which the log has been read. */
  private readTo = 0
  private readonly home: Home
  private readonly ledger: CommittedLedger
  /** Hears of every batch that is read. */
  private readonly past: ReplicaPast
  /** Read and not compared yet: `[comparedTo, readTo)`. */
  private readonly waiting = new BatchQueue()
  /** Index in the ledger of the batch to compare with next. */
  private cursor = 0

  constructor(home: Home, past: ReplicaPast) {
    this.home = home
    this.ledger = home.ledger
    this.past = past
  }

  /** Where the log ended when it was last read. */
  get endOffset(): number {
    return this.readTo
  }

  /** Does it hold the committed batches of `[first, last]`, as they were committed? */
  holds(first: number, last: number): boolean {
    this.compare()
    if (last >= this.comparedTo) return false
    return this.differsFrom < 0 || last < this.differsFrom || first > this.differsTo
  }

  /** Does it hold everything that was ever committed? */
  get holdsAllCommitted(): boolean {
    this.compare()
    return this.comparedTo >= this.ledger.endOffset && this.differsFrom < 0
  }

  /** Does it lack something that was committed at or above `floor`? */
  lacksFrom(floor: number): boolean {
    this.compare()
    if (this.differsFrom >= 0 && this.differsTo >= floor) return true
    return this.comparedTo < this.ledger.endOffset && floor < this.ledger.endOffset
  }

  /** The first committed offset that it lacks or has another batch at; the end of the ledger if there is none. */
  get firstMissing(): number {
    if (this.differsFrom >= 0) return this.differsFrom
    return Math.min(this.comparedTo, this.ledger.endOffset)
  }

  /** Reads what was appended since, in event `ordinal`. */
  catchUp(log: ObservedLog, ordinal: number): void {
    if (log !== this.log) this.startAnew(log)
    else if (log.logStartOffset > this.readTo) this.skipTo(log.logStartOffset)
    const end = log.logEndOffset
    if (this.readTo < end) this.past.prepare(log, this.readTo)
    while (this.readTo < end) {
      const { bytes, nextOffset } = log.read(this.readTo, READ_BYTES, end, true)
      if (bytes.length === 0) {
        this.passHole(this.readTo, end, ordinal)
        this.readTo = end
      } else {
        this.take(bytes, log, ordinal)
        this.readTo = nextOffset
      }
    }
    this.compare()
  }

  /** The log was cut and ends at `offset` now; called in the midst of the event. */
  truncated(offset: number): void {
    if (offset >= this.readTo) return
    this.readTo = this.waiting.cutFrom(offset)
    this.epochs.cutTo(this.readTo)
    this.cutHoles()
    this.past.cutTo(this.readTo)
    if (this.readTo < this.comparedTo) this.rewind(this.readTo)
  }

  /** What was compared from `offset` on is to be compared again, and for that read again. */
  rewind(offset: number): void {
    if (offset >= this.comparedTo) return
    this.cursor = this.ledger.indexOf(offset)
    // A batch that is cut goes as a whole.
    const base = this.cursor < this.ledger.size ? this.ledger.baseOffset(this.cursor) : offset
    this.comparedTo = Math.min(offset, base)
    this.readTo = this.comparedTo
    this.epochs.cutTo(this.readTo)
    this.cutHoles()
    this.past.cutTo(this.readTo)
    this.waiting.clear()
    if (this.differsFrom >= this.comparedTo) this.differsFrom = this.differsTo = -1
    else this.differsTo = Math.min(this.differsTo, this.comparedTo - 1)
  }

  /** Compares what is waiting as far as the ledger goes: when asked, since the ledger grows unseen. */
  private compare(): void {
    const { ledger, waiting } = this
    // One that reaches over the end of the ledger is not what was committed there: batches are committed whole.
    while (waiting.size > 0 && waiting.firstBase < ledger.endOffset) {
      const base = waiting.firstBase
      const last = waiting.firstLast
      for (; this.cursor < ledger.size && ledger.lastOffset(this.cursor) < base; this.cursor++) {
        if (ledger.lastOffset(this.cursor) >= this.comparedTo) this.differs(this.comparedTo, base - 1)
      }
      if (ledger.isSame(this.cursor, base, last, waiting.firstEpoch, waiting.firstChecksum)) this.cursor++
      else this.differs(base, last)
      this.comparedTo = last + 1
      waiting.shift()
    }
    if (this.differsFrom >= 0 && this.log !== undefined) this.askNotBelow(this.log.logStartOffset)
  }

  /** This is a leader's log: what it holds below `highWatermark` and beyond the ledger is committed now. */
  commitTo(highWatermark: number, ordinal: number): boolean {
    const { ledger, waiting } = this
    if (highWatermark <= ledger.endOffset || this.comparedTo < ledger.endOffset) return false
    const before = ledger.size
    while (waiting.size > 0 && waiting.firstLast < highWatermark) {
      ledger.append(waiting.firstBase, waiting.firstLast, waiting.firstEpoch, waiting.firstChecksum, ordinal)
      this.comparedTo = ledger.endOffset
      waiting.shift()
    }
    this.cursor = ledger.size
    return ledger.size > before
  }

  private startAnew(log: ObservedLog): void {
    this.log = log
    this.past.startAnew()
    this.epochs.cutTo(0)
    this.waiting.clear()
    this.holes = []
    this.comparedTo = 0
    this.readTo = 0
    this.cursor = 0
    this.differsFrom = this.differsTo = -1
    if (log.logStartOffset > 0) this.skipTo(log.logStartOffset)
  }

  /** The log starts at `offset` now: what lies below is not asked for. */
  private skipTo(offset: number): void {
    this.waiting.clear()
    this.past.startAnew()
    this.epochs.cutTo(0)
    this.readTo = offset
    this.holes = this.holes.filter(({ to }) => to > offset)
    this.comparedTo = offset
    this.cursor = this.ledger.indexOf(offset)
    this.askNotBelow(offset)
  }

  /** What differed below the log start is gone: it was deleted, or a follower too far behind began anew. */
  private askNotBelow(offset: number): void {
    if (this.differsTo < offset) this.differsFrom = this.differsTo = -1
    else this.differsFrom = Math.max(this.differsFrom, offset)
  }

  private take(bytes: Uint8Array, log: ObservedLog, ordinal: number): void {
    const walk = new BatchWalk(bytes, 0, bytes.length)
    const { forms } = this.home
    let expected = this.readTo
    while (walk.next()) {
      const at = walk.position
      const base = baseOffset(bytes, at)
      const last = lastOffset(bytes, at)
      if (base > expected) this.passHole(expected, base, ordinal)
      expected = last + 1
      const epoch = partitionLeaderEpoch(bytes, at)
      const stored = crc(bytes, at)
      const checksum = forms === undefined ? stored : forms.original(base, epoch, stored)
      this.waiting.push(base, last, epoch, checksum)
      this.epochs.note(base, last, epoch)
      this.past.take(bytes, at, base, last, epoch, checksum, log, ordinal)
    }
  }

  /** The log has no batch in `[from, to)`: what compaction took out there counts as read. */
  private passHole(from: number, to: number, ordinal: number): void {
    const { ledger, waiting, past } = this
    let expected = from
    this.home.forms?.fill(ledger, from, to, (index) => {
      const { base, last, epoch, checksum } = ledger.at(index)
      if (base > expected) this.holes.push({ from: expected, to: base })
      expected = last + 1
      waiting.push(base, last, epoch, checksum)
      past.passOver(base, last, epoch, checksum, ordinal)
    })
    if (expected < to) this.holes.push({ from: expected, to })
  }

  /** Reading goes on at `readTo`: what lies beyond will be found again. */
  private cutHoles(): void {
    if (this.holes.length === 0) return
    const { readTo } = this
    this.holes = this.holes.flatMap(({ from, to }) => (from < readTo ? [{ from, to: Math.min(to, readTo) }] : []))
  }

  private differs(from: number, to: number): void {
    if (this.differsFrom < 0) this.differsFrom = from
    this.differsTo = to
  }
}
