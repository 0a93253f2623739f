// The log cleaner of a broker: threads that clean one log after the other, the dirtiest first, and sleep for
// `log.cleaner.backoff.ms` when none is dirty enough; whatever a compacted log need not keep for other reasons they
// delete, too. A log that is cut or deleted is let go of at once: a step of cleaning takes place at one instant, so nobody
// has to wait for it as in Kafka. Left out: settings that change while the broker runs.

import type { Timer } from '../../sim/index.ts'
import { ByteSink } from '../log/cleaner/byte-sink.ts'
import { dirtiest, type LogToClean, logToClean, offsetsToClean } from '../log/cleaner/cleanable-offsets.ts'
import { cleanLog, type CleanerStats, type CleanerTools } from '../log/cleaner/clean-log.ts'
import { OffsetMap } from '../log/cleaner/offset-map.ts'
import { Throttler } from '../log/cleaner/throttler.ts'
import { UncleanableLogError } from '../log/cleaner/uncleanable-log-error.ts'
import type { HostedLog, LogDirectory } from '../log/log-directory.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { isStorageError, unlessStorageFails } from '../log/storage-error.ts'
import type { BrokerContext } from './broker-context.ts'
import { bytesCostUs, CLEANER_KIB_COST_US } from './costs.ts'

/** What it takes of a broker. */
export type CleaningBroker = Pick<BrokerContext, 'host' | 'id' | 'config' | 'logs'>

interface Found {
  readonly directory: LogDirectory
  readonly hosted: HostedLog
  readonly target: LogToClean<PartitionLog>
}

interface Round extends Found {
  readonly steps: Generator<number, CleanerStats>
}

export class LogCleaner {
  private readonly context: CleaningBroker
  private readonly threads: CleanerThread[] = []
  private readonly uncleanable = new Set<PartitionLog>()

  constructor(context: CleaningBroker) {
    this.context = context
    const { config, host, logs } = context
    const threads = config['log.cleaner.threads']
    if (!config['log.cleaner.enable'] || threads === 0) return
    const pool = host.jobs.pool('log-cleaner', threads)
    const throttler = new Throttler(config['log.cleaner.io.max.bytes.per.second'], host.clock.monotonicMs())
    for (let i = 0; i < threads; i++) {
      const tools = {
        map: new OffsetMap(config['log.cleaner.dedupe.buffer.size'] / threads),
        loadFactor: config['log.cleaner.io.buffer.load.factor'],
        ioBufferBytes: Math.max(1, Math.floor(config['log.cleaner.io.buffer.size'] / threads / 2)),
        sink: new ByteSink(0),
      }
      this.threads.push(new CleanerThread(context, this, tools, throttler, (fn) => pool.run('log-cleaner', fn)))
    }
    for (const directory of logs.directories()) {
      directory.onCut = (log) => this.letGo(log)
      directory.onRolled = () => this.wake()
    }
  }

  /** To be called when there may be something to clean: while there cannot be, nobody wakes up to look. */
  wake(): void {
    if (this.threads.some(({ isAsleep }) => isAsleep) && this.hasWork) for (const thread of this.threads) thread.wake()
  }

  /** Rounds under way are given up. */
  close(): void {
    for (const thread of this.threads) thread.close()
  }

  /** Some log is to be compacted and has a segment that is not active, or one that may get too old while it is. */
  get hasWork(): boolean {
    for (const { config, segmentCount } of this.context.logs.logs()) {
      if (!config.compacted) continue
      if (segmentCount > 1 || (config.deletes && (config.retentionMs >= 0 || config.retentionBytes >= 0))) return true
    }
    return false
  }

  /** The dirtiest log that no thread works on, if one is dirty enough. */
  grab(): Found | undefined {
    const found: Found[] = []
    for (const directory of this.context.logs.directories()) {
      for (const hosted of directory.hosted()) {
        const target = this.isFree(hosted.log) ? this.dirtIn(directory, hosted) : undefined
        if (target !== undefined) found.push({ directory, hosted, target })
      }
    }
    const chosen = dirtiest(found.map(({ target }) => target))
    return found.find(({ target }) => target === chosen)
  }

  /** Undefined if the directory fails. */
  private dirtIn({ cleaned }: LogDirectory, hosted: HostedLog): LogToClean<PartitionLog> | undefined {
    const { log, topic, partition } = hosted
    const nowMs = this.context.host.clock.wallMs()
    return unlessStorageFails(() => {
      const offsets = offsetsToClean(log, cleaned.offset(topic, partition), nowMs)
      if (offsets.checkpointIsInvalid) cleaned.update(topic, partition, offsets.firstDirtyOffset)
      return logToClean(log, offsets, nowMs)
    })
  }

  /** What retention or the log start no longer protect, in logs that no thread works on. */
  deleteOldSegments(): void {
    const nowMs = this.context.host.clock.wallMs()
    for (const log of this.context.logs.logs()) {
      if (this.isFree(log)) unlessStorageFails(() => log.deleteOldSegments(nowMs))
    }
  }

  markUncleanable(log: PartitionLog, problem: string): void {
    this.uncleanable.add(log)
    const { host, id } = this.context
    host.trace.emit({ type: 'log-uncleanable', broker: id, partition: log.name, problem })
  }

  /** The log is cut or gone: what was being made of its segments is void. */
  private letGo(log: PartitionLog): void {
    for (const thread of this.threads) if (thread.cleans(log)) thread.abort()
  }

  private isFree(log: PartitionLog): boolean {
    return log.config.compacted && !this.uncleanable.has(log) && !this.threads.some((thread) => thread.cleans(log))
  }
}

class CleanerThread {
  private readonly context: CleaningBroker
  private readonly cleaner: LogCleaner
  private readonly tools: CleanerTools
  private readonly throttler: Throttler
  private readonly run: (fn: () => void) => void
  private readonly startMs: number
  /** Nothing will wake it but `wake`. */
  isAsleep = true
  private round: Round | undefined
  private isStepping = false
  private timer: Timer | undefined
  private closed = false

  constructor(
    context: CleaningBroker,
    cleaner: LogCleaner,
    tools: CleanerTools,
    throttler: Throttler,
    run: (fn: () => void) => void,
  ) {
    this.context = context
    this.cleaner = cleaner
    this.tools = tools
    this.throttler = throttler
    this.run = run
    this.startMs = context.host.clock.monotonicMs()
  }

  cleans(log: PartitionLog): boolean {
    return this.round?.target.log === log
  }

  /** It looks when it would have looked had it never stopped looking: every so often since the broker started. */
  wake(): void {
    if (!this.isAsleep || this.closed) return
    this.isAsleep = false
    const { clock } = this.context.host
    const backoffMs = this.backoffMs
    const sinceStartMs = clock.monotonicMs() - this.startMs
    this.later(Math.ceil(sinceStartMs / backoffMs) * backoffMs - sinceStartMs)
  }

  /** Also from within a step, when the directory fails in it. */
  abort(): void {
    const { round } = this
    this.round = undefined
    if (!this.isStepping && round !== undefined) giveUp(round)
  }

  close(): void {
    this.closed = true
    this.timer?.cancel()
    this.abort()
  }

  private get backoffMs(): number {
    return Math.max(1, this.context.config['log.cleaner.backoff.ms'])
  }

  /** One step of what is under way, or a look for something to do. */
  private work(): void {
    if (this.closed) return
    if (this.round === undefined) {
      const found = this.cleaner.grab()
      if (found !== undefined) {
        const steps = cleanLog(found.target, this.context.host.clock.wallMs(), this.tools)
        this.round = { ...found, steps }
      }
    }
    if (this.round === undefined) {
      this.cleaner.deleteOldSegments()
      this.isAsleep = !this.cleaner.hasWork
      if (!this.isAsleep) this.later(this.backoffMs)
      return
    }
    const bytes = this.step(this.round)
    const { host } = this.context
    host.jobs.charge(bytesCostUs(bytes, CLEANER_KIB_COST_US))
    this.later(this.throttler.sleepMs(bytes, host.clock.monotonicMs()))
  }

  /** Returns the bytes it read and wrote. */
  private step(round: Round): number {
    const { log } = round.target
    try {
      this.isStepping = true
      const step = round.steps.next()
      this.isStepping = false
      if (this.round === round && step.done !== true) return step.value
      if (this.round === round && step.done === true) {
        this.round = undefined
        this.finish(round, step.value)
      } else giveUp(round)
    } catch (error) {
      this.isStepping = false
      this.round = undefined
      if (error instanceof UncleanableLogError) this.cleaner.markUncleanable(log, error.message)
      // Its directory has failed, and whoever looks after that knows.
      else if (!isStorageError(error)) throw error
    }
    this.cleaner.deleteOldSegments()
    return 0
  }

  private finish({ directory, hosted, target }: Round, stats: CleanerStats): void {
    const { host, id } = this.context
    directory.cleaned.update(hosted.topic, hosted.partition, stats.nextDirtyOffset)
    host.trace.emit({
      type: 'log-cleaned',
      broker: id,
      partition: target.log.name,
      fromOffset: target.firstDirtyOffset,
      toOffset: stats.nextDirtyOffset,
      bytesBefore: stats.bytesRead,
      bytesAfter: stats.bytesWritten,
      recordsBefore: stats.recordsRead,
      recordsAfter: stats.recordsKept,
      tombstonesGone: stats.tombstonesGone,
    })
  }

  private later(delayMs: number): void {
    if (delayMs <= 0) return this.run(() => this.work())
    this.timer = this.context.host.clock.after(delayMs, 'log-cleaner', () => this.run(() => this.work()))
  }
}

/** What it has written so far is removed. */
function giveUp({ steps }: Round): void {
  const nothing = {
    nextDirtyOffset: 0,
    bytesRead: 0,
    bytesWritten: 0,
    recordsRead: 0,
    recordsKept: 0,
    tombstonesGone: 0,
  }
  unlessStorageFails(() => steps.return(nothing))
}
