// Switches a machine off: unsynced data may be lost, and nobody is told. Healed by starting its process again,
// unless another fault holds it down. A process that was dead already is held down longer.

import type { PowerLossReport } from '../disk/sim-disk.ts'
import type { Fault, ProcessArgs } from './fault.ts'

export interface PowerLossArgs extends ProcessArgs {
  /** `some` (the default): chance decides what of the unsynced data is lost; `all-unflushed`: all of it is. */
  readonly lose?: 'some' | 'all-unflushed'
  /** Every file with unsynced data keeps some of it, the end of which is torn. */
  readonly tears?: boolean
  /** Told at once what was lost. */
  readonly onReport?: (report: PowerLossReport) => void
}

export const powerLoss: Fault<PowerLossArgs> = {
  name: 'power-loss',
  apply(world, args) {
    const process = world.process(args.process)
    if (!process.machine.on) return undefined
    const report = process.powerLoss(args.lose, args.tears)
    args.onReport?.(report)
    return process.holdDown()
  },
}
