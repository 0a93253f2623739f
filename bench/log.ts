// The log on the simulated disk: appends, cold recovery, lookups in a short and in a long log, and the memory it takes.

import { World } from '../sim/index.ts'
import { findByTimestamp } from '../src/broker/timestamp-lookup.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../src/log/log-config.ts'
import { PartitionLog } from '../src/log/partition-log.ts'
import { BatchBuilder, PLAIN_BATCH } from '../src/records/batch-builder.ts'
import { measure, row } from './measure.ts'

const NOW_MS = 1_700_000_000_000
const DIR = 'data/bench-0'
const MIB = 2 ** 20
/** Appended in one virtual millisecond. */
const STEP_BATCHES = 256

/** A log in a world of its own, where time passes while it grows: what is old is written back and forgotten. */
class GrowingLog {
  readonly world: World
  private readonly batch: Uint8Array
  private readonly config: LogConfig
  private openLog: PartitionLog | undefined
  private appended = 0

  constructor(batch: Uint8Array, config: Partial<LogConfig> = {}) {
    this.batch = batch
    this.config = { ...DEFAULT_LOG_CONFIG, ...config }
    this.world = new World({ seed: 1 })
    this.world.addProcess('broker-1', {
      boot: (host) => {
        const { config } = this
        const where = { disk: host.disk, dir: DIR, config, recoveryPoint: 0, highWatermarkCheckpoint: 0 }
        this.openLog = PartitionLog.open({ ...where, cleanShutdown: false })
      },
    })
    this.world.process('broker-1').start()
  }

  get log(): PartitionLog {
    if (this.openLog === undefined) throw new Error('the log is not open')
    return this.openLog
  }

  grow(batches: number, batchAt: (i: number) => Uint8Array = () => this.batch): void {
    const { log, world } = this
    for (let i = 0; i < batches; i++) {
      const batch = batchAt(i)
      const result = log.appendAsLeader(batch, 1, NOW_MS, 'raft-leader')
      if (result.kind !== 'appended') throw new Error(`not appended: ${result.kind}`)
      if (++this.appended % STEP_BATCHES === 0) world.run(world.loop.nowUs + 1000)
    }
  }

  /** Everything is written back by now. */
  settle(): void {
    for (let i = 0; i < 40; i++) this.world.run(this.world.loop.nowUs + 1_000_000)
    this.log.flush()
  }

  /** The power goes, and the log is loaded and recovered from cold files. */
  recover(): void {
    const process = this.world.process('broker-1')
    process.powerLoss()
    process.start()
  }
}

/** `records` records of 100 bytes. */
function batchOf(records: number, timestampMs = NOW_MS): Uint8Array {
  const builder = new BatchBuilder()
  const value = new Uint8Array(100).fill(120)
  for (let i = 0; i < records; i++) builder.append(timestampMs, null, value)
  return builder.build(PLAIN_BATCH)
}

function benchAppend(records: number): void {
  const batch = batchOf(records)
  const batches = Math.ceil((24 * MIB) / batch.length)
  const { medianNs, spreadPercent } = measure(5, () => new GrowingLog(batch).grow(batches))
  const seconds = medianNs / 1e9
  const rate = `${((batches * batch.length) / MIB / seconds).toFixed(0)} MiB/s`
  row(
    `log: append, ${records} records a batch (${batch.length} B)`,
    rate,
    `${(batches / seconds / 1e3).toFixed(0)} k batches/s ±${spreadPercent}%`,
  )
}

function benchRecovery(): void {
  const batch = batchOf(10)
  const growing = new GrowingLog(batch, { segmentBytes: 8 * MIB })
  growing.grow(Math.ceil((48 * MIB) / batch.length))
  growing.settle()
  const { medianNs, spreadPercent } = measure(5, () => growing.recover())
  const rate = growing.log.sizeBytes / MIB / (medianNs / 1e9)
  row('log: cold recovery, checksums and indexes', `${rate.toFixed(0)} MiB/s`, `±${spreadPercent}%`)
}

const LOOKUPS = 20_000

function benchLookups(): void {
  const batch = batchOf(10)
  const perSegment = 16
  const logs = [10, 1000].map((segments) => {
    const growing = new GrowingLog(batch, { segmentBytes: perSegment * batch.length })
    growing.grow(segments * perSegment, (i) => batchOf(10, NOW_MS + i))
    growing.settle()
    return growing.log
  })
  // Once before, so that neither is measured by code that is not compiled yet.
  const costs = [...logs, ...logs].map((log) => {
    const offsetOf = (i: number) => (i * 7919) % log.logEndOffset
    const byOffset = measure(5, () => {
      for (let i = 0; i < LOOKUPS; i++) log.read(offsetOf(i), 1, log.logEndOffset, true)
    })
    const byTime = measure(5, () => {
      for (let i = 0; i < LOOKUPS; i++) findByTimestamp(log, NOW_MS + ((i * 7919) % (log.logEndOffset / 10)))
    })
    return { segments: log.segmentCount, offsetNs: byOffset.medianNs / LOOKUPS, timeNs: byTime.medianNs / LOOKUPS }
  })
  const [, , short, long] = costs
  if (short === undefined || long === undefined) return
  const compared = (ns: number, shortNs: number) => `${(ns / shortNs).toFixed(2)} x that of ${short.segments} segments`
  row(
    `log: read by offset, ${long.segments} segments`,
    `${(long.offsetNs / 1e3).toFixed(2)} µs`,
    compared(long.offsetNs, short.offsetNs),
  )
  row(
    `log: find by time, ${long.segments} segments`,
    `${(long.timeNs / 1e3).toFixed(2)} µs`,
    compared(long.timeNs, short.timeNs),
  )
}

function benchMemory(): void {
  const batch = batchOf(10)
  for (const [segmentBytes, name] of [
    [16 * MIB, '16 MiB'],
    [MIB / 8, '128 KiB'],
  ] as const) {
    const before = memoryBytes()
    const growing = new GrowingLog(batch, { segmentBytes })
    growing.grow(Math.ceil((96 * MIB) / batch.length))
    growing.settle()
    const ratio = (memoryBytes() - before) / growing.log.sizeBytes
    row(`log: memory for a byte stored, segments of ${name}`, ratio.toFixed(3), 'aim: at most 1.2')
  }
}

function memoryBytes(): number {
  // Buffers are given back some collections after the arrays over them.
  for (let i = 0; i < 6; i++) globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

export function benchLog(): void {
  benchAppend(1)
  benchAppend(10)
  benchAppend(100)
  benchRecovery()
  benchLookups()
  benchMemory()
}
