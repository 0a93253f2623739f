// What a log should hold, as a plain list: of everything written and not cut, the part from the log start on, without what a
// round of cleaning may have dropped. After a loss of power the list is what the log holds then, if that is legal.

import { expect } from 'vitest'
import type { PartitionLog } from '../../../src/log/partition-log.ts'

export interface Written {
  readonly offset: number
  readonly key: string
  readonly isTombstone: boolean
  readonly atMs: number
  readonly epoch: number
  /** Last offset of its batch. */
  readonly last: number
}

/** `3@17:a=1`, unique for ever: no two records have the same time. */
export type Text = string

export class LifeModel {
  /** In the log, if nothing was ever compacted, and from some start on. */
  texts: Text[] = []
  end = 0
  highWatermark = 0
  /** What the checkpoint of high watermarks says; undefined: nobody knows, since the power went while it was written. */
  checkpointed: number | undefined = 0
  /** Offsets below were known to be synced, and not cut since. */
  durable = 0
  cuts = 0
  /** Records cut off may be back after a loss of power, with epochs that the cache knows otherwise. */
  epochsAreSure = true
  /**
   * Segments, by their names, that were not recovered after a loss of power: of an index that a recovery or a stop in order
   * wrote nobody syncs the end if the log was flushed before up to there, and nobody checks it later.
   */
  readonly suspects = new Set<number>()
  /** None of them has lost its largest time. */
  timesAreSure = true
  private readonly all = new Map<Text, Written>()
  /** A later record of its key was there when the cleaner began a round that reached it. */
  private readonly superseded = new Set<Text>()
  private readonly firstRoundMs = new Map<Text, number>()
  private readonly deleteRetentionMs: number
  private first = 0
  /** Of all starts it had. */
  private highestStart = 0

  constructor(deleteRetentionMs: number) {
    this.deleteRetentionMs = deleteRetentionMs
  }

  get start(): number {
    return this.first
  }

  set start(offset: number) {
    this.first = offset
    this.highestStart = Math.max(this.highestStart, offset)
  }

  of(text: Text): Written {
    const written = this.all.get(text)
    if (written === undefined) throw new Error(`nobody wrote ${text}`)
    return written
  }

  append(records: readonly [Text, Written][], end: number): void {
    for (const [text, written] of records) {
      this.texts.push(text)
      this.all.set(text, written)
    }
    this.end = end
  }

  /** Batches go whole. */
  cut(offset: number): void {
    if (offset >= this.end) return
    this.cuts++
    this.texts = this.texts.filter((text) => this.of(text).last < offset)
    this.end = offset
    this.start = Math.min(this.start, offset)
    this.highWatermark = Math.min(this.highWatermark, offset)
    // Until the cut is durable, the batch it went through may be back.
    const kept = this.texts.at(-1)
    this.durable = Math.min(this.durable, kept === undefined ? 0 : this.of(kept).last + 1)
  }

  startAt(offset: number): void {
    this.cuts++
    this.texts = []
    this.start = this.end = this.highWatermark = offset
    this.durable = 0
  }

  /** A round of cleaning begins that goes up to `to` at most. */
  round(nowMs: number, to: number): void {
    const later = new Set<string>()
    for (const text of this.texts.toReversed()) {
      const { key, isTombstone, offset } = this.of(text)
      if (offset >= to) continue
      if (later.has(key)) this.superseded.add(text)
      later.add(key)
      if (isTombstone && !this.firstRoundMs.has(text)) this.firstRoundMs.set(text, nowMs)
    }
  }

  /** Everything must be there, in order, but for what the cleaner may drop. */
  judge(held: readonly Text[], nowMs: number): void {
    const due = this.texts.filter((text) => this.of(text).offset >= this.start)
    const there = new Set(held)
    expect(held).toEqual(due.filter((text) => there.has(text)))
    this.judgeMissing(held, due, nowMs)
  }

  /** The process ended, and its log was loaded again: the list becomes what that holds. */
  adopt(held: readonly Text[], log: PartitionLog, losesPower: boolean, nowMs: number): void {
    const { start } = this
    const wasThere = new Set(this.texts)
    const from = Math.max(start, log.logStartOffset)
    const certain = losesPower ? this.durable : Infinity
    const due = this.texts.filter((text) => this.of(text).offset >= from && this.of(text).offset < certain)
    this.judgeMissing(held, due, nowMs)
    for (const text of held) {
      const { offset } = this.of(text)
      if (offset >= from && offset < certain) expect(wasThere, 'it was cut, and that is durable').toContain(text)
      if (!wasThere.has(text)) this.epochsAreSure = false
    }
    const offsets = held.map((text) => this.of(text).offset)
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    expect(new Set(offsets).size).toBe(offsets.length)
    if (!losesPower) {
      // Of an end that was cut to, nothing in the files tells but batches, and the name of the last segment.
      const last = held.at(-1)
      const known = Math.max(log.segments.active.baseOffset, last === undefined ? 0 : this.of(last).last + 1)
      expect(log.logEndOffset).toBeGreaterThanOrEqual(known)
      // The log start's checkpoint may be from before a cut below it; then the log begins anew there.
      expect(log.logEndOffset).toBeLessThanOrEqual(Math.max(this.end, this.highestStart))
    }
    this.texts = [...held]
    this.start = log.logStartOffset
    this.end = log.logEndOffset
    if (this.checkpointed !== undefined) {
      expect(log.highWatermark).toBe(Math.min(Math.max(this.checkpointed, this.start), this.end))
    }
    this.highWatermark = log.highWatermark
    this.durable = Math.min(this.durable, this.end)
  }

  private judgeMissing(held: readonly Text[], due: readonly Text[], nowMs: number): void {
    const there = new Set(held)
    const heldKeys = new Map(held.map((text) => [this.of(text).key, this.of(text).offset]))
    for (const text of due) {
      if (there.has(text) || this.superseded.has(text)) continue
      const { key, offset } = this.of(text)
      const firstMs = this.firstRoundMs.get(text)
      expect(firstMs, `${text} is gone`).toBeDefined()
      expect(nowMs - (firstMs ?? 0), `${text} is gone`).toBeGreaterThanOrEqual(this.deleteRetentionMs)
      // And with it all that it deletes.
      expect(heldKeys.get(key) ?? Infinity, `${text} is gone before what it deletes`).toBeGreaterThan(offset)
    }
  }
}
