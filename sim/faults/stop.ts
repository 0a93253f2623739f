// Asks a process to stop, as by SIGTERM, which may take its time. Healed by starting it again, once it has stopped, unless
// another fault holds it down. One that is stopping already is held down longer.

import type { Fault, ProcessArgs } from './fault.ts'

export const stop: Fault<ProcessArgs> = {
  name: 'stop',
  apply(world, args) {
    const process = world.process(args.process)
    if (!process.alive) return undefined
    process.terminate()
    return process.holdDown()
  },
}
