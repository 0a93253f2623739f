// The disks of one machine: one that holds everything, and others that are mounted below some paths of it, each a device of
// its own that fails by itself. Who uses them sees one tree.

import { assert } from '../assert.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Disk, DiskFile } from '../host.ts'
import type { DiskError } from './disk-error.ts'
import type { PowerLossReport, SimDisk } from './sim-disk.ts'

export interface Mount {
  readonly path: string
  readonly disk: SimDisk
}

export class MountedDisks {
  readonly root: SimDisk
  readonly mounts: readonly Mount[]

  constructor(root: SimDisk, mounts: readonly Mount[]) {
    this.root = root
    this.mounts = mounts
    for (const { path } of mounts) {
      const nested = mounts.some((other) => other.path.startsWith(`${path}/`))
      assert(!nested, `a disk is mounted below the mount ${path}`)
    }
  }

  /** All of them, the root first. */
  get all(): readonly SimDisk[] {
    return [this.root, ...this.mounts.map(({ disk }) => disk)]
  }

  /** The one that holds what lies at `path`. */
  of(path: string): SimDisk {
    return this.mounts.find((mount) => isWithin(path, mount.path))?.disk ?? this.root
  }

  attach(endpoint: Endpoint): Disk {
    const root = this.root.attach(endpoint)
    if (this.mounts.length === 0) return root
    return new RoutingDisk(
      root,
      this.mounts.map(({ path, disk }) => ({ path, disk: disk.attach(endpoint) })),
    )
  }

  detach(endpoint: Endpoint): void {
    for (const disk of this.all) disk.detach(endpoint)
  }

  /** The machine has one supply: all lose it. */
  powerLoss(lose?: 'some' | 'all-unflushed', tears?: boolean): PowerLossReport {
    const reports = this.all.map((disk) => disk.powerLoss(lose, tears))
    return {
      atUs: reports[0]?.atUs ?? 0,
      files: reports.flatMap(({ files }) => files),
      lostDirectoryChanges: reports.flatMap(({ lostDirectoryChanges }) => lostDirectoryChanges),
    }
  }

  /** Some directory was given up by the process that uses it. */
  get isGivenUp(): boolean {
    return this.all.some((disk) => disk.isGivenUp)
  }
}

function isWithin(path: string, dir: string): boolean {
  return path === dir || path.startsWith(`${dir}/`)
}

/** Hands every operation to the disk that its path lies on. */
class RoutingDisk implements Disk {
  private readonly root: Disk
  private readonly mounts: readonly { readonly path: string; readonly disk: Disk }[]

  constructor(root: Disk, mounts: readonly { readonly path: string; readonly disk: Disk }[]) {
    this.root = root
    this.mounts = mounts
  }

  onFailure(dir: string, fn: (error: DiskError) => void): void {
    this.of(dir).onFailure(dir, fn)
  }

  open(path: string): DiskFile {
    return this.of(path).open(path)
  }

  exists(path: string): boolean {
    return this.of(path).exists(path)
  }

  list(dir: string): string[] {
    return this.of(dir).list(dir)
  }

  rename(from: string, to: string): void {
    const disk = this.of(from)
    assert(disk === this.of(to), `rename of ${from} to ${to}, on another disk`)
    disk.rename(from, to)
  }

  remove(path: string): void {
    this.of(path).remove(path)
  }

  syncDir(dir: string, then?: () => void): void {
    this.of(dir).syncDir(dir, then)
  }

  private of(path: string): Disk {
    return this.mounts.find((mount) => isWithin(path, mount.path))?.disk ?? this.root
  }
}
