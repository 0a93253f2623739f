// How the records of a batch may be compressed (W-42, W-48): Kafka's four codecs, by name and by number. Each gives the same
// bytes on every machine and every release of Node; other libraries compress to other sizes, and read them all the same.

import { gzip } from './gzip.ts'
import { lz4 } from './lz4.ts'
import { snappy } from './snappy.ts'
import { zstd } from './zstd.ts'

export interface Codec {
  /** In the attributes of a batch. */
  readonly id: number
  readonly compress: (bytes: Uint8Array, level: number) => Uint8Array
  /** Throws if the bytes are damaged. */
  readonly decompress: (bytes: Uint8Array) => Uint8Array
}

export type CodecName = 'gzip' | 'snappy' | 'lz4' | 'zstd'

export const CODECS: { readonly [Name in CodecName]: Codec } = {
  gzip: { id: 1, ...gzip },
  snappy: { id: 2, ...snappy },
  lz4: { id: 3, ...lz4 },
  zstd: { id: 4, ...zstd },
}

export const HIGHEST_CODEC = 4

/** Undefined for none, and for numbers that name no codec. */
export function codecById(id: number): Codec | undefined {
  return Object.values(CODECS).find((codec) => codec.id === id)
}

/** A codec with how hard it tries. */
export interface Compression {
  readonly codec: Codec
  readonly level: number
}

/** Of Kafka's `compression.type` and the levels beside it; undefined for those that name no codec. */
export function compressionOf(type: string, levelOf: (name: CodecName) => number): Compression | undefined {
  if (!isCodecName(type)) return undefined
  return { codec: CODECS[type], level: levelOf(type) }
}

function isCodecName(type: string): type is CodecName {
  return Object.hasOwn(CODECS, type)
}
