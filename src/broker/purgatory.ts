// Requests that cannot be answered yet. Each waits for something to happen to any of its partitions, and for its timeout:
// whichever comes first. Only the watchers of the partition that was touched are looked at.

import { assert } from '../../sim/assert.ts'
import type { Pool, Timer } from '../../sim/index.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

/** One waiting request. It completes once: because `canComplete` found so, or because its time is up. */
export abstract class DelayedOperation {
  isCompleted = false
  /** What it watches while it waits; kept by the purgatory. */
  watched: readonly Watchers[] = NOTHING
  timer: Timer | undefined = undefined

  /** Looks whether it can complete now. Changes nothing but this operation. */
  abstract canComplete(): boolean
  /** Gives the answer. Called exactly once, as the last thing that happens to the operation. */
  abstract onComplete(expired: boolean): void
}

const NOTHING: readonly Watchers[] = []

export class Purgatory {
  private readonly host: KafkaHost
  private readonly kind: string
  /** Timeouts are handled on a thread of their own, as in Kafka. */
  private readonly reaper: Pool
  /** Kept once made: there are no more of them than partitions. */
  private readonly watchers = new Map<string, Watchers>()
  private waiting = 0
  private closed = false

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
    if (this.closed) return
    this.waiting += 1
    const watched: Watchers[] = []
    for (const key of keys) {
      const watchers = this.watchersOf(key)
      watchers.add(operation)
      watched.push(watchers)
    }
    operation.watched = watched
    operation.timer = this.host.clock.after(timeoutMs, this.kind, () =>
      this.reaper.run(this.kind, () => {
        if (!operation.isCompleted && !this.closed) this.complete(operation, true)
      }),
    )
  }

  /** Whoever waits still is never answered, and nobody waits any more. */
  close(): void {
    this.closed = true
    for (const watchers of this.watchers.values()) {
      for (let i = 0; i < watchers.places; i++) watchers.at(i)?.timer?.cancel()
    }
    this.watchers.clear()
    this.waiting = 0
  }

  /** Something happened to `key`: completes all that can, oldest first. */
  checkAndComplete(key: string): void {
    if (this.waiting === 0) return
    const watchers = this.watchers.get(key)
    if (watchers === undefined || watchers.isEmpty) return
    watchers.enter()
    for (let i = 0; i < watchers.places; i++) {
      const operation = watchers.at(i)
      if (operation?.canComplete() === true) this.complete(operation, false)
    }
    watchers.leave()
  }

  private complete(operation: DelayedOperation, expired: boolean): void {
    assert(!operation.isCompleted, 'a delayed operation completed twice')
    operation.isCompleted = true
    operation.timer?.cancel()
    this.waiting -= 1
    for (const watchers of operation.watched) watchers.remove(operation)
    operation.onComplete(expired)
  }

  private watchersOf(key: string): Watchers {
    let watchers = this.watchers.get(key)
    if (watchers === undefined) {
      watchers = new Watchers()
      this.watchers.set(key, watchers)
    }
    return watchers
  }
}

/** Who watches one partition, oldest first. Whoever leaves while all are looked at leaves a hole, closed afterwards. */
class Watchers {
  private readonly operations: (DelayedOperation | undefined)[] = []
  private visits = 0
  private holes = 0

  get isEmpty(): boolean {
    return this.operations.length === this.holes
  }

  /** Watchers and holes. */
  get places(): number {
    return this.operations.length
  }

  at(place: number): DelayedOperation | undefined {
    return this.operations[place]
  }

  /** Once only, also if it names the partition twice. */
  add(operation: DelayedOperation): void {
    const { operations } = this
    const last = operations.length - 1
    // Never read at -1: V8 takes that for the name of a property, and leaves the fast path to look for it.
    if (last < 0 || operations[last] !== operation) operations.push(operation)
  }

  remove(operation: DelayedOperation): void {
    const place = this.operations.indexOf(operation)
    if (place < 0) return
    this.operations[place] = undefined
    this.holes += 1
    if (this.visits === 0) this.closeHoles()
  }

  enter(): void {
    this.visits += 1
  }

  leave(): void {
    this.visits -= 1
    if (this.visits === 0 && this.holes > 0) this.closeHoles()
  }

  private closeHoles(): void {
    const { operations } = this
    let kept = 0
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i]
      if (operation !== undefined) operations[kept++] = operation
    }
    // By `pop`, which keeps the array's memory for the next watcher.
    while (operations.length > kept) operations.pop()
    this.holes = 0
  }
}
