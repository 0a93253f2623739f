// A machine's wall clock is set, forwards or back; its monotonic clock and all timers go on as they were. Nothing to
// heal: setting it right again would be a second jump.

import type { Fault, ProcessArgs } from './fault.ts'

export interface ClockJumpArgs extends ProcessArgs {
  /** Whole ms; negative is back. */
  readonly byMs: number
}

export const clockJump: Fault<ClockJumpArgs> = {
  name: 'clock-jump',
  apply(world, args) {
    world.process(args.process).machine.clock.jumpWall(args.byMs)
    return undefined
  },
}
