// CPU work takes longer: jobs begun from now on are charged more.

import type { Fault, ProcessArgs } from './fault.ts'

export interface SlowCpuArgs extends ProcessArgs {
  readonly factor: number
}

export const slowCpu: Fault<SlowCpuArgs> = {
  name: 'slow-cpu',
  apply(world, args) {
    return world.process(args.process).machine.cpu.apply(args.factor)
  },
}
