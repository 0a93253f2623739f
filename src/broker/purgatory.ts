// Requests that cannot be answered yet. Each waits for something to happen to any of its partitions, and for its timeout:
// whichever comes first. Only the watchers of the partition that was touched are looked at.

import { assert } from '../../sim/assert.ts'
import type { Pool, Timer } from '../../sim/index.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

/** One waiting request. It completes once: because `tryComplete` found it can, or because its time is up. */
export abstract class DelayedOperation {
  isCompleted = false
  /** What it watches while it waits; kept by the purgatory. */
  watched: readonly string[] = NOTHING
  timer: Timer | undefined = undefined

  /** Looks whether it can complete now. Changes nothing but this operation. */
  abstract canComplete(): boolean
  /** Gives the answer. Called exactly once, as the last thing that happens to the operation. */
  abstract onComplete(expired: boolean): void
}

const NOTHING: readonly string[] = []

export class Purgatory {
  private readonly host: KafkaHost
  private readonly kind: string
  /** Timeouts are handled on a thread of their own, as in Kafka. */
  private readonly reaper: Pool
  private readonly watchers = new Map<string, Set<DelayedOperation>>()
  private waiting = 0

  /** `name` is of what waits here: 'produce', 'fetch'. */
  constructor(host: KafkaHost, name: string) {
    this.host = host
    this.kind = `expire-${name}`
    this.reaper = host.jobs.pool(`expiration-reaper-${name}`, 1)
  }

  /** Operations that wait. */
  get size(): number {
    return this.waiting
  }

  /** Completes the operation now if it can; else it waits, at most `timeoutMs`. */
  tryCompleteElseWatch(operation: DelayedOperation, keys: readonly string[], timeoutMs: number): void {
    if (operation.canComplete()) {
      operation.isCompleted = true
      operation.onComplete(false)
      return
    }
    this.waiting += 1
    operation.watched = keys
    for (const key of keys) {
      const set = this.watchers.get(key)
      if (set === undefined) this.watchers.set(key, new Set([operation]))
      else set.add(operation)
    }
    operation.timer = this.host.clock.after(timeoutMs, this.kind, () =>
      this.reaper.run(this.kind, () => {
        if (!operation.isCompleted) this.complete(operation, true)
      }),
    )
  }

  /** Something happened to `key`: completes all that can, oldest first. */
  checkAndComplete(key: string): void {
    const set = this.watchers.get(key)
    if (set === undefined) return
    for (const operation of set) {
      if (operation.canComplete()) this.complete(operation, false)
    }
  }

  private complete(operation: DelayedOperation, expired: boolean): void {
    assert(!operation.isCompleted, 'a delayed operation completed twice')
    operation.isCompleted = true
    operation.timer?.cancel()
    this.waiting -= 1
    for (const key of operation.watched) {
      const set = this.watchers.get(key)
      set?.delete(operation)
      if (set?.size === 0) this.watchers.delete(key)
    }
    operation.onComplete(expired)
  }
}
