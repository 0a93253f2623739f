// One device of a machine, with its file system: what survives the machine's processes, and what a loss of power leaves. One
// process at a time uses it. It can be slow, stall, fail operations, run full, lie about syncs, and rot. Left out: a cache of
// limited size (it goes cold only with the power); hence an error hits reads of what is cached, too, and so does rot.

import { assert } from '../assert.ts'
import type { ErrorRule } from './disk-troubles.ts'
import type { Endpoint } from '../endpoint.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Disk, Micros } from '../host.ts'
import type { Rng } from '../random/rng.ts'
import type { DirectoryChange } from './journal.ts'
import { DiskSession } from './session.ts'
import { type DiskSettings, diskSettings } from './settings.ts'
import { Store, type UndoCounts } from './store.ts'
import type { FileLoss } from './stored-file.ts'

/** What a power loss took. */
export interface PowerLossReport {
  readonly atUs: Micros
  /** The files that lost something, or all and their names with it, by path. */
  readonly files: readonly FileLoss[]
  /** Changes of the directory tree that are undone, oldest first. */
  readonly lostDirectoryChanges: readonly DirectoryChange[]
}

export class SimDisk {
  readonly name: string
  readonly settings: DiskSettings
  private readonly rng: Rng
  private readonly store: Store
  private session: DiskSession | undefined

  /** `rng` is this disk's own stream, `disk/<name>`. */
  constructor(name: string, loop: EventLoop, rng: Rng, settings?: Partial<DiskSettings>) {
    this.name = name
    this.settings = diskSettings(settings)
    this.rng = rng
    this.store = new Store(name, loop, rng, this.settings)
    this.session = undefined
  }

  /** The disk for one incarnation, until it is detached or the power goes. */
  attach(endpoint: Endpoint): Disk {
    assert(this.session === undefined, `disk ${this.name} is in use already`)
    this.session = new DiskSession(this.store, endpoint)
    return this.session
  }

  /**
   * The process died, the machine did not: the cache stays, and what was asked of the device goes on. A kill does not
   * interrupt who waits for a disk: what a job did after a sync has taken place when that ends, and not before.
   */
  detach(endpoint: Endpoint): void {
    if (this.session?.endpoint !== endpoint) return
    this.session.die()
    this.session = undefined
  }

  /**
   * The power goes, at this instant: of what is not durable, each file keeps the changes up to a random one (the last
   * of them perhaps torn), and so does the journal; with `'all-unflushed'` they keep none. What has not taken
   * place yet, by the local time of its job, never will. The cache is cold afterwards. Detaches whoever is attached. With
   * `tears` every file that had something in doubt keeps some of it, and the end of that is torn.
   */
  powerLoss(lose: 'some' | 'all-unflushed' = 'some', tears = false): PowerLossReport {
    this.session?.die()
    this.session = undefined
    const { store, settings } = this
    store.device.settle()
    const { nowUs, writtenBackUs, tree } = store
    const rng = lose === 'some' ? this.rng : undefined
    const { lost, lostFiles, durableBefore } = store.journal.powerLoss(nowUs, writtenBackUs, rng)
    const files: FileLoss[] = []
    for (const path of tree.paths()) {
      const loss = tree.get(path)?.powerLoss(nowUs, writtenBackUs, durableBefore, rng, settings, tears)
      if (loss !== undefined) files.push(loss)
    }
    for (const { path, content, log } of lostFiles) {
      const lostChanges = log.next - log.first
      if (content.sizeBytes > 0)
        files.push({ path, sizeBefore: content.sizeBytes, sizeAfter: 0, lostChanges, torn: 'no' })
    }
    files.sort((one, other) => (one.path < other.path ? -1 : 1))
    store.settled()
    store.device.clear()
    return { atUs: nowUs, files, lostDirectoryChanges: lost }
  }

  /**
   * Makes the device take `factor` times as long, until healed, for what is issued from now on, and for what is left of
   * what was issued while it was slow or stalled. Factors multiply.
   */
  slow(factor: number): () => void {
    return this.store.device.slow(factor)
  }

  /**
   * The device rests until healed; overlapping stalls all have to be. What was issued while it was sound still ends in
   * time.
   */
  stall(): () => void {
    return this.store.device.stall()
  }

  /** Until healed, the operations that the rule names fail. */
  fail(rule: ErrorRule): () => void {
    return this.store.troubles.failing(rule)
  }

  /** Until healed, it takes `freeBytes` more than it holds now, and no more. `onHit` is told of each append that does not fit. */
  fill(freeBytes: number, onHit: () => void): () => void {
    return this.store.troubles.full(this.store.tree.sizeBytes() + freeBytes, onHit)
  }

  /** Until healed, syncs end in time and make nothing durable. */
  lie(): () => void {
    return this.store.troubles.lying(this.store.nowUs)
  }

  /** Changes these bits of a byte of a file, as the medium does of itself: nobody is told. */
  rot(path: string, position: number, bits: number): void {
    const file = this.store.tree.get(path)
    assert(file !== undefined, `no file ${path} to rot`)
    assert(bits > 0 && bits < 256, `bits ${bits} of a byte`)
    file.content.flip(position, bits)
  }

  /** The process that uses it was told that a directory it guards has failed. */
  get isGivenUp(): boolean {
    return this.session?.hasFailed === true
  }

  /** A file's content as the cache sees it. For tests and observers: takes no time and warms nothing. */
  inspect(path: string): Uint8Array | undefined {
    const content = this.store.tree.get(path)?.content
    return content?.read(0, content.sizeBytes)
  }

  /** Puts a file on the disk that was there before anything began: durable, and not in the cache. */
  install(path: string, bytes: Uint8Array): void {
    const { journal } = this.store
    const file = journal.create(path, 0)
    file.append(bytes, 0, bytes.length, 0)
    file.log.settle(0, bytes.length)
    file.content.chill()
    journal.settle()
  }

  /** A file's size in a listing of its directory: its content, and the zeros it was given room for. */
  listedSizeBytes(path: string): number {
    const file = this.store.tree.get(path)
    return file === undefined ? 0 : Math.max(file.content.sizeBytes, file.allocatedBytes)
  }

  /** Paths of all files, sorted. */
  paths(): string[] {
    return this.store.tree.paths()
  }

  /** Memory that the files take with what may have to be undone of them, without what a cut took away. For tests of memory. */
  heldBytes(): number {
    let held = 0
    for (const path of this.store.tree.paths()) {
      const file = this.store.tree.get(path)
      if (file !== undefined) held += file.content.heldBytes + file.log.heldBytes
    }
    return held
  }

  /** How much is kept because it may have to be undone. For tests of memory. */
  undoCounts(): UndoCounts {
    return this.store.undoCounts()
  }
}
