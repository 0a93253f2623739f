// Every batch that any replica of one partition was seen to hold, committed or not, by leader epoch: what it is, and which
// batch lies before it. One leader writes an epoch from low offsets to high, so each epoch is a sorted run, and whoever
// reads on finds the next batch where it left off: amortised O(1) a batch, nothing but typed arrays. Nothing is ever
// taken out: a leader never writes an offset twice in one epoch. Logs with gaps (compaction) are left out.

import { firstReaching } from './first-reaching.ts'
import { grownFloats, grownInts } from './growing-arrays.ts'

const FIRST_CAPACITY = 16

/** What lies before a batch is not known: the log starts there. */
export const NO_PAST = -1

class EpochRun {
  readonly epoch: number
  size = 0
  bases = new Float64Array(FIRST_CAPACITY)
  lasts = new Float64Array(FIRST_CAPACITY)
  checksums = new Int32Array(FIRST_CAPACITY)
  /** Epoch and last offset of the batch before, or NO_PAST. */
  pastEpochs = new Int32Array(FIRST_CAPACITY)
  pastLasts = new Float64Array(FIRST_CAPACITY)
  /** Who had it first, and in which event. */
  brokers = new Int32Array(FIRST_CAPACITY)
  ordinals = new Float64Array(FIRST_CAPACITY)

  constructor(epoch: number) {
    this.epoch = epoch
  }

  /** Index of the first batch that reaches `offset` or beyond. */
  indexOf(offset: number): number {
    return firstReaching(this.lasts, this.size, offset)
  }

  /** Makes room at `index`, mostly at the end. */
  insertAt(index: number): void {
    if (this.size === this.bases.length) this.grow()
    if (index < this.size) {
      this.bases.copyWithin(index + 1, index, this.size)
      this.lasts.copyWithin(index + 1, index, this.size)
      this.checksums.copyWithin(index + 1, index, this.size)
      this.pastEpochs.copyWithin(index + 1, index, this.size)
      this.pastLasts.copyWithin(index + 1, index, this.size)
      this.brokers.copyWithin(index + 1, index, this.size)
      this.ordinals.copyWithin(index + 1, index, this.size)
    }
    this.size += 1
  }

  private grow(): void {
    const capacity = this.bases.length * 2
    this.bases = grownFloats(this.bases, capacity)
    this.lasts = grownFloats(this.lasts, capacity)
    this.checksums = grownInts(this.checksums, capacity)
    this.pastEpochs = grownInts(this.pastEpochs, capacity)
    this.pastLasts = grownFloats(this.pastLasts, capacity)
    this.brokers = grownInts(this.brokers, capacity)
    this.ordinals = grownFloats(this.ordinals, capacity)
  }
}

/** Another broker had another batch, or another past, at the same offset and leader epoch. */
export interface Conflict {
  readonly kind: 'batch' | 'past'
  readonly base: number
  readonly last: number
  readonly epoch: number
  /** Who had it first, and when. */
  readonly firstBroker: number
  readonly firstOrdinal: number
  readonly detail: string
}

/** Where one reader is: the batch it read last. */
export class LineagePosition {
  /** Of the batch before the next one; NO_PAST at the start of a log. */
  epoch = NO_PAST
  last = NO_PAST
  run: EpochRun | undefined = undefined
  index = -1

  /** The next batch follows the one that ends with `last`, of `epoch`. */
  moveTo(epoch: number, last: number): void {
    this.epoch = epoch
    this.last = last
    this.run = undefined
    this.index = -1
  }
}

export class Lineage {
  private readonly runs = new Map<number, EpochRun>()

  /** `broker` has this batch after that at `position`, which moves on. What does not agree with others; mostly nothing. */
  read(
    position: LineagePosition,
    broker: number,
    base: number,
    last: number,
    epoch: number,
    checksum: number,
    ordinal: number,
  ): Conflict | undefined {
    let { run, index } = position
    if (run === undefined || run.epoch !== epoch) {
      run = this.runOf(epoch)
      index = run.indexOf(base)
    } else {
      index += 1
      if (index < run.size && (run.bases[index] ?? 0) !== base) index = run.indexOf(base)
    }
    const pastEpoch = position.epoch
    const pastLast = position.last
    let conflict: Conflict | undefined
    if (index < run.size && (run.bases[index] ?? 0) <= last) {
      const same = run.bases[index] === base && run.lasts[index] === last && run.checksums[index] === (checksum | 0)
      if (!same) conflict = conflictAt(run, index, 'batch', base, last, '')
      else if (pastEpoch !== NO_PAST) conflict = agreeOnPast(run, index, pastEpoch, pastLast)
    } else {
      run.insertAt(index)
      run.bases[index] = base
      run.lasts[index] = last
      run.checksums[index] = checksum | 0
      run.pastEpochs[index] = pastEpoch
      run.pastLasts[index] = pastLast
      run.brokers[index] = broker
      run.ordinals[index] = ordinal
    }
    position.epoch = epoch
    position.last = last
    position.run = run
    position.index = index
    return conflict
  }

  private runOf(epoch: number): EpochRun {
    let run = this.runs.get(epoch)
    if (run === undefined) {
      run = new EpochRun(epoch)
      this.runs.set(epoch, run)
    }
    return run
  }
}

function agreeOnPast(run: EpochRun, index: number, pastEpoch: number, pastLast: number): Conflict | undefined {
  const knownEpoch = run.pastEpochs[index] ?? NO_PAST
  const knownLast = run.pastLasts[index] ?? NO_PAST
  if (knownEpoch === NO_PAST) {
    run.pastEpochs[index] = pastEpoch
    run.pastLasts[index] = pastLast
    return undefined
  }
  if (knownEpoch === pastEpoch && knownLast === pastLast) return undefined
  const detail = `offset ${pastLast} of epoch ${pastEpoch} before it, and offset ${knownLast} of epoch ${knownEpoch}`
  return conflictAt(run, index, 'past', run.bases[index] ?? 0, run.lasts[index] ?? 0, detail)
}

function conflictAt(
  run: EpochRun,
  index: number,
  kind: Conflict['kind'],
  base: number,
  last: number,
  detail: string,
): Conflict {
  return {
    kind,
    base,
    last,
    epoch: run.epoch,
    firstBroker: run.brokers[index] ?? -1,
    firstOrdinal: run.ordinals[index] ?? 0,
    detail,
  }
}
