// The machine a process runs on: power, disks, clock and CPU. It outlives its process; a power loss switches it off and
// takes what the disk had not made durable. One process per machine.

import type { EventLoop } from '../event-loop.ts'
import { type Mount, MountedDisks } from '../disk/mounted-disks.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import { MachineClock } from './machine-clock.ts'
import { Slowdown } from './slowdown.ts'

export class Machine {
  readonly name: string
  readonly rack: string | undefined
  readonly disks: MountedDisks
  readonly clock: MachineClock
  /** How much longer than usual CPU work takes. */
  readonly cpu = new Slowdown()
  private powered = true

  constructor(
    name: string,
    rack: string | undefined,
    disk: SimDisk,
    loop: EventLoop,
    wallStartMs: number,
    mounts: readonly Mount[] = [],
  ) {
    this.name = name
    this.rack = rack
    this.disks = new MountedDisks(disk, mounts)
    this.clock = new MachineClock(loop, wallStartMs)
    this.clock.boot()
  }

  /** The one that holds everything, unless others are mounted. */
  get disk(): SimDisk {
    return this.disks.root
  }

  get on(): boolean {
    return this.powered
  }

  switchOff(): void {
    this.powered = false
  }

  /** Boots the machine: its monotonic clock starts anew. */
  switchOn(): void {
    this.powered = true
    this.clock.boot()
  }
}
