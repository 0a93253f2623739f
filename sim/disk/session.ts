// The disk in the hands of one incarnation of a process: every operation at the local time of the job that does it, its
// cost charged to that job. A blocking sync or a cold read moves the job's end; on a slow or stalled disk it holds the job, and
// what the job does after it counts as done when the stall is over. Where a directory is guarded, its first failed operation is
// the last: whatever is asked of it later fails, too, and what waits for its syncs is never told. Dies with the process.

import { assert } from '../assert.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Disk, DiskFile, Micros } from '../host.ts'
import { isTicket } from './device.ts'
import { DiskError, type DiskOperation } from './disk-error.ts'
import type { Store } from './store.ts'
import type { StoredFile } from './stored-file.ts'

interface Guard {
  readonly dir: string
  readonly onFailure: (error: DiskError) => void
  /** The first failure. */
  error: DiskError | undefined
}

export class DiskSession implements Disk {
  readonly endpoint: Endpoint
  private readonly store: Store
  private detached: boolean
  /** Bytes copied into the cache that are not worth a microsecond yet. */
  private uncharged: number
  /** The ticket the running job waits for, and the event it runs in; -1 when none does. */
  private heldFor: Micros
  private heldIn: number
  private readonly guards: Guard[]
  /** Some guarded directory has failed. */
  private failed: boolean

  constructor(store: Store, endpoint: Endpoint) {
    this.store = store
    this.endpoint = endpoint
    this.detached = false
    this.uncharged = 0
    this.heldFor = -1
    this.heldIn = -1
    this.guards = []
    this.failed = false
  }

  /** A guarded directory has failed. */
  get hasFailed(): boolean {
    return this.failed
  }

  onFailure(dir: string, fn: (error: DiskError) => void): void {
    this.checkAlive()
    this.guards.push({ dir, onFailure: fn, error: undefined })
  }

  open(path: string): DiskFile {
    this.checkAlive()
    const { tree, journal } = this.store
    const there = tree.get(path)
    if (there !== undefined) return new OpenFile(this, there)
    this.admit('write', path)
    this.store.sweep()
    return new OpenFile(this, journal.create(path, this.localUs()))
  }

  exists(path: string): boolean {
    this.checkAlive()
    return this.store.tree.get(path) !== undefined || this.store.tree.isDirectory(path)
  }

  list(dir: string): string[] {
    this.checkAlive()
    return this.store.tree.list(dir)
  }

  rename(from: string, to: string): void {
    this.checkAlive()
    if (from === to) return
    this.admit('write', from)
    this.store.sweep()
    this.store.journal.rename(from, to, this.localUs())
  }

  remove(path: string): void {
    this.checkAlive()
    const { tree, journal } = this.store
    assert(!tree.isDirectory(path), `remove of the directory ${path}`)
    if (tree.get(path) === undefined) return
    this.admit('write', path)
    this.store.sweep()
    journal.remove(path, this.localUs())
  }

  /** There is one journal per disk: this makes the entries of every directory durable, as journaling file systems do. */
  syncDir(dir: string, then?: () => void): void {
    this.checkAlive()
    assert(dir === '' || this.store.tree.isDirectory(dir) || this.store.tree.get(dir) === undefined, `${dir} is a file`)
    const error = this.errorOf('sync', dir)
    if (error !== undefined) return this.failSync(error, then !== undefined)
    const endUs = this.store.syncJournal(this.localUs())
    this.await(endUs, this.store.journal.log.next, then, dir)
  }

  append(file: StoredFile, bytes: Uint8Array, from: number, to: number): number {
    this.checkAlive()
    const inside = from >= 0 && from <= to && to <= bytes.length
    if (!inside) assert(false, `append of [${from}, ${to}) of ${bytes.length} bytes`)
    const rate = this.store.settings.cacheBytesPerUs
    this.uncharged += to - from
    if (this.uncharged >= rate) {
      const us = Math.floor(this.uncharged / rate)
      this.uncharged -= us * rate
      this.endpoint.charge(us)
    }
    if (!this.calm) this.admitAppend(file, bytes, from, to)
    return this.store.append(file, bytes, from, to, this.localUs())
  }

  read(file: StoredFile, position: number, length: number): Uint8Array {
    this.checkAlive()
    // Who looks on waits for nothing, and leaves the cache as it is.
    if (!this.store.loop.isExecuting) return file.content.read(position, length)
    this.admit('read', file.path)
    const loaded = file.content.warm(position, length)
    if (loaded > 0) {
      const { coldReadLatencyUs, coldReadBytesPerUs } = this.store.settings
      const endUs = this.store.device.serve(this.localUs(), coldReadLatencyUs, loaded, coldReadBytesPerUs)
      this.await(endUs, loaded, undefined, file.path)
    }
    return file.content.read(position, length)
  }

  truncate(file: StoredFile, sizeBytes: number): void {
    this.checkAlive()
    this.admit('write', file.path)
    this.store.truncate(file, sizeBytes, this.localUs())
  }

  allocate(file: StoredFile, sizeBytes: number): void {
    this.checkAlive()
    file.allocatedBytes = sizeBytes
    // Who takes the room back has done with the file: what memory is kept for it to grow goes, too.
    if (sizeBytes === 0) file.content.fit()
  }

  sync(file: StoredFile, then: (() => void) | undefined): void {
    this.checkAlive()
    const error = this.errorOf('sync', file.path)
    if (error !== undefined) return this.failSync(error, then !== undefined)
    this.await(this.store.sync(file, this.localUs()), file.content.sizeBytes, then, file.path)
  }

  /** The process is gone: using this, or a file opened through it, is a defect from now on. */
  die(): void {
    this.detached = true
  }

  /** A process that halts is dead before it is detached: what it still does while it unwinds must not reach the disk. */
  private get alive(): boolean {
    return !this.detached && this.endpoint.owner.state !== 'dead'
  }

  private checkAlive(): void {
    if (!this.alive) assert(false, `the disk of a dead incarnation of ${this.endpoint.hostName} is used`)
  }

  /**
   * When what the process does now takes place. Once the job waits for a slow or stalled disk that is a ticket; so is, a little
   * too late but never too early, what other jobs do in the rest of the same event.
   */
  private localUs(): Micros {
    return this.heldIn === this.store.loop.executed ? this.heldFor : this.endpoint.localUs()
  }

  /** As nearly always. */
  private get calm(): boolean {
    return this.store.troubles.calm && !this.failed
  }

  private errorOf(operation: DiskOperation, path: string): DiskError | undefined {
    // Who looks on meets no trouble.
    if (this.calm || !this.store.loop.isExecuting) return undefined
    const first = this.failed ? this.guardOf(path)?.error : undefined
    if (first !== undefined) return new DiskError(first.problem, operation, path)
    return this.store.troubles.errorOf(operation, path)
  }

  /** Throws if the operation fails. */
  private admit(operation: DiskOperation, path: string): void {
    const error = this.errorOf(operation, path)
    if (error === undefined) return
    this.note(error)
    throw error
  }

  /** A full disk takes what it has room for. */
  private admitAppend(file: StoredFile, bytes: Uint8Array, from: number, to: number): void {
    this.admit('write', file.path)
    const { freeBytes } = this.store
    if (to - from <= freeBytes) return
    this.store.append(file, bytes, from, from + freeBytes, this.localUs())
    const error = this.store.troubles.hitLimit(file.path)
    this.note(error)
    throw error
  }

  /** The job waits for it all the same; in the background only the guard is told, when it ends. */
  private failSync(error: DiskError, inBackground: boolean): void {
    const { device, settings } = this.store
    const endUs = device.serve(this.localUs(), settings.syncLatencyUs, 0, 1)
    const guard = this.guardOf(error.path)
    if (!inBackground) {
      this.await(endUs, 0, undefined, error.path)
      this.note(error)
      throw error
    }
    assert(guard !== undefined, `nobody is told that in the background ${error.message}`)
    if (guard.error === undefined) this.await(endUs, 0, () => this.note(error), error.path)
  }

  /** Tells the guard of the first failure. */
  private note(error: DiskError): void {
    const guard = this.guardOf(error.path)
    if (guard === undefined || guard.error !== undefined) return
    guard.error = error
    this.failed = true
    guard.onFailure(error)
  }

  private guardOf(path: string): Guard | undefined {
    return this.guards.find(({ dir }) => path === dir || path.startsWith(`${dir}/`))
  }

  /** Lets the job wait for the device, or the continuation if there is one. */
  private await(endUs: Micros, digest: number, then: (() => void) | undefined, path: string): void {
    if (then !== undefined) {
      const goOn = () => {
        if (!this.failed || this.guardOf(path)?.error === undefined) then()
      }
      if (isTicket(endUs)) this.store.device.whenKnown((knownUs) => this.schedule(knownUs, 'disk-sync', digest, goOn))
      else this.schedule(endUs, 'disk-sync', digest, goOn)
      return
    }
    if (!isTicket(endUs)) {
      this.endpoint.charge(endUs - this.endpoint.localUs())
      return
    }
    const release = this.endpoint.hold()
    if (release === undefined) return
    this.heldFor = endUs
    this.heldIn = this.store.loop.executed
    this.store.device.whenKnown((knownUs) => {
      this.heldIn = -1
      this.schedule(knownUs, 'disk-release', digest, release)
    })
  }

  private schedule(atUs: Micros, kind: string, digest: number, fn: () => void): void {
    if (!this.alive) return
    this.store.loop.schedule(atUs, this.endpoint.owner, kind, digest >>> 0, () => {
      if (this.alive) fn()
    })
  }
}

class OpenFile implements DiskFile {
  private readonly session: DiskSession
  private readonly file: StoredFile

  constructor(session: DiskSession, file: StoredFile) {
    this.session = session
    this.file = file
  }

  get path(): string {
    return this.file.path
  }

  get sizeBytes(): number {
    return this.file.content.sizeBytes
  }

  get allocatedBytes(): number {
    return this.file.allocatedBytes
  }

  append(bytes: Uint8Array, from = 0, to = bytes.length): number {
    return this.session.append(this.file, bytes, from, to)
  }

  read(position: number, length: number): Uint8Array {
    return this.session.read(this.file, position, length)
  }

  truncate(sizeBytes: number): void {
    this.session.truncate(this.file, sizeBytes)
  }

  allocate(sizeBytes: number): void {
    this.session.allocate(this.file, sizeBytes)
  }

  sync(then?: () => void): void {
    this.session.sync(this.file, then)
  }
}
