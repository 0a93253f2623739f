// Logs that Kafka's own cleaner has gone over as well as ours: what is in them, and the rounds.

import { DIR, marker, sequenced } from '../../fixtures.ts'
import { MemoryDisk } from '../../memory-disk.ts'
import { keyed, NOW_MS } from '../batches.ts'
import { CleanedLog } from '../cleaned-log.ts'

export interface CleanerRound {
  readonly nowMs: number
  readonly mapBytes: number
  readonly ioBufferBytes: number
}

export interface CleanerCase {
  readonly name: string
  readonly segmentBytes: number
  readonly deleteRetentionMs: number
  readonly write: (topic: CleanedLog) => void
  readonly rounds: readonly CleanerRound[]
}

/** What a round leaves: where the next begins, and then the names and bytes (base64) of all `.log` files. */
export interface Cleaned {
  readonly nextDirtyOffsets: readonly number[]
  readonly segments: Readonly<Record<string, string>>
}

const ROUND: CleanerRound = { nowMs: NOW_MS + 60_000, mapBytes: 1 << 20, ioBufferBytes: 1 << 18 }
const AFTER = (ms: number): CleanerRound => ({ ...ROUND, nowMs: ROUND.nowMs + ms })
const VALUE = 'x'.repeat(60)

/** `a0=…`, with a tombstone now and then, and a record without a key. */
function records(topic: CleanedLog, from: number, to: number, keys: number): void {
  for (let i = from; i < to; i++) {
    const key = `k${(i * 7) % keys}`
    const batch = [
      `${key}=${i}${VALUE.slice(i % 50)}`,
      i % 5 === 0 ? key : `${key}b=${i}`,
      ...(i % 11 === 0 ? [`=${i}`] : []),
    ]
    topic.append(keyed(batch, {}, NOW_MS + i * 10))
    topic.commit()
  }
}

export const CASES: readonly CleanerCase[] = [
  {
    name: 'records overwritten, tombstones, records without a key',
    segmentBytes: 1000,
    deleteRetentionMs: 1000,
    write: (topic) => records(topic, 0, 60, 12),
    rounds: [ROUND],
  },
  {
    name: 'tombstones through four rounds',
    segmentBytes: 1500,
    deleteRetentionMs: 1000,
    write: (topic) => records(topic, 0, 60, 40),
    rounds: [ROUND, AFTER(500), AFTER(999), AFTER(1000)],
  },
  {
    name: 'small reads and writes',
    segmentBytes: 3000,
    deleteRetentionMs: 1000,
    write: (topic) => records(topic, 0, 80, 20),
    rounds: [
      { ...ROUND, ioBufferBytes: 300 },
      { ...AFTER(2000), ioBufferBytes: 200 },
    ],
  },
  {
    name: 'an offset map with room for few keys',
    segmentBytes: 1000,
    deleteRetentionMs: 1000,
    write: (topic) => records(topic, 0, 50, 20),
    rounds: Array.from({ length: 6 }, () => ({ ...ROUND, mapBytes: 24 * 10 })),
  },
  {
    name: 'segments that are made one, after most of them is gone',
    segmentBytes: 1000,
    deleteRetentionMs: 0,
    write: (topic) => records(topic, 0, 100, 3),
    rounds: [ROUND, AFTER(1), AFTER(2), AFTER(3)],
  },
  {
    name: 'idempotent producers and their last sequences',
    segmentBytes: 1000,
    deleteRetentionMs: 1000,
    write: (topic) => {
      for (let i = 0; i < 6; i++) {
        topic.append(sequenced(7, 0, i * 2, 2))
        topic.append(sequenced(8, i < 3 ? 0 : 1, i < 3 ? i : i - 3, 1))
        topic.commit()
      }
      records(topic, 0, 30, 5)
      topic.restart()
      for (let i = 0; i < 20; i++) topic.write(`k=${i}${VALUE}`)
    },
    rounds: [ROUND, AFTER(2000)],
  },
  {
    name: 'transactions, committed and aborted, and their markers',
    segmentBytes: 900,
    deleteRetentionMs: 1000,
    write: (topic) => {
      for (let i = 0; i < 4; i++) {
        topic.append(sequenced(9, 0, i * 2, 2, { transactional: true }))
        topic.write(`t${i}=${VALUE}`)
        topic.mark(marker(i % 2 === 0 ? 'commit' : 'abort', 9, 0))
      }
      topic.append(sequenced(10, 3, 0, 1, { transactional: true }))
      topic.mark(marker('abort', 10, 3))
      records(topic, 0, 40, 8)
      topic.append(sequenced(9, 0, 8, 1, { transactional: true }))
      topic.mark(marker('commit', 9, 0))
      for (let i = 0; i < 20; i++) topic.write(`k=${i}${VALUE}`)
    },
    rounds: [ROUND, AFTER(10), AFTER(1009), AFTER(1010)],
  },
]

/** The directory of the log, before any round. */
export function written(each: CleanerCase): MemoryDisk {
  const disk = new MemoryDisk()
  const topic = new CleanedLog({ segmentBytes: each.segmentBytes, compacted: false }, disk)
  each.write(topic)
  topic.log.flush()
  topic.log.close()
  return disk
}

export function namesIn(disk: MemoryDisk): string[] {
  return disk.list(DIR)
}
