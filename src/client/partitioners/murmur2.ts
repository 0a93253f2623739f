// Kafka's hash of keys (P-11): the Java client and kafkajs place keyed records by it.

/** Kafka's 32-bit murmur2, seed 0x9747b28c, as a signed integer (P-11). */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995
  const length = bytes.length
  const tail = length & ~3
  let h = 0x9747b28c ^ length
  for (let at = 0; at < tail; at += 4) {
    let k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const left = length - tail
  if (left === 3) h ^= bytes[tail + 2]! << 16
  if (left >= 2) h ^= bytes[tail + 1]! << 8
  if (left >= 1) h = Math.imul(h ^ bytes[tail]!, m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return (h ^ (h >>> 15)) | 0
}

/** The partition of a key, of all partitions of its topic, whether or not they are led. */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}
