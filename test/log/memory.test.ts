// What a log of closed segments takes of this machine's memory: little more than its bytes.

import { expect, it } from 'vitest'
import { World } from '../../sim/index.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import { PartitionLog } from '../../src/log/partition-log.ts'
import { batchOf, DIR, NOW_MS } from './fixtures.ts'

const SEGMENT_BYTES = 65536
const LOG_BYTES = 40 * SEGMENT_BYTES

it.each([30, 1000])('segments that are closed and synced keep no memory but their bytes (records of %i)', (length) => {
  const world = new World({ seed: 1 })
  const opened: PartitionLog[] = []
  world.addProcess('broker-1', {
    boot: ({ disk }) => {
      const config = { ...DEFAULT_LOG_CONFIG, segmentBytes: SEGMENT_BYTES }
      const checkpoints = { recoveryPoint: 0, highWatermarkCheckpoint: 0, cleanShutdown: false }
      opened.push(PartitionLog.open({ disk, dir: DIR, config, ...checkpoints }))
    },
  })
  world.process('broker-1').start()
  const log = opened[0]!
  const batch = batchOf(['x'.repeat(length)])
  const append = (): void => void log.appendAsLeader(batch, 0, NOW_MS, 'client')
  while (log.sizeBytes < LOG_BYTES) append()
  // The log goes on for a while, slowly, and so the disk comes across all its files.
  for (let i = 0; i < 400; i++) {
    world.run(world.loop.nowUs + 100_000)
    append()
  }
  const { disk } = world.process('broker-1').machine
  const stored = disk.paths().reduce((sum, path) => sum + disk.inspect(path)!.length, 0)
  // The active segment has room to grow, and a log of its own of what is not durable.
  expect(disk.heldBytes() - stored).toBeLessThan(2 * SEGMENT_BYTES)
  expect(disk.undoCounts().changes).toBeLessThan(400)
})
