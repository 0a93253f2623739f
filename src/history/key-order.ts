// Order by key (P-11, P-13): what a producer sent under one key lies in one partition, in the order in which it was sent. A
// key that lies in two, because the topic grew or somebody chose, has no order any more. Reads the keys of the final logs, in
// one pass; where a record lies twice its first place counts.

import { BatchWalk, isControl } from '../records/record-batch.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { IdentityReader } from '../workload/record-identity.ts'

export interface KeyFinding {
  readonly partition: string
  readonly offset: number
  readonly text: string
}

/** What is known of one producer's records under one key of a topic. */
interface Place {
  readonly partition: string
  n: number
}

export interface KeyedRecord {
  readonly offset: number
  readonly client: string
  readonly n: number
  /** Null: it has none, and no order by it. */
  readonly key: string | null
}

const READ_BYTES = 4 * 1024 * 1024

export function checkKeyOrder(logs: ReadonlyMap<string, Iterable<KeyedRecord>>): {
  readonly keyed: number
  readonly found: readonly KeyFinding[]
} {
  const places = new Map<string, Place>()
  const seen = new Set<string>()
  const found: KeyFinding[] = []
  let keyed = 0
  for (const [partition, records] of logs) {
    const topic = partition.slice(0, partition.lastIndexOf('-'))
    for (const { offset, client, n, key } of records) {
      const id = `${client} ${n}`
      if (key === null || seen.has(id)) continue
      seen.add(id)
      keyed += 1
      const whose = `${topic} ${client} ${key}`
      const place = places.get(whose)
      if (place === undefined) places.set(whose, { partition, n })
      else if (place.partition !== partition) {
        found.push({
          partition,
          offset,
          text: `${client}#${n}, and ${client}#${place.n} of the same key in ${place.partition}`,
        })
      } else if (n < place.n) {
        found.push({ partition, offset, text: `${client}#${n} behind ${client}#${place.n} of the same key` })
      } else place.n = n
    }
  }
  return { keyed, found }
}

/** Of a log, to its end. */
export function* keyedRecordsOf(log: PartitionLog): Generator<KeyedRecord> {
  const cursor = new RecordCursor()
  const identity = new IdentityReader()
  for (let from = log.logStartOffset; from < log.logEndOffset;) {
    const { bytes, nextOffset } = log.read(from, READ_BYTES, log.logEndOffset, true)
    if (bytes.length === 0) return
    const walk = new BatchWalk(bytes, 0, bytes.length)
    while (walk.next()) {
      if (isControl(bytes, walk.position)) continue
      cursor.reset(bytes, walk.position)
      while (cursor.next()) {
        if (cursor.offset < from || cursor.valueLength < 0) continue
        if (!identity.read(cursor.bytes, cursor.valueAt, cursor.valueAt + cursor.valueLength)) continue
        const { key } = cursor
        const text = key === null ? null : String.fromCharCode(...key)
        yield { offset: cursor.offset, client: identity.client, n: identity.n, key: text }
      }
    }
    from = nextOffset
  }
}
