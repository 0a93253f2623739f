// Elections that the controller owes and takes its time for: back to preferred leaders, and unclean ones for
// partitions without a leader. As in Kafka their interval does not run on a grid: it starts when an event leaves
// something to do, and a round that did as much as it may is followed by another at once.

import type { KafkaHost } from '../trace/kafka-event.ts'

/** Partitions that one round may elect leaders of. */
export const MAX_ELECTIONS_AT_ONCE = 1000
/** "At once": requests get their turn in between. */
const AT_ONCE_MS = 10

export interface ElectionTask {
  readonly name: string
  readonly intervalMs: number
  /** Is there anything to do? */
  isDue(): boolean
  /** Elects up to the limit; tells how many changed. Runs as an event of the controller. */
  round(): number
}

type Schedule = 'deferred' | 'at-once' | 'scheduled'

export class DeferredElections {
  private readonly host: KafkaHost
  private readonly enqueue: (kind: string, fn: () => void) => void
  private readonly tasks: readonly { readonly task: ElectionTask; schedule: Schedule }[]
  private seenOffset = -1

  constructor(host: KafkaHost, enqueue: (kind: string, fn: () => void) => void, tasks: readonly ElectionTask[]) {
    this.host = host
    this.enqueue = enqueue
    this.tasks = tasks.map((task) => ({ task, schedule: 'deferred' }))
  }

  /** After each event; `metadataOffset` tells whether it changed anything. */
  eventEnded(metadataOffset: number): void {
    if (metadataOffset === this.seenOffset) return
    this.seenOffset = metadataOffset
    for (const entry of this.tasks) {
      if (entry.schedule === 'scheduled' || !entry.task.isDue()) continue
      const { name, intervalMs } = entry.task
      const delayMs = entry.schedule === 'deferred' ? intervalMs : AT_ONCE_MS
      entry.schedule = 'scheduled'
      this.host.clock.after(delayMs, name, () =>
        this.enqueue(name, () => {
          entry.schedule = entry.task.round() >= MAX_ELECTIONS_AT_ONCE ? 'at-once' : 'deferred'
          // What is left to do starts the interval again, also if this round could do nothing.
          this.seenOffset = -1
        }),
      )
    }
  }
}
