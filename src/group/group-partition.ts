// Which partition of __consumer_offsets coordinates a group (G-1 … G-4): Java's hash of the id, modulo their number.

/** Java's String.hashCode: 32 bits that wrap, over UTF-16 code units. */
export function javaStringHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/** The one number without a positive counterpart becomes 0; this is not the mask that partitioners use (G-3). */
export function groupPartition(groupId: string, partitions: number): number {
  const hash = javaStringHash(groupId)
  return hash === -2147483648 ? 0 : Math.abs(hash) % partitions
}
