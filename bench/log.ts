// The log on the simulated disk: appends, cold recovery, lookups in a short and in a long log, and the memory it takes.

import { World } from '../sim/index.ts'
import { findByTimestamp } from '../src/broker/timestamp-lookup.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../src/log/log-config.ts'
import { PartitionLog } from '../src/log/partition-log.ts'
import { BatchBuilder, PLAIN_BATCH } from '../src/records/batch-builder.ts'
import { comparePairs, measure, row } from './measure.ts'

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

  /** The same, while a little is appended, as to a log in use. */
  goOn(): void {
    for (let i = 0; i < 4000; i++) {
      this.grow(1)
      this.world.run(this.world.loop.nowUs + 10_000)
    }
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
const SEGMENT_BATCHES = 16
const SHORT_SEGMENTS = 10
const LONG_SEGMENTS = 1000

type Look = (log: PartitionLog, batch: number) => void

/**
 * What a lookup costs in a long log, against a short one. Touching the same amount of data, that is what the search costs;
 * touching all of the long one, what it costs to reach data that no cache of the processor holds is in it, too.
 */
function benchLookups(): void {
  const batch = batchOf(10)
  const [short, long] = [SHORT_SEGMENTS, LONG_SEGMENTS].map((segments) => {
    const growing = new GrowingLog(batch, { segmentBytes: SEGMENT_BATCHES * batch.length })
    growing.grow(segments * SEGMENT_BATCHES, (i) => batchOf(10, NOW_MS + i))
    growing.settle()
    return growing
  })
  if (short === undefined || long === undefined) return
  const every = (n: number) => (i: number) =>
    Math.floor(i / SEGMENT_BATCHES) * SEGMENT_BATCHES * n + (i % SEGMENT_BATCHES)
  const looks = (growing: GrowingLog, look: Look, batches: number, place: (i: number) => number) => () => {
    for (let i = 0; i < LOOKUPS; i++) look(growing.log, place((i * 7919) % batches))
  }
  const few = SHORT_SEGMENTS * SEGMENT_BATCHES
  const byOffset: Look = (log, i) => void log.read(i * 10 + 5, 1, log.logEndOffset, true)
  const byTime: Look = (log, i) => void findByTimestamp(log, NOW_MS + i)
  for (const [name, look] of [
    ['read by offset', byOffset],
    ['find by time', byTime],
  ] as const) {
    const inShort = looks(short, look, few, every(1))
    const asMuch = comparePairs(9, inShort, looks(long, look, few, every(LONG_SEGMENTS / SHORT_SEGMENTS)))
    const all = comparePairs(9, inShort, looks(long, look, LONG_SEGMENTS * SEGMENT_BATCHES, every(1)))
    const sizeMib = (long.log.sizeBytes / MIB).toFixed(0)
    row(
      `log: ${name}, ${long.log.segmentCount} segments`,
      `${(asMuch.bNs / LOOKUPS / 1e3).toFixed(2)} µs`,
      `${asMuch.ratio.toFixed(2)} x that of ${short.log.segmentCount}; ${all.ratio.toFixed(2)} x if all its ${sizeMib} MiB are touched`,
    )
  }
}

function benchMemory(): void {
  for (const [segmentBytes, name] of [
    [16 * MIB, '16 MiB'],
    [MIB, '1 MiB'],
    [MIB / 8, '128 KiB'],
  ] as const) {
    for (const records of [1, 10]) {
      const { heldBytes, storedBytes } = memoryWithLog(segmentBytes, records)
      const ratio = (heldBytes - memoryBytes()) / storedBytes
      const of = `segments of ${name}, ${records} ${records === 1 ? 'record' : 'records'} a batch`
      row(`log: memory a byte, ${of}`, ratio.toFixed(3), 'aim: at most 1.2')
    }
  }
}

/** The log is gone when this returns. */
function memoryWithLog(segmentBytes: number, records: number): { heldBytes: number; storedBytes: number } {
  const batch = batchOf(records)
  const growing = new GrowingLog(batch, { segmentBytes })
  growing.grow(Math.ceil((64 * MIB) / batch.length))
  growing.goOn()
  return { heldBytes: memoryBytes(), storedBytes: growing.log.sizeBytes }
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
