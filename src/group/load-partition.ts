// Reads a partition of __consumer_offsets into memory, from its start to its end (G-39), real bytes, in the order in which
// they were written. It ends where nothing more is read, whatever the end of the log says (KAFKA-9065).

import type { BrokerContext } from '../broker/broker-context.ts'
import type { GroupServiceParts } from '../broker/group-service.ts'
import { OFFSETS_TOPIC } from '../broker/internal-topics.ts'
import { bytesCostUs } from '../broker/costs.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { isStorageError } from '../log/storage-error.ts'
import { decodeGroupRecord } from '../protocol/group-record.ts'
import { decodeBatch } from '../records/batch-reader.ts'
import { BatchWalk, isControl } from '../records/record-batch.ts'
import { LOAD_KIB_COST_US, RECORD_COST_US } from './costs.ts'
import { replay } from './replay.ts'
import type { ShardState } from './shard-state.ts'

/** `offsets.load.buffer.size`. */
const READ_BYTES = 5 * 1024 * 1024

/** False if there is nothing to load from: we do not lead the partition, or its bytes make no sense. */
export function loadPartition({ context, replicas }: GroupServiceParts, index: number, state: ShardState): boolean {
  const replica = replicas.hosted(OFFSETS_TOPIC, index)
  if (replica === undefined || !replica.isLeader) return false
  try {
    return load(replica.log, context, state)
  } catch (problem) {
    if (!isStorageError(problem)) throw problem
    return false
  }
}

function load(log: PartitionLog, context: BrokerContext, state: ShardState): boolean {
  const { undo } = state
  let offset = log.logStartOffset
  while (offset < log.logEndOffset) {
    const { bytes, nextOffset } = log.read(offset, READ_BYTES, log.logEndOffset, true)
    if (bytes.length === 0) break
    context.host.jobs.charge(bytesCostUs(bytes.length, LOAD_KIB_COST_US))
    const walk = new BatchWalk(bytes, 0, bytes.length)
    while (walk.next()) {
      if (isControl(bytes, walk.position)) continue
      const records = decodeBatch(bytes, walk.position)
      if (typeof records === 'string') return false
      context.host.jobs.charge(records.length * RECORD_COST_US)
      // What it changes counts once the high watermark has passed its batch.
      undo.lastWritten = records[0]?.offset ?? undo.lastWritten
      for (const record of records) {
        const known = record.key === null ? undefined : decodeGroupRecord(record.key, record.value)
        if (known !== undefined) replay(state, known, record.offset)
      }
    }
    offset = nextOffset
  }
  undo.lastWritten = log.logEndOffset
  undo.commit(log.highWatermark)
  return true
}
