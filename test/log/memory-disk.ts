// A disk in memory for tests of logs: everything takes place at once, syncs too unless they are held back.

import type { Disk, DiskFile } from '../../sim/host.ts'

export class MemoryDisk implements Disk {
  /** While true, syncs with a continuation wait for `finishSyncs`. */
  holdSyncs = false
  /** What was synced, in order: paths of files, and of directories with a trailing slash. */
  readonly synced: string[] = []
  private readonly files = new Map<string, MemoryFile>()
  private held: (() => void)[] = []

  /** Nothing ever fails here. */
  onFailure(): void {}

  open(path: string): DiskFile {
    let file = this.files.get(path)
    if (file === undefined) {
      file = new MemoryFile(this, path)
      this.files.set(path, file)
    }
    return file
  }

  exists(path: string): boolean {
    return this.files.has(path) || this.list(path).length > 0
  }

  list(dir: string): string[] {
    const names = new Set<string>()
    for (const path of this.files.keys()) {
      if (path.startsWith(`${dir}/`)) names.add(path.slice(dir.length + 1).split('/')[0]!)
    }
    return [...names].toSorted()
  }

  rename(from: string, to: string): void {
    const file = this.files.get(from)
    if (file === undefined) throw new Error(`rename of ${from}, which does not exist`)
    this.files.delete(from)
    file.path = to
    this.files.set(to, file)
  }

  remove(path: string): void {
    this.files.delete(path)
  }

  syncDir(dir: string, then?: () => void): void {
    this.noteSync(`${dir}/`, then)
  }

  noteSync(what: string, then: (() => void) | undefined): void {
    const done = (): void => {
      this.synced.push(what)
      then?.()
    }
    if (this.holdSyncs && then !== undefined) this.held.push(done)
    else done()
  }

  /** Lets the syncs held back so far, and those they lead to, take place. */
  finishSyncs(): void {
    while (this.held.length > 0) this.held.shift()!()
  }

  /** The process died: nothing it waited for happens any more. */
  forgetSyncs(): void {
    this.held = []
  }

  bytes(path: string): Uint8Array {
    const file = this.files.get(path)
    if (file === undefined) throw new Error(`no file ${path}`)
    return file.read(0, file.sizeBytes)
  }

  /** The room it was given; 0 if none, or there is no such file. */
  allocatedBytes(path: string): number {
    return this.files.get(path)?.allocatedBytes ?? 0
  }

  text(path: string): string {
    return new TextDecoder().decode(this.bytes(path))
  }

  /** Replaces what the file holds. */
  put(path: string, content: string | Uint8Array): void {
    const file = this.open(path)
    file.truncate(0)
    file.append(typeof content === 'string' ? new TextEncoder().encode(content) : content)
  }

  /** Changes one bit. */
  rot(path: string, position: number): void {
    const content = this.bytes(path).slice()
    content[position] = content[position]! ^ 1
    this.put(path, content)
  }

  /** An independent disk with the same files. */
  copy(): MemoryDisk {
    const other = new MemoryDisk()
    for (const [path, file] of this.files) other.put(path, file.read(0, file.sizeBytes))
    return other
  }
}

class MemoryFile implements DiskFile {
  path: string
  allocatedBytes = 0
  private readonly disk: MemoryDisk
  /** Never written to: every change makes a new array, so that views handed out stay as they are. */
  private content = new Uint8Array(0)

  constructor(disk: MemoryDisk, path: string) {
    this.disk = disk
    this.path = path
  }

  get sizeBytes(): number {
    return this.content.length
  }

  append(bytes: Uint8Array, from = 0, to = bytes.length): number {
    const at = this.content.length
    const grown = new Uint8Array(at + to - from)
    grown.set(this.content)
    grown.set(bytes.subarray(from, to), at)
    this.content = grown
    return at
  }

  read(position: number, length: number): Uint8Array {
    if (position < 0 || length < 0 || position + length > this.content.length) throw new Error('read past the end')
    return this.content.subarray(position, position + length)
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes > this.content.length) throw new Error('truncate beyond the end')
    this.content = this.content.slice(0, sizeBytes)
  }

  allocate(sizeBytes: number): void {
    this.allocatedBytes = sizeBytes
  }

  sync(then?: () => void): void {
    this.disk.noteSync(this.path, then)
  }
}
