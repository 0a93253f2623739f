// How fast the cleaner reads and writes: one round over a log of 64 MB on the simulated disk, twenty records of 100 bytes a
// batch, each key written five times.

import { World } from '../sim/index.ts'
import { ByteSink } from '../src/log/cleaner/byte-sink.ts'
import { logToClean, offsetsToClean } from '../src/log/cleaner/cleanable-offsets.ts'
import { cleanLog } from '../src/log/cleaner/clean-log.ts'
import { OffsetMap } from '../src/log/cleaner/offset-map.ts'
import { DEFAULT_LOG_CONFIG } from '../src/log/log-config.ts'
import { PartitionLog } from '../src/log/partition-log.ts'
import { BatchBuilder, PLAIN_BATCH } from '../src/records/batch-builder.ts'
import { row } from './measure.ts'

const LOG_BYTES = 64 * 1024 * 1024
const SEGMENT_BYTES = 8 * 1024 * 1024
const RECORDS_PER_BATCH = 20
const VALUE_BYTES = 100
const WRITES_PER_KEY = 5
const ROUNDS = 5
const NOW_MS = 1_700_000_000_000

export function benchCompaction(): void {
  const rounds = Array.from({ length: ROUNDS + 1 }, round).slice(1)
  const [middle] = rounds.toSorted((a, b) => a.seconds - b.seconds).slice(ROUNDS >> 1)
  if (middle === undefined) return
  const { seconds, readBytes, records } = middle
  row('compaction: read, of a log that shrinks to a fifth', `${(readBytes / 1e6 / seconds).toFixed(0)} MB/s`)
  row('compaction: records', `${(records / 1e6 / seconds).toFixed(2)} M/s`)
}

/** What one round read, in all: the dirty part to find its keys, and everything to be copied. */
function round(): { seconds: number; readBytes: number; records: number } {
  const log = filledLog()
  const target = logToClean(log, offsetsToClean(log, undefined, NOW_MS), NOW_MS)
  const tools = { map: new OffsetMap(128 * 1024 * 1024), loadFactor: 0.9, ioBufferBytes: 262144, sink: new ByteSink(0) }
  const before = process.hrtime.bigint()
  const steps = cleanLog(target, NOW_MS, tools)
  for (;;) {
    const step = steps.next()
    if (step.done !== true) continue
    const seconds = Number(process.hrtime.bigint() - before) / 1e9
    return { seconds, readBytes: step.value.bytesRead, records: step.value.recordsRead }
  }
}

function filledLog(): PartitionLog {
  const world = new World({ seed: 1 })
  let opened: PartitionLog | undefined
  world.addProcess('broker-1', {
    boot: (host) => {
      opened = PartitionLog.open({
        disk: host.disk,
        dir: 'data/t-0',
        config: { ...DEFAULT_LOG_CONFIG, compacted: true, segmentBytes: SEGMENT_BYTES },
        recoveryPoint: 0,
        highWatermarkCheckpoint: 0,
        cleanShutdown: false,
      })
    },
  })
  world.process('broker-1').start()
  world.run(world.loop.nowUs)
  if (opened === undefined) throw new Error('the process did not boot')
  const log = opened
  const builder = new BatchBuilder()
  const keys = Math.floor(LOG_BYTES / (VALUE_BYTES + 20) / WRITES_PER_KEY)
  const key = new Uint8Array(8)
  const view = new DataView(key.buffer)
  const value = new Uint8Array(VALUE_BYTES)
  for (let n = 0; log.sizeBytes < LOG_BYTES; n += RECORDS_PER_BATCH) {
    for (let i = 0; i < RECORDS_PER_BATCH; i++) {
      // Scattered, so that every batch loses some records.
      view.setUint32(4, ((n + i) * 7919) % keys)
      builder.append(NOW_MS, key, value)
    }
    log.appendAsLeader(builder.build(PLAIN_BATCH), 0, NOW_MS, 'client')
  }
  log.maybeIncrementHighWatermark(log.logEndOffset)
  return log
}
