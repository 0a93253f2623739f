import { BatchBuilder, PLAIN_BATCH, type BatchIdentity } from '../../src/records/batch-builder.ts'
import { decodeBatches } from '../../src/records/batch-reader.ts'
import { encodeEndTransaction } from '../../src/records/control-records.ts'
import type { Appended, FollowerAppend, LeaderAppend } from '../../src/log/append-result.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/log/log-config.ts'
import type { OpenLogArgs } from '../../src/log/open-log.ts'
import { PartitionLog } from '../../src/log/partition-log.ts'
import { MemoryDisk } from './memory-disk.ts'

export const NOW_MS = 1_700_000_000_000
export const DIR = 'data/orders-0'
export const FIRST_SEGMENT = `${DIR}/00000000000000000000.log`
export const EPOCH_FILE = `${DIR}/leader-epoch-checkpoint`

export function openLog(
  disk: MemoryDisk = new MemoryDisk(),
  options: Partial<Omit<OpenLogArgs, 'config'>> & { config?: Partial<LogConfig> } = {},
): PartitionLog {
  return PartitionLog.open({
    disk,
    dir: DIR,
    recoveryPoint: 0,
    highWatermarkCheckpoint: 0,
    cleanShutdown: false,
    ...options,
    config: { ...DEFAULT_LOG_CONFIG, ...options.config },
  })
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** A client's batch with one record per value. */
export function batchOf(
  values: readonly string[],
  identity: Partial<BatchIdentity> = {},
  timestampMs = NOW_MS,
): Uint8Array {
  const builder = new BatchBuilder()
  for (const value of values) builder.append(timestampMs, text('k'), text(value))
  return builder.build({ ...PLAIN_BATCH, ...identity })
}

/** `count` records of an idempotent producer from `sequence` on. */
export function sequenced(
  producerId: number,
  producerEpoch: number,
  sequence: number,
  count = 1,
  more: Partial<BatchIdentity> = {},
  timestampMs = NOW_MS,
): Uint8Array {
  const values = Array.from({ length: count }, (_, i) => `p${producerId}s${sequence + i}`)
  return batchOf(values, { producerId, producerEpoch, baseSequence: sequence, ...more }, timestampMs)
}

export function marker(
  kind: 'abort' | 'commit',
  producerId: number,
  producerEpoch: number,
  coordinatorEpoch = 0,
  timestampMs = NOW_MS,
): Uint8Array {
  const place = { baseOffset: 0, leaderEpoch: -1, timestampMs }
  return encodeEndTransaction({ kind, coordinatorEpoch }, producerId, producerEpoch, place)
}

/** Appends as a client's leader would, and insists that it worked. */
export function append(log: PartitionLog, bytes: Uint8Array, leaderEpoch = 0): Appended {
  return appended(log.appendAsLeader(bytes, leaderEpoch, NOW_MS, 'client'))
}

/** Appends `count` batches of one record each. */
export function appendMany(log: PartitionLog, count: number, leaderEpoch = 0): void {
  for (let i = 0; i < count; i++) append(log, batchOf([`v${log.logEndOffset}`]), leaderEpoch)
}

export function appended(result: LeaderAppend | FollowerAppend): Appended {
  if (result.kind !== 'appended') throw new Error(`not appended: ${JSON.stringify(result)}`)
  return result
}

/** The code of a rejection; fails on anything else. */
export function errorOf(result: LeaderAppend | FollowerAppend): number {
  if (result.kind !== 'rejected') throw new Error(`not rejected: ${JSON.stringify(result)}`)
  return result.error
}

/** All of a log from its first segment on, as `[offset, value]`. */
export function contentOf(log: PartitionLog): [number, string][] {
  const content: [number, string][] = []
  let offset = log.logStartOffset
  for (;;) {
    const read = log.read(offset, 1 << 30, log.logEndOffset, true)
    if (read.bytes.length === 0) return content
    for (const record of recordsOf(read.bytes)) if (record[0] >= offset) content.push(record)
    offset = read.nextOffset
  }
}

export function recordsOf(bytes: Uint8Array): [number, string][] {
  const records = decodeBatches(bytes)
  if (typeof records === 'string') throw new Error(records)
  return records.map((r) => [r.offset, new TextDecoder().decode(r.value ?? new Uint8Array(0))])
}

/** Copies what `from` holds at and above `to`'s end. */
export function replicate(from: PartitionLog, to: PartitionLog, maxBytes = 1 << 30): void {
  for (;;) {
    const read = from.read(to.logEndOffset, maxBytes, from.logEndOffset, true)
    if (read.bytes.length === 0) return
    appended(to.appendAsFollower(read.bytes))
  }
}
