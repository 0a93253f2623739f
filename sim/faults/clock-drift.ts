// A machine's clocks, and its timers with them, run fast or slow. Healing ends the drift, not what it has led to.

import type { Fault, ProcessArgs } from './fault.ts'

export interface ClockDriftArgs extends ProcessArgs {
  /** Parts per million, whole; positive runs fast. */
  readonly ppm: number
}

export const clockDrift: Fault<ClockDriftArgs> = {
  name: 'clock-drift',
  apply(world, args) {
    return world.process(args.process).machine.clock.addDrift(args.ppm)
  },
}
