// The entries of `.index`, `.timeindex` and `.snapshot` files in the words of Kafka's own dump tool, and what it would find
// wrong with them beside their log.

import { decodeSnapshot } from '../../src/log/producer-snapshot-file.ts'
import { addToSequence, BatchWalk, hasBatchHeader, lastOffset, maxTimestamp } from '../../src/records/record-batch.ts'
import { readInt32, readInt64 } from '../../src/records/fixed-ints.ts'

export interface DumpedText {
  readonly lines: readonly string[]
  readonly complaints: readonly string[]
}

const OFFSET_ENTRY_BYTES = 8
const TIME_ENTRY_BYTES = 12

/** `path` as it is to be named; `log` are the bytes of the segment's batches. */
export function offsetIndexText(path: string, baseOffset: number, bytes: Uint8Array, log: Uint8Array): DumpedText {
  const lines: string[] = []
  const complaints: string[] = []
  if (bytes.length < OFFSET_ENTRY_BYTES) return { lines: [`${path} is empty.`], complaints }
  for (let at = 0; at + OFFSET_ENTRY_BYTES <= bytes.length; at += OFFSET_ENTRY_BYTES) {
    const offset = baseOffset + readInt32(bytes, at)
    const position = readInt32(bytes, at + 4)
    // Zeros, where entries are to come.
    if (offset === baseOffset && at > 0) break
    const found = position >= 0 && hasBatchHeader(log, position, log.length) ? lastOffset(log, position) : undefined
    if (found !== offset) complaints.push(`  Index offset: ${offset}, log offset: ${found ?? 'none'}`)
    lines.push(`offset: ${offset} position: ${position}`)
  }
  if (complaints.length > 0) complaints.unshift(`Mismatches in :${path}`)
  return { lines, complaints }
}

export function timeIndexText(path: string, baseOffset: number, bytes: Uint8Array, log: Uint8Array): DumpedText {
  const lines: string[] = []
  const complaints: string[] = []
  const largest = timestampsByLastOffset(log)
  let previous = -1
  for (let at = 0; at + TIME_ENTRY_BYTES <= bytes.length; at += TIME_ENTRY_BYTES) {
    const timestamp = readInt64(bytes, at)
    const offset = baseOffset + readInt32(bytes, at + 8)
    if (offset === baseOffset && at > 0) break
    const inLog = largest.get(offset)
    if (inLog === undefined) complaints.push(`  Indexed offset: ${offset} is the last of no batch`)
    else if (inLog !== timestamp) complaints.push(`  Index timestamp: ${timestamp}, log timestamp: ${inLog}`)
    if (previous >= timestamp)
      complaints.push(`  Index timestamp: ${timestamp}, Previously indexed timestamp: ${previous}`)
    previous = timestamp
    lines.push(`timestamp: ${timestamp} offset: ${offset}`)
  }
  if (complaints.length > 0) complaints.unshift(`Found in :${path}`)
  return { lines, complaints }
}

export function snapshotText(path: string, bytes: Uint8Array): DumpedText {
  const entries = decodeSnapshot(bytes)
  if (typeof entries === 'string') return { lines: [], complaints: [`${path}: ${entries}`] }
  const lines = entries.map((entry) => {
    const { producerId, epoch, coordinatorEpoch, transactionFirstOffset, timestampMs } = entry
    const open = transactionFirstOffset < 0 ? 'OptionalLong.empty' : `OptionalLong[${transactionFirstOffset}]`
    const head = `producerId: ${producerId} producerEpoch: ${epoch} coordinatorEpoch: ${coordinatorEpoch} currentTxnFirstOffset: ${open} lastTimestamp: ${timestampMs} `
    if (entry.lastOffset < 0) return head
    const { lastSequence, lastOffset: last, offsetDelta } = entry
    const firstSequence = addToSequence(lastSequence, -offsetDelta)
    return `${head}firstSequence: ${firstSequence} lastSequence: ${lastSequence} lastOffset: ${last} offsetDelta: ${offsetDelta} timestamp: ${timestampMs}`
  })
  return { lines, complaints: [] }
}

function timestampsByLastOffset(log: Uint8Array): ReadonlyMap<number, number> {
  const largest = new Map<number, number>()
  const walk = new BatchWalk(log, 0, log.length)
  while (walk.next()) largest.set(lastOffset(log, walk.position), maxTimestamp(log, walk.position))
  return largest
}
