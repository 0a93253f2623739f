// The timers of one shard, by name: setting one replaces the one of that name. What fires runs on the shard's thread, as
// an event among others, unless it was replaced or cancelled while it waited for its turn.

import type { Timer } from '../../sim/index.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

interface Armed {
  readonly timer: Timer
}

export class ShardTimers {
  private readonly host: KafkaHost
  private readonly run: (kind: string, fn: () => void) => void
  private readonly armed = new Map<string, Armed>()
  private closed = false

  constructor(host: KafkaHost, run: (kind: string, fn: () => void) => void) {
    this.host = host
    this.run = run
  }

  set(name: string, delayMs: number, kind: string, fn: () => void): void {
    this.cancel(name)
    if (this.closed) return
    const armed: Armed = {
      timer: this.host.clock.after(delayMs, kind, () =>
        this.run(kind, () => {
          if (this.armed.get(name) !== armed) return
          this.armed.delete(name)
          fn()
        }),
      ),
    }
    this.armed.set(name, armed)
  }

  cancel(name: string): void {
    this.armed.get(name)?.timer.cancel()
    this.armed.delete(name)
  }

  /** Nothing fires any more, whatever is set. */
  close(): void {
    this.closed = true
    for (const { timer } of this.armed.values()) timer.cancel()
    this.armed.clear()
  }

  get size(): number {
    return this.armed.size
  }
}

/** Session of a member, or the wait for one that has an id only. */
export function sessionTimer(groupId: string, memberId: string): string {
  return `session ${groupId} ${memberId}`
}

/** The end of a join phase. */
export function joinTimer(groupId: string): string {
  return `join ${groupId}`
}

/** The wait for SyncGroup of every member. */
export function syncTimer(groupId: string): string {
  return `sync ${groupId}`
}
