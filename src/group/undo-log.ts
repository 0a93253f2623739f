// Memory that is ahead of what is committed (G-42). A coordinator applies what it writes at once; readers see only what
// replicas have acknowledged; and what could not be written is taken back. Each change is noted with the log's end at the
// time: it is committed once the high watermark has passed that.

import { assert } from '../../sim/assert.ts'

interface Change {
  /** End of the log before what made this change was written. */
  readonly afterOffset: number
  readonly map: Restorable
  readonly key: string
  readonly before: unknown
}

interface Restorable {
  restore(key: string, before: unknown): void
}

export class UndoLog {
  /** End of what is written. */
  lastWritten = 0
  /** The high watermark, as last heard. */
  lastCommitted = 0
  private readonly changes: Change[] = []

  note(map: Restorable, key: string, before: unknown): void {
    this.changes.push({ afterOffset: this.lastWritten, map, key, before })
  }

  /** Everything below `offset` is committed. */
  commit(offset: number): void {
    assert(offset >= this.lastCommitted, `committed offset would fall from ${this.lastCommitted} to ${offset}`)
    this.lastCommitted = offset
    let done = 0
    while (done < this.changes.length && (this.changes[done]?.afterOffset ?? offset) < offset) done += 1
    if (done > 0) this.changes.splice(0, done)
  }

  /** Takes back what was changed since the log ended at `offset`. */
  revert(offset: number): void {
    for (let last = this.changes.at(-1); last !== undefined && last.afterOffset >= offset; last = this.changes.at(-1)) {
      last.map.restore(last.key, last.before)
      this.changes.pop()
    }
    this.lastWritten = offset
  }

  /** The first change of this key that is not committed. */
  firstUncommitted(map: Restorable, key: string): { readonly before: unknown } | undefined {
    return this.changes.find((change) => change.map === map && change.key === key)
  }

  uncommittedKeys(map: Restorable): string[] {
    return this.changes.filter((change) => change.map === map).map(({ key }) => key)
  }
}

/** A map whose changes can be taken back, and read as they were when last committed. Keys keep their order of arrival. */
export class UndoableMap<V> {
  private readonly values = new Map<string, V>()
  private readonly log: UndoLog

  constructor(log: UndoLog) {
    this.log = log
  }

  get(key: string): V | undefined {
    return this.values.get(key)
  }

  /** As of the last commit. */
  committed(key: string): V | undefined {
    const change = this.log.firstUncommitted(this, key)
    // What was noted for a key of this map came from this map.
    return change === undefined ? this.values.get(key) : (change.before as V | undefined)
  }

  set(key: string, value: V): void {
    this.log.note(this, key, this.values.get(key))
    this.values.set(key, value)
  }

  delete(key: string): void {
    if (!this.values.has(key)) return
    this.log.note(this, key, this.values.get(key))
    this.values.delete(key)
  }

  keys(): string[] {
    return [...this.values.keys()]
  }

  get size(): number {
    return this.values.size
  }

  committedKeys(): string[] {
    const keys = new Set([...this.values.keys(), ...this.log.uncommittedKeys(this)])
    return [...keys].filter((key) => this.committed(key) !== undefined)
  }

  restore(key: string, before: unknown): void {
    if (before === undefined) this.values.delete(key)
    else this.values.set(key, before as V)
  }
}
