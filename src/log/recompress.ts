// What a leader makes of a client's batch where the topic says how its log is compressed (`compression.type`): the same
// records, written anew. A batch that is compressed so already stays as it is, whatever its level (W-48).

import { compressBatch, inflateBatch } from '../records/compression/compressed-batch.ts'
import { codec } from '../records/record-batch.ts'
import type { LogCompression } from './log-config.ts'

/** The bytes hold one batch, which was found good. */
export function recompress(bytes: Uint8Array, wanted: LogCompression): Uint8Array {
  if (wanted === 'producer') return bytes
  const id = wanted === 'uncompressed' ? 0 : wanted.codec.id
  const found = codec(bytes, 0)
  if (found === id) return bytes
  const plain = found === 0 ? bytes : (inflateBatch(bytes, 0) ?? bytes)
  return wanted === 'uncompressed' ? plain : compressBatch(plain, 0, wanted)
}
