// Directories of one partition, each made by our log: what Kafka's own dump tool printed of them is kept beside this file.
// Whoever changes one lets the tool look again: docs/kafka-files.md.

import type { LogConfig } from '../../../src/log/log-config.ts'
import type { PartitionLog } from '../../../src/log/partition-log.ts'
import { append, batchOf, DIR, marker, NOW_MS, openLog, replicate, sequenced } from '../fixtures.ts'
import { MemoryDisk } from '../memory-disk.ts'

export interface KafkaFilesCase {
  readonly name: string
  readonly make: () => MemoryDisk
}

const SMALL: Partial<LogConfig> = { segmentBytes: 1200, indexIntervalBytes: 250, segmentIndexBytes: 480 }

/** Files that Kafka's tool can be asked about, in the order of their names. */
export function segmentFiles(disk: MemoryDisk): string[] {
  return disk.list(DIR).filter((name) => /^\d{20}\.(log|index|timeindex|snapshot)$/.test(name))
}

/** Three producers and a plain client, times that go up and down, three segments; the last one is active. */
function writtenByLeader(disk: MemoryDisk): PartitionLog {
  const log = openLog(disk, { config: SMALL })
  for (let i = 0; i < 16; i++) {
    const atMs = NOW_MS + ((i * 7) % 11) * 100
    if (i % 4 === 3) append(log, batchOf([`plain ${i}`, 'x'.repeat(i * 3)], {}, atMs), 1)
    else append(log, sequenced(4000 + (i % 4), 2, Math.floor(i / 4) * 2, 2, {}, atMs), i < 9 ? 1 : 4)
  }
  return log
}

export const CASES: readonly KafkaFilesCase[] = [
  {
    name: 'leader-active',
    make: () => {
      const disk = new MemoryDisk()
      writtenByLeader(disk)
      return disk
    },
  },
  {
    name: 'follower-closed',
    make: () => {
      const leader = writtenByLeader(new MemoryDisk())
      const disk = new MemoryDisk()
      const log = openLog(disk, { config: { ...SMALL, segmentBytes: 2000 } })
      replicate(leader, log, 700)
      log.flush()
      log.close()
      return disk
    },
  },
  {
    name: 'transactions',
    make: () => {
      const disk = new MemoryDisk()
      const log = openLog(disk, { config: SMALL })
      const end = (kind: 'abort' | 'commit', id: number) =>
        log.appendAsLeader(marker(kind, id, 0, 9, NOW_MS + 50), 3, NOW_MS, 'coordinator')
      for (const id of [70, 71]) append(log, sequenced(id, 0, 0, 2, { transactional: true }), 3)
      end('commit', 70)
      append(log, sequenced(70, 0, 2, 1, { transactional: true }), 3)
      end('abort', 71)
      log.close()
      return disk
    },
  },
  {
    name: 'recovered',
    make: () => {
      const disk = new MemoryDisk()
      writtenByLeader(disk)
      const last = segmentFiles(disk).findLast((name) => name.endsWith('.log'))!
      const torn = disk.open(`${DIR}/${last}`)
      torn.truncate(torn.sizeBytes - 30)
      // The power went: indexes are stale, and one is gone.
      for (const name of segmentFiles(disk)) if (name.endsWith('.timeindex')) disk.put(`${DIR}/${name}`, '')
      disk.remove(`${DIR}/00000000000000000000.index`)
      const log = openLog(disk, { config: SMALL })
      log.flush()
      log.close()
      return disk
    },
  },
  {
    name: 'truncated-and-append-time',
    make: () => {
      const disk = new MemoryDisk()
      const log = writtenByLeader(disk)
      log.truncateTo(12)
      log.updateConfig({ ...log.config, timestampType: 'LogAppendTime' })
      for (let i = 0; i < 5; i++) log.appendAsLeader(batchOf([`again ${i}`]), 5, NOW_MS + 5000 + i, 'client')
      return disk
    },
  },
]
