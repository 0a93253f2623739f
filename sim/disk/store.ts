// What a disk holds across the lives of the processes that use it: names, files, journal, device. Turns the operations
// of a session, each at its local time, into changes, and frees undo data of durable ones a little at every operation
// (so an idle disk may keep some until it is used again).

import { assert } from '../assert.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Micros } from '../host.ts'
import { Owner } from '../owner.ts'
import type { Rng } from '../random/rng.ts'
import { Device } from './device.ts'
import { DiskTroubles } from './disk-troubles.ts'
import { Journal } from './journal.ts'
import type { DiskSettings } from './settings.ts'
import type { StoredFile } from './stored-file.ts'
import { Tree } from './tree.ts'

/** How much is kept because it may have to be undone. */
export interface UndoCounts {
  /** Appends and truncations of all files. */
  readonly changes: number
  /** Truncations whose bytes are kept. */
  readonly truncations: number
  readonly directoryChanges: number
}

export class Store {
  readonly loop: EventLoop
  readonly settings: DiskSettings
  readonly tree: Tree
  readonly journal: Journal
  readonly device: Device
  readonly troubles: DiskTroubles
  /** Files with changes that may not be durable. */
  private readonly dirty: StoredFile[]
  private cursor: number

  /** `name` is that of the machine. */
  constructor(name: string, loop: EventLoop, rng: Rng, settings: DiskSettings) {
    this.loop = loop
    this.settings = settings
    this.tree = new Tree()
    this.journal = new Journal(this.tree)
    // What the device does by itself is the world's doing, not the process's: a pause does not stop it.
    this.device = new Device(loop, new Owner(0, `disk of ${name}`), rng, (timeOfTicket) => {
      this.journal.log.redeem(timeOfTicket)
      for (const file of this.dirty) file.log.redeem(timeOfTicket)
    })
    this.troubles = new DiskTroubles()
    this.dirty = []
    this.cursor = 0
  }

  get nowUs(): Micros {
    return this.loop.nowUs
  }

  /** Changes not later than this are durable by writeback, which rests while the device stalls, and lies with it. */
  get writtenBackUs(): Micros {
    return this.troubles.honestUntil(this.device.workedUntil(this.loop.nowUs)) - this.settings.writebackAgeUs
  }

  append(file: StoredFile, bytes: Uint8Array, from: number, to: number, atUs: Micros): number {
    this.touch(file)
    return file.append(bytes, from, to, atUs)
  }

  truncate(file: StoredFile, sizeBytes: number, atUs: Micros): void {
    const { content } = file
    assert(sizeBytes >= 0 && sizeBytes <= content.sizeBytes, `truncate ${file.path} to ${sizeBytes}`)
    this.touch(file)
    if (sizeBytes === content.sizeBytes) return
    file.truncate(sizeBytes, atUs, this.journal.truncation(atUs))
  }

  /** How many bytes the disk can still take. */
  get freeBytes(): number {
    const { limitBytes } = this.troubles
    return limitBytes === Infinity ? Infinity : Math.max(0, limitBytes - this.tree.sizeBytes())
  }

  /** Issues a sync of the file's data; returns when it ends (or a ticket). */
  sync(file: StoredFile, atUs: Micros): Micros {
    this.touch(file)
    const { log } = file
    const { settings, journal } = this
    const created = file.createdSeq >= journal.log.first ? journal.log.timeOf(file.createdSeq) : 0
    const startUs = Math.max(atUs, log.lastUs, created)
    const bytes = file.grownSince(log.synced)
    const endUs = this.device.serve(startUs, settings.syncLatencyUs, bytes, settings.writeBytesPerUs)
    if (this.troubles.isLying) return endUs
    log.syncUpTo(log.next, endUs)
    // As on ext4, syncing a new file makes its creation durable as well, and with it the journal before; not what the
    // journal says of it afterwards, such as a rename.
    journal.log.syncUpTo(file.createdSeq + 1, endUs)
    return endUs
  }

  /** Issues a sync of the whole journal; returns when it ends (or a ticket). */
  syncJournal(atUs: Micros): Micros {
    this.sweep()
    const { log } = this.journal
    const endUs = this.device.serve(Math.max(atUs, log.lastUs), this.settings.syncLatencyUs, 0, 1)
    if (!this.troubles.isLying) log.syncUpTo(log.next, endUs)
    return endUs
  }

  /** All that is left is durable. */
  settled(): void {
    for (const file of this.dirty) file.listed = false
    this.dirty.length = 0
    this.cursor = 0
  }

  /** Frees what it can of one dirty file and of the journal. */
  sweep(): void {
    this.journal.forgetDurable(this.nowUs, this.writtenBackUs)
    if (this.dirty.length === 0) return
    this.cursor = (this.cursor + 1) % this.dirty.length
    const file = this.dirty[this.cursor]
    if (file === undefined) return
    file.forgetDurable(this.nowUs, this.writtenBackUs)
    if (!file.log.clean) return
    // Most files that are found so will not be written again.
    file.log.fit()
    const last = this.dirty.pop()
    if (last !== undefined && last !== file) this.dirty[this.cursor] = last
    file.listed = false
  }

  undoCounts(): UndoCounts {
    let changes = 0
    let truncations = 0
    for (const file of this.dirty) {
      changes += file.log.next - file.log.first
      truncations += file.undoableTruncations
    }
    return { changes, truncations, directoryChanges: this.journal.log.next - this.journal.log.first }
  }

  private touch(file: StoredFile): void {
    this.sweep()
    file.forgetDurable(this.nowUs, this.writtenBackUs)
    if (file.listed) return
    file.listed = true
    this.dirty.push(file)
  }
}
