// An independent reading of W-40..W-44, written for clarity with DataView and BigInt: the model the fast code is held to.

export interface NaiveRecord {
  offset: bigint
  timestamp: bigint
  key: Uint8Array | null
  value: Uint8Array | null
  headers: { key: string; value: Uint8Array | null }[]
}

export interface NaiveBatch {
  baseOffset: bigint
  batchLength: number
  partitionLeaderEpoch: number
  magic: number
  crc: number
  attributes: number
  lastOffsetDelta: number
  baseTimestamp: bigint
  maxTimestamp: bigint
  producerId: bigint
  producerEpoch: number
  baseSequence: number
  recordsCount: number
  records: NaiveRecord[]
  end: number
}

export function naiveCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

export function naiveDecode(bytes: Uint8Array): NaiveBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 61
  const varint = (): bigint => {
    let raw = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++)
      raw |= BigInt(byte & 127) << shift
      if (byte < 128) return (raw >> 1n) ^ -(raw & 1n)
    }
  }
  const field = (): Uint8Array | null => {
    const length = Number(varint())
    if (length < 0) return null
    at += length
    return bytes.slice(at - length, at)
  }
  const batch: NaiveBatch = {
    baseOffset: view.getBigInt64(0),
    batchLength: view.getInt32(8),
    partitionLeaderEpoch: view.getInt32(12),
    magic: view.getInt8(16),
    crc: view.getUint32(17),
    attributes: view.getInt16(21),
    lastOffsetDelta: view.getInt32(23),
    baseTimestamp: view.getBigInt64(27),
    maxTimestamp: view.getBigInt64(35),
    producerId: view.getBigInt64(43),
    producerEpoch: view.getInt16(51),
    baseSequence: view.getInt32(53),
    recordsCount: view.getInt32(57),
    records: [],
    end: 0,
  }
  if ((batch.attributes & 7) === 0) {
    for (let i = 0; i < batch.recordsCount; i++) {
      const length = Number(varint())
      const recordEnd = at + length
      at++
      const timestamp = batch.baseTimestamp + varint()
      const offset = batch.baseOffset + varint()
      const key = field()
      const value = field()
      const headers = Array.from({ length: Number(varint()) }, () => ({
        key: new TextDecoder().decode(field() ?? new Uint8Array(0)),
        value: field(),
      }))
      if (at !== recordEnd) throw new Error('record length does not match its fields')
      batch.records.push({ offset, timestamp, key, value, headers })
    }
    batch.end = at
  }
  return batch
}
