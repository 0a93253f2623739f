// Stops a process from handling anything, as a long garbage collection does, while its machine's clock goes on and its
// operating system accepts and buffers. Healed by resuming it: it then handles all of that late, in order.

import type { Fault, ProcessArgs } from './fault.ts'

export const pause: Fault<ProcessArgs> = {
  name: 'pause',
  apply(world, args) {
    const process = world.process(args.process)
    if (!process.alive) return undefined
    const incarnation = process.incarnation
    process.pause()
    let healed = false
    return () => {
      // A process that died meanwhile died with its pauses.
      if (!healed && process.alive && process.incarnation === incarnation) process.resume()
      healed = true
    }
  },
}
