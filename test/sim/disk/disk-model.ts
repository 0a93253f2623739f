// What a disk may hold, told naively: the full list of operations since the last loss of power, each with when it took
// place and a complete copy of what was there after it, and of syncs, each with what it covers and when it ended. It
// says which states a loss of power may leave; it does not say which one it will.

import type { Micros } from '../../../sim/host.ts'

/** When something takes place, as far as the outside can tell. `Infinity` as long as it has not. */
export interface Moment {
  /** Before this it has certainly not taken place. */
  notBefore(): Micros
  /** From this on it has certainly taken place. */
  certainlyBy(): Micros
}

interface Sync {
  readonly covers: number
  readonly end: Moment
}

/** A history whose durable part is a prefix: of one file's content, or of the journal, which has the directory tree. */
class History<State> {
  readonly base: State
  readonly changes: { readonly at: Moment; readonly state: State; readonly append: boolean }[] = []
  readonly syncs: Sync[] = []

  constructor(base: State) {
    this.base = base
  }

  get now(): State {
    return this.after(this.changes.length)
  }

  after(count: number): State {
    return count === 0 ? this.base : this.changes[count - 1]!.state
  }

  /** How many changes a loss of power at `nowUs` certainly leaves, and how many it may. */
  survivors(nowUs: Micros, writtenBackUs: Micros): { atLeast: number; atMost: number; atMostIfUnflushed: number } {
    let atLeast = 0
    for (const { covers, end } of this.syncs) if (end.certainlyBy() <= nowUs) atLeast = Math.max(atLeast, covers)
    // A change does not take place before the one it builds on, whatever the local times of two threads say.
    const allCertainlyBy = (count: number) =>
      this.changes.slice(0, count).every((c) => c.at.certainlyBy() <= writtenBackUs)
    while (atLeast < this.changes.length && allCertainlyBy(atLeast + 1)) atLeast++
    let atMost = 0
    while (atMost < this.changes.length && this.changes[atMost]!.at.notBefore() <= nowUs) atMost++
    let atMostIfUnflushed = atLeast
    for (const { covers, end } of this.syncs) {
      if (end.notBefore() <= nowUs) atMostIfUnflushed = Math.max(atMostIfUnflushed, covers)
    }
    while (atMostIfUnflushed < atMost && this.changes[atMostIfUnflushed]!.at.notBefore() <= writtenBackUs) {
      atMostIfUnflushed++
    }
    return { atLeast, atMost, atMostIfUnflushed }
  }
}

/** A cut, as the journal has it: of the content's change `change`, in the journal's `journaled`. */
interface Cut {
  readonly change: number
  readonly journaled: number
  readonly sizeBytes: number
}

export class ModelFile {
  readonly content: History<Buffer>
  readonly cuts: Cut[] = []
  /** How many directory changes there were, its creation included, when it came into being. */
  readonly created: number

  constructor(base: Buffer, created: number) {
    this.content = new History(base)
    this.created = created
  }

  /** Whether a loss of power may leave this, if it leaves the first `journal` changes of the journal. */
  allows(found: Buffer, nowUs: Micros, writtenBackUs: Micros, journal: number, unflushed: boolean): boolean {
    const { atLeast, atMost, atMostIfUnflushed } = this.content.survivors(nowUs, writtenBackUs)
    for (let count = atLeast; count <= (unflushed ? atMostIfUnflushed : atMost); count++) {
      const cuts = this.cuts.filter((cut) => cut.change >= count && cut.journaled < journal)
      const end = Math.min(...cuts.map((cut) => cut.sizeBytes), Infinity)
      const whole = this.content.after(count).subarray(0, end)
      if (found.equals(whole)) return true
      if (!unflushed && count > atLeast && this.content.changes[count - 1]!.append) {
        if (isTorn(found, this.content.after(count - 1).subarray(0, end), whole)) return true
      }
    }
    return false
  }
}

function isTorn(found: Buffer, before: Buffer, whole: Buffer): boolean {
  let kept = 0
  while (kept < found.length && kept < whole.length && found[kept] === whole[kept]) kept++
  if (kept <= before.length) return false
  return kept === found.length || (found.length === whole.length && found.subarray(kept).every((byte) => byte === 0))
}

type Names = ReadonlyMap<string, ModelFile>

export class DiskModel {
  private directory = new History<Names>(new Map())

  get names(): Names {
    return this.directory.now
  }

  file(path: string): ModelFile | undefined {
    return this.names.get(path)
  }

  create(path: string, at: Moment): ModelFile {
    const file = new ModelFile(Buffer.alloc(0), this.directory.changes.length + 1)
    this.rename(at, (names) => names.set(path, file))
    return file
  }

  /** Any change of the names. */
  rename(at: Moment, change: (names: Map<string, ModelFile>) => void): void {
    const names = new Map(this.names)
    change(names)
    this.directory.changes.push({ at, state: names, append: false })
  }

  append(file: ModelFile, bytes: Uint8Array, at: Moment): void {
    file.content.changes.push({ at, state: Buffer.concat([file.content.now, bytes]), append: true })
  }

  truncate(file: ModelFile, sizeBytes: number, at: Moment): void {
    file.cuts.push({ change: file.content.changes.length, journaled: this.directory.changes.length, sizeBytes })
    this.directory.changes.push({ at, state: this.names, append: false })
    file.content.changes.push({ at, state: file.content.now.subarray(0, sizeBytes), append: false })
  }

  sync(file: ModelFile, end: Moment): void {
    file.content.syncs.push({ covers: file.content.changes.length, end })
    this.directory.syncs.push({ covers: file.created, end })
  }

  syncDir(end: Moment): void {
    this.directory.syncs.push({ covers: this.directory.changes.length, end })
  }

  /** Whether a loss of power may leave these files; if so, they are what there is from now on. */
  powerLoss(found: ReadonlyMap<string, Buffer>, nowUs: Micros, writtenBackUs: Micros, unflushed: boolean): boolean {
    const { atLeast, atMost, atMostIfUnflushed } = this.directory.survivors(nowUs, writtenBackUs)
    let allowed = false
    for (let count = atLeast; count <= (unflushed ? atMostIfUnflushed : atMost) && !allowed; count++) {
      const names = this.directory.after(count)
      allowed =
        names.size === found.size &&
        [...names].every(([path, file]) => {
          const content = found.get(path)
          return content !== undefined && file.allows(content, nowUs, writtenBackUs, count, unflushed)
        })
    }
    this.directory = new History<Names>(
      new Map([...found].map(([path, content]) => [path, new ModelFile(Buffer.from(content), 0)])),
    )
    return allowed
  }
}
