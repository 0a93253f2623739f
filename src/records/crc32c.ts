// CRC-32C (Castagnoli), the checksum of a record batch (W-41) and of a producer snapshot (S-8). Eight bytes a step with
// eight tables ("slice by 8"); the tables are computed once from the polynomial and never change.

/** Reflected form of the Castagnoli polynomial. */
const POLYNOMIAL = 0x82f63b78

const TABLES = buildTables()

/** CRC-32C of `bytes[from, to)`, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  const t = TABLES
  const b = bytes
  let c = -1
  let p = from
  for (const lastStep = to - 7; p < lastStep; p += 8) {
    const x = c ^ (b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24))
    c =
      t[1792 + (x & 255)]! ^
      t[1536 + ((x >>> 8) & 255)]! ^
      t[1280 + ((x >>> 16) & 255)]! ^
      t[1024 + (x >>> 24)]! ^
      t[768 + b[p + 4]!]! ^
      t[512 + b[p + 5]!]! ^
      t[256 + b[p + 6]!]! ^
      t[b[p + 7]!]!
  }
  for (; p < to; p++) c = t[(c ^ b[p]!) & 255]! ^ (c >>> 8)
  return ~c >>> 0
}

/** Table k, at `256 * k`, holds the CRC of one byte followed by k zero bytes. */
function buildTables(): Int32Array {
  const tables = new Int32Array(256 * 8)
  for (let i = 0; i < 256; i++) {
    let c = i
    for (let bit = 0; bit < 8; bit++) c = (c & 1) !== 0 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1
    tables[i] = c
  }
  for (let k = 1; k < 8; k++) {
    for (let i = 0; i < 256; i++) {
      const c = tables[256 * (k - 1) + i]!
      tables[256 * k + i] = (c >>> 8) ^ tables[c & 255]!
    }
  }
  return tables
}
