// A disk that remembers every operation, and can say what would be on it had the power failed after any of them: of the
// journal (names, and cuts) any prefix from the last directory sync on, of each file all that was synced and, of the rest, nothing, a
// part or everything. After a mere kill everything is there.

import type { Disk, DiskFile } from '../../../sim/host.ts'
import { MemoryDisk } from '../memory-disk.ts'

type Change =
  | { readonly kind: 'create'; readonly id: number; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'cut'; readonly id: number }

interface Inode {
  readonly id: number
  path: string
  bytes: Uint8Array
  /** How much of the journal must be there for what it holds: up to its last cut. */
  needs: number
  /** After each operation on it: [ordinal of the operation, bytes, whether they are durable, what they need]. */
  readonly past: [number, Uint8Array, boolean, number][]
}

export class CrashingDisk implements Disk {
  private readonly inodes: Inode[] = []
  private readonly names = new Map<string, Inode>()
  private readonly journal: { readonly ordinal: number; readonly change: Change }[] = []
  /** After which operation how much of the journal was durable. */
  private readonly durable: { readonly ordinal: number; readonly entries: number }[] = []
  private ordinal = 0
  /** States that were given, by what tells them apart. */
  private readonly given = new Set<string>()

  /** A disk with the same files, all of them durable. */
  static with(files: MemoryDisk, paths: readonly string[]): CrashingDisk {
    const disk = new CrashingDisk()
    for (const path of paths) {
      disk.open(path).append(files.bytes(path))
      disk.open(path).sync()
    }
    disk.syncDir('')
    return disk
  }

  /** Nothing fails but the power. */
  onFailure(): void {}

  /** Number of operations so far. */
  get operations(): number {
    return this.ordinal
  }

  open(path: string): DiskFile {
    let inode = this.names.get(path)
    if (inode === undefined) {
      inode = { id: this.inodes.length, path, bytes: new Uint8Array(0), needs: 0, past: [] }
      this.inodes.push(inode)
      this.names.set(path, inode)
      this.note({ kind: 'create', id: inode.id, path })
      inode.past.push([this.ordinal, inode.bytes, false, 0])
    }
    return new CrashingFile(this, inode)
  }

  exists(path: string): boolean {
    return this.names.has(path) || this.list(path).length > 0
  }

  list(dir: string): string[] {
    const found = new Set<string>()
    for (const path of this.names.keys()) {
      if (path.startsWith(`${dir}/`)) found.add(path.slice(dir.length + 1).split('/')[0]!)
    }
    return [...found].toSorted()
  }

  rename(from: string, to: string): void {
    const inode = this.names.get(from)!
    this.names.delete(from)
    inode.path = to
    this.names.set(to, inode)
    this.note({ kind: 'rename', from, to })
  }

  remove(path: string): void {
    if (this.names.delete(path)) this.note({ kind: 'remove', path })
  }

  syncDir(_dir: string, then?: () => void): void {
    this.ordinal += 1
    this.durable.push({ ordinal: this.ordinal, entries: this.journal.length })
    then?.()
  }

  write(inode: Inode, bytes: Uint8Array): void {
    if (bytes.length < inode.bytes.length) {
      this.note({ kind: 'cut', id: inode.id })
      inode.needs = this.journal.length
    }
    inode.bytes = bytes
    inode.past.push([++this.ordinal, bytes, false, inode.needs])
  }

  /** As in journaling file systems, what the journal says of the file, and all before, is durable with it. */
  syncFile(inode: Inode): void {
    inode.past.push([++this.ordinal, inode.bytes, true, inode.needs])
    const entries = this.journal.findLastIndex(({ change }) => isOf(change, inode)) + 1
    this.durable.push({ ordinal: this.ordinal, entries: Math.max(entries, this.durable.at(-1)?.entries ?? 0) })
  }

  /**
   * What may be on the disk after a power failure right after the first `count` operations, and after a kill; but nothing
   * that was given before.
   */
  *afterFailure(count: number): Generator<MemoryDisk> {
    const made = this.journal.filter(({ ordinal }) => ordinal <= count)
    const kept = this.durable.findLast(({ ordinal }) => ordinal <= count)?.entries ?? 0
    for (let entries = Math.min(kept, made.length); entries <= made.length; entries++) {
      const names = this.namesAfter(made.slice(0, entries).map(({ change }) => change))
      yield* this.disksWith([...names], count, entries)
    }
  }

  private namesAfter(changes: readonly Change[]): Map<string, Inode> {
    const names = new Map<string, Inode>()
    for (const change of changes) {
      if (change.kind === 'create') names.set(change.path, this.inodes[change.id]!)
      else if (change.kind === 'remove') names.delete(change.path)
      else if (change.kind === 'rename') {
        const inode = names.get(change.from)!
        names.delete(change.from)
        names.set(change.to, inode)
      }
    }
    return names
  }

  /** Each file with each of the contents that it may have. */
  private *disksWith(names: readonly [string, Inode][], count: number, entries: number): Generator<MemoryDisk> {
    const choices = names.map(([path, inode]) => ({ path, id: inode.id, contents: contentsOf(inode, count, entries) }))
    const unsure = choices.filter(({ contents }) => contents.length > 1)
    const combinations = unsure.reduce((product, { contents }) => product * contents.length, 1)
    for (let n = 0; n < combinations; n++) {
      let rest = n
      const files = choices.map(({ path, id, contents }) => {
        const content = contents[rest % contents.length]!
        if (contents.length > 1) rest = Math.floor(rest / contents.length)
        return { path, content, mark: `${path} ${id} ${content.length}` }
      })
      const marks = files.map(({ mark }) => mark).join('\n')
      if (this.given.has(marks)) continue
      this.given.add(marks)
      const disk = new MemoryDisk()
      for (const { path, content } of files) disk.put(path, content)
      yield disk
    }
  }

  private note(change: Change): void {
    this.journal.push({ ordinal: ++this.ordinal, change })
  }
}

function isOf(change: Change, { id, path }: Inode): boolean {
  return change.kind === 'rename' ? change.to === path : change.kind !== 'remove' && change.id === id
}

/** What is durable, all that was written, and half of what lies between; with so much of the journal. */
function contentsOf(inode: Inode, count: number, entries: number): Uint8Array[] {
  const past = inode.past.filter(([ordinal, , , needs]) => ordinal <= count && needs <= entries)
  const synced = past.findLast(([, , durable]) => durable)?.[1] ?? new Uint8Array(0)
  const written = past.at(-1)?.[1] ?? synced
  if (written.length <= synced.length) return [written]
  return [synced, written.subarray(0, (synced.length + written.length) >> 1), written]
}

class CrashingFile implements DiskFile {
  private readonly disk: CrashingDisk
  private readonly inode: Inode

  constructor(disk: CrashingDisk, inode: Inode) {
    this.disk = disk
    this.inode = inode
  }

  get path(): string {
    return this.inode.path
  }

  get sizeBytes(): number {
    return this.inode.bytes.length
  }

  get allocatedBytes(): number {
    return 0
  }

  append(bytes: Uint8Array, from = 0, to = bytes.length): number {
    const at = this.inode.bytes.length
    const grown = new Uint8Array(at + to - from)
    grown.set(this.inode.bytes)
    grown.set(bytes.subarray(from, to), at)
    this.disk.write(this.inode, grown)
    return at
  }

  read(position: number, length: number): Uint8Array {
    return this.inode.bytes.subarray(position, position + length)
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.inode.bytes.length) this.disk.write(this.inode, this.inode.bytes.slice(0, sizeBytes))
  }

  allocate(): void {}

  sync(then?: () => void): void {
    this.disk.syncFile(this.inode)
    then?.()
  }
}
