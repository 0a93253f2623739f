// One file on the disk: its bytes in the cache, which of its changes may not be durable, and what is needed to take
// those back. It outlives its name: a removed or replaced file stays whole until the directory change is durable.

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'
import type { Rng } from '../random/rng.ts'
import { type CutTail, FileContent } from './file-content.ts'
import type { DiskSettings } from './settings.ts'
import { UnsyncedLog } from './unsynced-log.ts'

/** A truncation not known durable, and what it took away. */
interface Truncation {
  readonly seq: number
  /** Its entry in the disk's journal: once that is durable, what was cut never returns, whatever became of the rest. */
  readonly journalSeq: number
  readonly sizeBytes: number
  readonly tail: CutTail
}

/** What a power loss did to a file. */
export interface FileLoss {
  readonly path: string
  readonly sizeBefore: number
  readonly sizeAfter: number
  /** Appends and truncations that are undone. */
  readonly lostChanges: number
  /** The last append that survived did so only in part: the file ends early, or its end is zeros. */
  readonly torn: 'no' | 'short' | 'zeroed'
}

export class StoredFile {
  path: string
  /** Sequence number of its creation in the disk's journal. */
  readonly createdSeq: number
  readonly content: FileContent
  /** Its changes; the value of each is the file's size after it. */
  readonly log: UnsyncedLog
  /** Whether it is in the disk's list of files with changes that may not be durable. */
  listed: boolean
  /** The size it was given room for; what is beyond its content are zeros. A power loss leaves it as it is. */
  allocatedBytes: number
  private readonly truncations: Truncation[]

  constructor(path: string, createdSeq: number) {
    this.path = path
    this.createdSeq = createdSeq
    this.content = new FileContent()
    this.log = new UnsyncedLog()
    this.listed = false
    this.allocatedBytes = 0
    this.truncations = []
  }

  append(bytes: Uint8Array, from: number, to: number, atUs: Micros): number {
    const position = this.content.append(bytes, from, to)
    if (to > from) this.log.push(atUs, this.content.sizeBytes)
    return position
  }

  /** To less than its size. */
  truncate(sizeBytes: number, atUs: Micros, journalSeq: number): void {
    const tail = this.content.cutTo(sizeBytes)
    this.truncations.push({ seq: this.log.push(atUs, sizeBytes), journalSeq, sizeBytes, tail })
  }

  /** By how much the file has grown since change `seq`, which is what a sync has to transfer. */
  grownSince(seq: number): number {
    return Math.max(0, this.content.sizeBytes - this.log.valueBefore(Math.max(seq, this.log.first)))
  }

  /** How many truncations could still be undone. */
  get undoableTruncations(): number {
    return this.truncations.length
  }

  /** Frees what is kept for changes that are durable by now. */
  forgetDurable(nowUs: Micros, writtenBackUs: Micros): void {
    this.log.forgetDurable(nowUs, writtenBackUs)
    while (this.truncations.length > 0 && (this.truncations[0]?.seq ?? 0) < this.log.first) this.truncations.shift()
  }

  /**
   * Leaves a prefix of the changes that are not durable, none of them unless `rng` is given; and in any case the
   * truncations whose entries in the journal, those before `durableBefore`, are. With `tears` the prefix is not empty, and
   * its last append is torn if that can be.
   */
  powerLoss(
    nowUs: Micros,
    writtenBackUs: Micros,
    durableBefore: number,
    rng: Rng | undefined,
    settings: DiskSettings,
    tears = false,
  ): FileLoss | undefined {
    this.forgetDurable(nowUs, writtenBackUs)
    const { content, log } = this
    const sizeBefore = content.sizeBytes
    const inDoubt = log.happenedBy(nowUs) - log.first
    const least = tears ? 1 : 0
    const survivors = rng === undefined || inDoubt === 0 ? 0 : least + rng.below(inDoubt + 1 - least)
    const lostChanges = log.next - log.first - survivors
    const undone = this.undoFrom(log.first + survivors)
    const torn =
      rng === undefined || survivors === 0 ? 'no' : this.tear(log.first + survivors - 1, rng, settings, tears)
    for (const { journalSeq, sizeBytes } of undone) {
      if (journalSeq < durableBefore && sizeBytes < content.sizeBytes) content.cutTo(sizeBytes)
    }
    log.settle(nowUs, content.sizeBytes)
    content.chill()
    if (lostChanges === 0 && torn === 'no') return undefined
    return { path: this.path, sizeBefore, sizeAfter: content.sizeBytes, lostChanges, torn }
  }

  /** Returns the truncations that it took back. */
  private undoFrom(seq: number): Truncation[] {
    const undone: Truncation[] = []
    for (let last = this.truncations.pop(); last !== undefined; last = this.truncations.pop()) {
      if (last.seq < seq) break
      this.content.restore(last.tail)
      undone.push(last)
    }
    this.truncations.length = 0
    const sizeBytes = this.log.valueBefore(seq)
    assert(
      sizeBytes <= this.content.sizeBytes,
      `undoing ${this.path} to ${sizeBytes} of ${this.content.sizeBytes} bytes`,
    )
    if (sizeBytes < this.content.sizeBytes) this.content.cutTo(sizeBytes)
    return undone
  }

  /** Change `seq` is the last one left: if an append of several bytes, chance may leave it incomplete. */
  private tear(seq: number, rng: Rng, settings: DiskSettings, surely: boolean): FileLoss['torn'] {
    const start = this.log.valueBefore(seq)
    const length = this.content.sizeBytes - start
    if (length < 2 || !(surely || rng.chance(settings.tearProbability))) return 'no'
    const kept = start + rng.between(1, length - 1)
    const zeroed = rng.chance(settings.zeroedTailProbability)
    if (zeroed) this.content.zeroFrom(kept)
    else this.content.cutTo(kept)
    return zeroed ? 'zeroed' : 'short'
  }
}
