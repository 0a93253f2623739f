// gzip, by fflate: like zlib's deflate in all but the last few bytes. Level −1 is Kafka's word for the usual one, 6.

import { gunzipSync, gzipSync } from 'fflate'

export const gzip = {
  compress(bytes: Uint8Array, level: number): Uint8Array {
    // No time of day in the header.
    return gzipSync(bytes, { level: isLevel(level) ? level : 6, mtime: 0 })
  },
  decompress: (bytes: Uint8Array): Uint8Array => gunzipSync(bytes),
}

type Level = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

function isLevel(level: number): level is Level {
  return level >= 1 && level <= 9
}
