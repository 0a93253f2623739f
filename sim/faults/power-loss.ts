// Switches a machine off: unsynced data may be lost, and nobody is told. Healed by starting its process again.

import type { Fault, ProcessArgs } from './fault.ts'
import { restartAfter } from './fault.ts'

export interface PowerLossArgs extends ProcessArgs {
  /** `some` (the default): chance decides what of the unsynced data is lost; `all-unflushed`: all of it is. */
  readonly lose?: 'some' | 'all-unflushed'
}

export const powerLoss: Fault<PowerLossArgs> = {
  name: 'power-loss',
  apply(world, args) {
    const process = world.process(args.process)
    if (!process.machine.on) return undefined
    process.powerLoss(args.lose)
    return restartAfter(process)
  },
}
