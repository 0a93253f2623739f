// What a fault is: something done to a world that may be undone. Arguments are plain data, as a scenario writes them;
// each fault asserts that it understands its own.

import type { SimNetwork } from '../network/sim-network.ts'
import type { SimProcess } from '../process/sim-process.ts'

/** As much of a process as faults touch. */
export type FaultyProcess = Pick<
  SimProcess,
  | 'name'
  | 'machine'
  | 'state'
  | 'alive'
  | 'incarnation'
  | 'start'
  | 'crash'
  | 'terminate'
  | 'powerLoss'
  | 'holdDown'
  | 'isHeldDown'
  | 'isTerminating'
  | 'pause'
  | 'resume'
>

/** As much of a world as faults touch. */
export interface FaultyWorld {
  readonly network: SimNetwork
  readonly processes: readonly FaultyProcess[]
  process(name: string): FaultyProcess
}

/** Undoes exactly what one fault did, leaving what other faults do in force. Calling it again does nothing. */
export type Heal = () => void

export interface Fault<Args> {
  readonly name: string
  /**
   * Does it now. Undefined when there is nothing to undo: it is over at once, or did nothing because its process was
   * in no state for it (a dead process cannot be killed).
   */
  apply(world: FaultyWorld, args: Args): Heal | undefined
}

export interface ProcessArgs {
  readonly process: string
}

export interface DiskArgs extends ProcessArgs {
  /** The disk that holds this path; default: all disks of the machine. */
  readonly dir?: string | undefined
}

/** Undoes several things, in reverse, once. */
export function healAll(heals: readonly Heal[]): Heal {
  let healed = false
  return () => {
    if (healed) return
    healed = true
    for (const heal of heals.toReversed()) heal()
  }
}
