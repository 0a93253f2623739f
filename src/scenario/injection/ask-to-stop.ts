// Asks a process to stop, as an orchestrator does: SIGTERM, and SIGKILL when the time is over. Healed by a start.

import { applyFault, type Heal, type World } from '../../../sim/index.ts'
import type { KafkaEvent } from '../../trace/kafka-event.ts'

export function askToStop(world: World<KafkaEvent>, name: string, graceUs: number): Heal | undefined {
  const process = world.process(name)
  const life = process.incarnation
  const heal = applyFault(world, 'stop', { process: name })
  if (heal === undefined) return undefined
  let isHealed = false
  world.at(world.loop.nowUs + graceUs, 'grace-over', () => {
    if (process.incarnation !== life || !process.isTerminating) return
    process.crash()
    // Who was to start it once it had stopped waits for nothing any more.
    if (isHealed) process.holdDown()()
  })
  return () => {
    isHealed = true
    heal()
  }
}
