// The disks a fault means, and what mends them.

import { assert } from '../assert.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import type { DiskArgs, FaultyProcess, FaultyWorld, Heal } from './fault.ts'
import { healAll } from './fault.ts'

export function disksOf(world: FaultyWorld, { process, dir }: DiskArgs): readonly SimDisk[] {
  const { disks } = world.process(process).machine
  return dir === undefined ? disks.all : [disks.of(dir)]
}

/**
 * Undoes what was done to disks. Somebody has looked after them then: a process that halted meanwhile is started, and one
 * that has given a directory up is asked to stop, and started again.
 */
export function mending(process: FaultyProcess, heals: readonly Heal[]): Heal {
  return healAll([() => lookAfter(process), ...heals])
}

function lookAfter(process: FaultyProcess): void {
  const { machine } = process
  if (process.state === 'dead') {
    if (machine.on && !process.isHeldDown) process.start()
    return
  }
  if (!process.alive || !machine.disks.isGivenUp || process.isTerminating) return
  process.terminate()
  assert(process.alive, `${process.name} ends the moment it is asked to`)
  process.holdDown()()
}
