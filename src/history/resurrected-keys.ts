// Tables that applications keep of a compacted topic: who reads it holds, for each key, the last value that it was
// handed, until it is handed a tombstone. A key that a reader still holds although its deletion lies behind the reader's
// position came back from the dead: the tombstone was gone before the reader came by. A group keeps one table, and keeps it
// when its members change; a consumer without a group begins anew when it is started anew. Judged by acknowledged records.

import type { Deliveries } from './deliveries.ts'
import type { History } from './history.ts'

export interface ResurrectedKey {
  readonly consumer: string
  readonly partition: string
  /** As the workload numbers them: `k3`. */
  readonly key: string
  /** Of the value it holds. */
  readonly offset: number
  /** Of the deletion that it missed. */
  readonly tombstone: number
}

export interface TablesOfReaders {
  /** Keys that readers hold in the end, all of them together. */
  readonly held: number
  /** Tombstones that readers were handed. */
  readonly deletions: number
  readonly resurrected: readonly ResurrectedKey[]
}

interface Write {
  readonly offset: number
  readonly key: number
  readonly tombstone: boolean
}

export function tablesOfReaders(history: History, isGrouped: (consumer: string) => boolean): TablesOfReaders {
  const writes = acknowledgedWrites(history)
  let held = 0
  let deletions = 0
  const resurrected: ResurrectedKey[] = []
  for (const [consumer, partition, deliveries] of tables(history, isGrouped)) {
    const ofPartition = writes.get(partition)
    if (ofPartition === undefined) continue
    const table = new Map<number, number>()
    for (const { offsets, count } of deliveries) {
      for (let i = 0; i < count; i++) {
        const write = ofPartition.get(offsets.at(i))
        if (write === undefined) continue
        if (write.tombstone) {
          deletions += 1
          table.delete(write.key)
        } else table.set(write.key, write.offset)
      }
    }
    held += table.size
    const end = Math.max(...deliveries.map(({ highest }) => highest)) + 1
    const last = lastWrites(ofPartition.values(), end)
    for (const [key, offset] of table) {
      const write = last.get(key)
      if (write?.tombstone !== true || write.offset < offset) continue
      resurrected.push({ consumer, partition, key: `k${key}`, offset, tombstone: write.offset })
    }
  }
  return { held, deletions, resurrected }
}

/** By partition and offset. */
function acknowledgedWrites(history: History): Map<string, Map<number, Write>> {
  const writes = new Map<string, Map<number, Write>>()
  for (const records of history.clients.values()) {
    for (let n = 0; n < records.count; n++) {
      if (!records.isAcked(n) || records.key(n) < 0) continue
      const partition = history.partitionNames[records.partition(n)] ?? ''
      let ofPartition = writes.get(partition)
      if (ofPartition === undefined) {
        ofPartition = new Map()
        writes.set(partition, ofPartition)
      }
      const offset = records.offset(n)
      ofPartition.set(offset, { offset, key: records.key(n), tombstone: records.isTombstone(n) })
    }
  }
  return writes
}

/** Whose table, of which partition, made of which deliveries. */
function tables(history: History, isGrouped: (consumer: string) => boolean): [string, string, Deliveries[]][] {
  const grouped = new Map<string, [string, string, Deliveries[]]>()
  const list: [string, string, Deliveries[]][] = []
  for (const deliveries of history.deliveries) {
    const { consumer, partition, count } = deliveries
    if (count === 0) continue
    const owner = isGrouped(consumer) ? consumer.replace(/\[.*$/, '') : consumer
    const table = grouped.get(`${owner} ${partition}`)
    if (owner !== consumer && table !== undefined) table[2].push(deliveries)
    else {
      const started: [string, string, Deliveries[]] = [owner, partition, [deliveries]]
      grouped.set(`${owner} ${partition}`, started)
      list.push(started)
    }
  }
  return list
}

/** Of each key the last write below `end`. */
function lastWrites(writes: Iterable<Write>, end: number): Map<number, Write> {
  const last = new Map<number, Write>()
  for (const write of writes) {
    if (write.offset < end && write.offset > (last.get(write.key)?.offset ?? -1)) last.set(write.key, write)
  }
  return last
}
