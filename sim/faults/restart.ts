// Starts a dead process, switching its machine on if need be; a live one is killed first. Nothing to heal.

import type { Fault, ProcessArgs } from './fault.ts'

export const restart: Fault<ProcessArgs> = {
  name: 'restart',
  apply(world, args) {
    const process = world.process(args.process)
    if (process.alive) process.crash()
    process.start()
    return undefined
  },
}
