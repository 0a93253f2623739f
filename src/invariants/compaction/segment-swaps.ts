// Looks at what the cleaner of one broker puts in the place of segments, by comparing what was there with what
// is there now: a second, simple opinion on every swap. What is legal is remembered for those who read compacted logs; the
// rest is told. A round may drop a record for a later one of its key only if it read that one as dirty, so only the dirty
// part is looked at for later ones: it is in the cache, and reading it takes nobody's time. Of transactions, whose control
// records are not judged here, everything counts as legal.

import type { ObservedLog } from '../cluster-view.ts'
import type { CompactedForms } from './compacted-forms.ts'
import { type KeyedBatch, keyedBatches, type KeyedRecord } from './keyed-batches.ts'

/** A file of batches, whether it is still part of the log or not. */
export interface SwappedSegment {
  readonly baseOffset: number
  readonly sizeBytes: number
  readonly file: { read(position: number, length: number): Uint8Array }
}

/** What a log says of its latest swap. */
export interface SegmentSwap {
  readonly cleaned: SwappedSegment
  readonly replaced: readonly SwappedSegment[]
  /** When the round began, by its broker's clock. */
  readonly roundMs: number
  /** Where it began to read keys. */
  readonly firstDirtyOffset: number
}

export interface SwapProblem {
  readonly kind: 'lost' | 'changed' | 'tombstone'
  readonly text: string
}

export interface SwapContext {
  readonly forms: CompactedForms
  readonly log: ObservedLog
  readonly deleteRetentionMs: number
}

const READ_BYTES = 1 << 20

/** Last offsets of keys in the dirty part of a round: made once for all swaps of the round. */
export class LatestOfKeys {
  private readonly latest = new Map<string, number>()
  private log: ObservedLog | undefined
  private roundMs = -1
  private from = -1
  private end = -1

  of(key: string): number {
    return this.latest.get(key) ?? -1
  }

  read(log: ObservedLog, { roundMs, firstDirtyOffset, replaced }: SegmentSwap): void {
    const isSameRound = log === this.log && roundMs === this.roundMs && firstDirtyOffset === this.from
    // A follower's high watermark may fall while a round is under way, and the round goes on as it began.
    const end = Math.min(isSameRound ? Math.max(this.end, log.highWatermark) : log.highWatermark, log.logEndOffset)
    if (isSameRound && end === this.end) return
    this.log = log
    this.roundMs = roundMs
    this.from = firstDirtyOffset
    this.end = end
    this.latest.clear()
    for (let next = Math.max(firstDirtyOffset, log.logStartOffset); next < end;) {
      const { bytes, nextOffset } = log.read(next, READ_BYTES, end, true)
      if (bytes.length === 0) break
      for (const { records, control } of keyedBatches(bytes)) {
        for (const { key, offset } of records) if (key !== null && !control) this.latest.set(key, offset)
      }
      next = nextOffset
    }
    // What went in this very swap was there, too: a tombstone that a follower was given with its date may go at once.
    for (const { records, control } of replaced.flatMap(batchesOf)) {
      for (const { key, offset } of records) {
        if (key !== null && !control && offset >= firstDirtyOffset && offset > this.of(key))
          this.latest.set(key, offset)
      }
    }
  }
}

/** What is wrong with a swap; mostly nothing. */
export function judgeSwap(swap: SegmentSwap, latest: LatestOfKeys, context: SwapContext): SwapProblem[] {
  latest.read(context.log, swap)
  const problems: SwapProblem[] = []
  const after = batchesOf(swap.cleaned)
  let next = 0
  for (const segment of swap.replaced) {
    for (const before of batchesOf(segment)) {
      const now = after[next]
      const isThere = now !== undefined && now.base === before.base && now.epoch === before.epoch
      if (isThere) next++
      compare(before, isThere ? now : undefined, swap, latest, context, problems)
    }
  }
  const extra = after[next]
  if (extra !== undefined) {
    problems.push({ kind: 'changed', text: `the batch at offset ${extra.base} is out of order, or was never written` })
  }
  return problems
}

function compare(
  before: KeyedBatch,
  now: KeyedBatch | undefined,
  swap: SegmentSwap,
  latest: LatestOfKeys,
  { forms, deleteRetentionMs }: SwapContext,
  problems: SwapProblem[],
): void {
  const where = `the batch at offset ${before.base}`
  const kept = now?.records ?? []
  const problemsBefore = problems.length
  let at = 0
  for (const record of before.records) {
    const same = kept[at]
    if (same?.offset === record.offset) {
      at++
      if (same.content !== record.content)
        problems.push({ kind: 'changed', text: `offset ${record.offset} is another record` })
      continue
    }
    const why = notRemovable(record, before, swap, latest)
    if (why === undefined) forms.recordRemoved(record.offset)
    else problems.push(why)
  }
  if (at < kept.length)
    problems.push({ kind: 'changed', text: `offset ${kept[at]!.offset} was never written, or moved` })
  if (now !== undefined) {
    if (now.last !== before.last || now.header !== before.header) {
      problems.push({ kind: 'changed', text: `${where} has another last offset, producer, sequence or kind` })
    }
    const dated = now.horizonMs >= 0 && before.horizonMs < 0
    if (dated && now.horizonMs < swap.roundMs + deleteRetentionMs) {
      const leftMs = now.horizonMs - swap.roundMs
      const text = `tombstones in ${where} may go after ${leftMs} ms, not after ${deleteRetentionMs}`
      problems.push({ kind: 'tombstone', text })
    }
    if (before.horizonMs >= 0 && kept.length > 0 && now.horizonMs !== before.horizonMs) {
      problems.push({ kind: 'tombstone', text: `${where} lost the date until which its tombstones are kept` })
    }
  }
  if (problems.length > problemsBefore) return
  if (now === undefined || now.checksum !== before.checksum) {
    const original = forms.original(before.base, before.epoch, before.checksum)
    forms.batchReplaced(before.base, before.epoch, original, now?.checksum)
  }
}

/** Undefined: the record may go. */
function notRemovable(
  { offset, key, isTombstone }: KeyedRecord,
  { control, transactional, horizonMs }: KeyedBatch,
  { roundMs }: SegmentSwap,
  latest: LatestOfKeys,
): SwapProblem | undefined {
  if (control || transactional || key === null || latest.of(key) > offset) return undefined
  if (!isTombstone) return { kind: 'lost', text: `offset ${offset} is gone, the last of its key` }
  if (horizonMs >= 0 && horizonMs <= roundMs) return undefined
  const due = horizonMs < 0 ? 'had never been seen before' : `was to stay ${horizonMs - roundMs} ms longer`
  return { kind: 'tombstone', text: `the tombstone at offset ${offset} is gone, and ${due}` }
}

function batchesOf({ file, sizeBytes }: SwappedSegment): KeyedBatch[] {
  return sizeBytes === 0 ? [] : keyedBatches(file.read(0, sizeBytes))
}
