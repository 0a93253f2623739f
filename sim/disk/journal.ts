// The journal of a journaling file system: creations, renames, removals and truncations in the order they were made, over
// the whole disk. What is durable is always a prefix of it, so that whoever syncs a later entry makes all before durable.
// Until a change is durable its entry keeps what is needed to take it back, a removed or replaced file included; of a
// truncation that is the file's business.

import { assert, unreachable } from '../assert.ts'
import type { Micros } from '../host.ts'
import type { Rng } from '../random/rng.ts'
import { StoredFile } from './stored-file.ts'
import type { Tree } from './tree.ts'
import { UnsyncedLog } from './unsynced-log.ts'

/** A change of the directory tree, as a report names it. */
export type DirectoryChange =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }

interface Move {
  readonly from: string
  readonly to: string
}

interface JournalEntry {
  readonly change: DirectoryChange | undefined
  /** The file removed, or replaced by a rename. */
  readonly gone: StoredFile | undefined
  /** The files a rename moved: one, or all those of a directory. */
  readonly moves: readonly Move[]
}

/** What a power loss left of the journal. */
export interface JournalLoss {
  /** Oldest first. */
  readonly lost: readonly DirectoryChange[]
  /** The files that were never more than that, as they were. */
  readonly lostFiles: readonly StoredFile[]
  /** Entries before this one are durable. */
  readonly durableBefore: number
}

export class Journal {
  readonly log: UnsyncedLog
  private readonly tree: Tree
  /** The entries of the log's changes, in step with it. */
  private readonly entries: JournalEntry[]

  constructor(tree: Tree) {
    this.log = new UnsyncedLog()
    this.tree = tree
    this.entries = []
  }

  create(path: string, atUs: Micros): StoredFile {
    const file = new StoredFile(path, this.log.next)
    this.tree.add(path, file)
    this.record({ kind: 'create', path }, undefined, [], atUs)
    return file
  }

  remove(path: string, atUs: Micros): void {
    this.record({ kind: 'remove', path }, this.tree.delete(path), [], atUs)
  }

  /** Moves a file, replacing the one at `to`, or a whole directory, to a path where there is nothing. */
  rename(from: string, to: string, atUs: Micros): void {
    if (!this.tree.isDirectory(from)) {
      const moved = this.tree.delete(from)
      const gone = this.tree.get(to) === undefined ? undefined : this.tree.delete(to)
      this.tree.add(to, moved)
      this.record({ kind: 'rename', from, to }, gone, [{ from, to }], atUs)
      return
    }
    assert(!this.tree.isDirectory(to) && this.tree.get(to) === undefined, `rename of ${from}: ${to} is there already`)
    assert(from !== '' && !to.startsWith(`${from}/`), `rename of ${from} into itself`)
    const moves = this.tree.paths(from).map((path) => ({ from: path, to: to + path.slice(from.length) }))
    for (const move of moves) this.tree.add(move.to, this.tree.delete(move.from))
    this.record({ kind: 'rename', from, to }, undefined, moves, atUs)
  }

  /** Notes that a file was cut; returns the number of the entry. */
  truncation(atUs: Micros): number {
    this.record(undefined, undefined, [], atUs)
    return this.log.next - 1
  }

  /** All that was done so far is durable. */
  settle(): void {
    this.entries.length = 0
    this.log.settle(this.log.lastUs, 0)
  }

  /** Frees what is kept for changes that are durable by now. */
  forgetDurable(nowUs: Micros, writtenBackUs: Micros): void {
    const first = this.log.first
    this.log.forgetDurable(nowUs, writtenBackUs)
    if (this.log.first > first) this.entries.splice(0, this.log.first - first)
  }

  /** Leaves a prefix of the changes that are not durable (none of them unless `rng` is given). */
  powerLoss(nowUs: Micros, writtenBackUs: Micros, rng: Rng | undefined): JournalLoss {
    this.forgetDurable(nowUs, writtenBackUs)
    const inDoubt = this.log.happenedBy(nowUs) - this.log.first
    const survivors = rng === undefined || inDoubt === 0 ? 0 : rng.below(inDoubt + 1)
    const durableBefore = this.log.first + survivors
    const lost: DirectoryChange[] = []
    const lostFiles: StoredFile[] = []
    for (const entry of this.entries.splice(survivors).toReversed()) {
      if (entry.change === undefined) continue
      if (entry.change.kind === 'create') lostFiles.push(this.tree.delete(entry.change.path))
      else this.undo(entry.change, entry)
      lost.unshift(entry.change)
    }
    this.entries.length = 0
    this.log.settle(nowUs, 0)
    return { lost, lostFiles, durableBefore }
  }

  private record(
    change: DirectoryChange | undefined,
    gone: StoredFile | undefined,
    moves: readonly Move[],
    atUs: Micros,
  ): void {
    this.log.push(atUs, 0)
    this.entries.push({ change, gone, moves })
  }

  private undo(change: Exclude<DirectoryChange, { kind: 'create' }>, { gone, moves }: JournalEntry): void {
    switch (change.kind) {
      case 'remove':
        assert(gone !== undefined, `removal of ${change.path} kept no file`)
        this.tree.add(change.path, gone)
        return
      case 'rename':
        for (let i = moves.length - 1; i >= 0; i--) {
          const move = moves[i]
          if (move !== undefined) this.tree.add(move.from, this.tree.delete(move.to))
        }
        if (gone !== undefined) this.tree.add(change.to, gone)
        return
      default:
        unreachable(change, 'directory change')
    }
  }
}
