// Threads of an application that work on what poll returned, while the one that polls goes on: records come off one queue in
// the order they were polled, and are done in any. Knows how far each partition is done without a gap, which is what may be
// committed; whether that is what gets committed is up to the application.

import { BlockingThread, type Blocking } from '../client/group/blocking.ts'
import type { PolledRecords } from '../client/group/fetch-buffer.ts'
import type { OffsetToCommit } from '../client/group/offset-commits.ts'
import type { DecodedRecord } from '../records/batch-reader.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { Workers } from './member-options.ts'
import type { PoisonHandling } from './poison-handling.ts'
import { HandlerFailed, type RecordHandler, Toil } from './record-handler.ts'

export interface PoolOwner {
  /** All before this offset is done. */
  onProcessed(partition: string, next: number): void
  onFailed(error: HandlerFailed): void
}

interface Progress {
  readonly topic: string
  readonly index: number
  readonly key: string
  /** Handed over and not known to be done, or done after one that is not. */
  readonly pending: number[]
  readonly done: Set<number>
  next: number
  /** `next`, when it was last asked for. */
  toldNext: number
}

interface Task {
  readonly record: DecodedRecord
  readonly progress: Progress
}

export class WorkerPool {
  private readonly host: KafkaHost
  private readonly workers: Workers
  private readonly handler: RecordHandler
  private readonly poison: PoisonHandling
  private readonly owner: PoolOwner
  private readonly idle: BlockingThread[]
  private readonly progress = new Map<string, Progress>()
  private queue: Task[] = []
  private stopped = false

  constructor(host: KafkaHost, workers: Workers, handler: RecordHandler, poison: PoisonHandling, owner: PoolOwner) {
    this.host = host
    this.workers = workers
    this.handler = handler
    this.poison = poison
    this.owner = owner
    this.idle = Array.from({ length: workers.count }, () => new BlockingThread(host))
  }

  get isFull(): boolean {
    return this.queue.length >= this.workers.queue
  }

  /** Everything that was handed over is done. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.idle.length === this.workers.count
  }

  add({ partition, records }: PolledRecords): void {
    const first = records[0]
    if (first === undefined) return
    let progress = this.progress.get(partition.key)
    if (progress === undefined) {
      const { topic, index, key } = partition
      const next = first.offset
      progress = { topic, index, key, pending: [], done: new Set(), next, toldNext: next }
      this.progress.set(key, progress)
    }
    for (const record of records) {
      progress.pending.push(record.offset)
      this.queue.push({ record, progress })
    }
    for (let thread = this.idle.pop(); thread !== undefined; thread = this.idle.pop()) {
      const [task] = this.queue
      if (task === undefined) {
        this.idle.push(thread)
        return
      }
      thread.run(this.work(thread))
    }
  }

  /** These are somebody else's now: what waits of them is not begun, what is being done counts no more. */
  drop(partitions: readonly string[]): void {
    for (const key of partitions) this.progress.delete(key)
    this.queue = this.queue.filter(({ progress }) => this.isCurrent(progress))
  }

  /** Nothing more is begun. */
  stop(): void {
    this.stopped = true
    this.queue = []
  }

  /** Where partitions are done without a gap, if that has changed since it was last asked for. */
  finished(partitions?: readonly string[]): OffsetToCommit[] {
    const offsets: OffsetToCommit[] = []
    for (const progress of this.progress.values()) {
      const { topic, index, key, next, toldNext } = progress
      if (next === toldNext || partitions?.includes(key) === false) continue
      progress.toldNext = next
      offsets.push({ topic, index, offset: next, leaderEpoch: -1 })
    }
    return offsets
  }

  private *work(thread: BlockingThread): Blocking<void> {
    const toil = new Toil(this.host)
    for (let task = this.queue.shift(); task !== undefined; task = this.queue.shift()) {
      const { record, progress } = task
      const takesUs = this.handler.begin()
      const verdict = this.handler.verdict(record)
      toil.add(takesUs)
      yield* toil.work()
      if (this.stopped) break
      try {
        if (verdict === 'close' || verdict === 'crash')
          throw new HandlerFailed(`${progress.key}@${record.offset}`, verdict)
        if (verdict === 'poison') {
          const outcome = yield* this.poison.deal(progress.key, record, takesUs, () => thread.wake())
          if (outcome !== 'passed') break
        }
      } catch (error) {
        if (!(error instanceof HandlerFailed)) throw error
        this.owner.onFailed(error)
        break
      }
      this.done(record.offset, progress)
    }
    this.idle.push(thread)
  }

  private done(offset: number, progress: Progress): void {
    if (!this.isCurrent(progress)) return
    const { pending, done, key } = progress
    done.add(offset)
    const before = progress.next
    for (let first = pending[0]; first !== undefined && done.delete(first); first = pending[0]) {
      pending.shift()
      progress.next = first + 1
    }
    if (progress.next !== before) this.owner.onProcessed(key, progress.next)
  }

  private isCurrent(progress: Progress): boolean {
    return this.progress.get(progress.key) === progress
  }
}
