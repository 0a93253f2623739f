// The batches of a `.log` file in the words of Kafka's own dump tool, with `--deep-iteration --print-data-log` its records.

import { decodeBatch } from '../../src/records/batch-reader.ts'
import { ABORT, COMMIT, decodeControl } from '../../src/records/control-records.ts'
import { readInt16 } from '../../src/records/fixed-ints.ts'
import {
  attributes,
  baseOffset,
  baseSequence,
  baseTimestamp,
  codec,
  computeCrc,
  crc,
  hasBatchHeader,
  isControl,
  isLogAppendTime,
  isTransactional,
  lastOffset,
  lastSequence,
  magic,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  recordsCount,
  sizeInBytes,
} from '../../src/records/record-batch.ts'
import { decodeUtf8 } from '../../src/records/utf8.ts'

/** Attribute: the base timestamp is the batch's delete horizon (W-42). */
const DELETE_HORIZON = 0x40
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const CONTROL_TYPES = ['ABORT', 'COMMIT', 'LEADER_CHANGE', 'SNAPSHOT_HEADER', 'SNAPSHOT_FOOTER']

/** `fileName` says where the log starts. */
export function logText(fileName: string, bytes: Uint8Array, withRecords: boolean): string[] {
  const lines = [`Log starting offset: ${Number(fileName.split('.')[0])}`]
  let position = 0
  while (hasBatchHeader(bytes, position, bytes.length)) {
    const end = position + sizeInBytes(bytes, position)
    if (end > bytes.length) break
    lines.push(batchLine(bytes, position))
    if (withRecords) lines.push(...recordLines(bytes, position))
    position = end
  }
  if (position < bytes.length) lines.push(`Found ${bytes.length - position} invalid bytes at the end of ${fileName}`)
  return lines
}

function batchLine(bytes: Uint8Array, at: number): string {
  const horizon = (attributes(bytes, at) & DELETE_HORIZON) !== 0 ? `[${baseTimestamp(bytes, at)}]` : '.empty'
  return [
    `baseOffset: ${baseOffset(bytes, at)} lastOffset: ${lastOffset(bytes, at)} count: ${recordsCount(bytes, at)}`,
    `baseSequence: ${baseSequence(bytes, at)} lastSequence: ${lastSequence(bytes, at)}`,
    `producerId: ${producerId(bytes, at)} producerEpoch: ${producerEpoch(bytes, at)}`,
    `partitionLeaderEpoch: ${partitionLeaderEpoch(bytes, at)} isTransactional: ${isTransactional(bytes, at)}`,
    `isControl: ${isControl(bytes, at)} deleteHorizonMs: OptionalLong${horizon} position: ${at}`,
    `${timestampType(bytes, at)}: ${maxTimestamp(bytes, at)} size: ${sizeInBytes(bytes, at)} magic: ${magic(bytes, at)}`,
    `compresscodec: ${CODECS[codec(bytes, at)] ?? codec(bytes, at)} crc: ${crc(bytes, at)}`,
    `isvalid: ${computeCrc(bytes, at) === crc(bytes, at)}`,
  ].join(' ')
}

function recordLines(bytes: Uint8Array, at: number): string[] {
  const records = decodeBatch(bytes, at)
  if (typeof records === 'string') return [`| cannot be read: ${records}`]
  const control = isControl(bytes, at) ? controlText(bytes, at) : undefined
  return records.map(({ offset, timestampMs, sequence, key, value, headers }) => {
    const keys = headers.map(({ key: name }) => name).join(',')
    const sizes = `keySize: ${key?.length ?? -1} valueSize: ${value?.length ?? -1}`
    const head = `| offset: ${offset} ${timestampType(bytes, at)}: ${timestampMs} ${sizes} sequence: ${sequence} headerKeys: [${keys}]`
    if (control !== undefined) return head + control
    return [
      head,
      key === null ? '' : ` key: ${decodeUtf8(key)}`,
      value === null ? '' : ` payload: ${decodeUtf8(value)}`,
    ].join('')
  })
}

function controlText(bytes: Uint8Array, at: number): string {
  const records = decodeBatch(bytes, at)
  const key = typeof records === 'string' ? undefined : records[0]?.key
  const type = key === undefined || key === null || key.length < 4 ? -1 : readInt16(key, 2)
  const control = decodeControl(bytes, at)
  if ((type === ABORT || type === COMMIT) && control !== undefined && 'coordinatorEpoch' in control) {
    return ` endTxnMarker: ${CONTROL_TYPES[type]} coordinatorEpoch: ${control.coordinatorEpoch}`
  }
  return ` controlType: ${CONTROL_TYPES[type] ?? 'UNKNOWN'}(${type})`
}

function timestampType(bytes: Uint8Array, at: number): string {
  return isLogAppendTime(bytes, at) ? 'LogAppendTime' : 'CreateTime'
}
