// The topics a consumer says it subscribes to. A coordinator reads only the oldest part of what members send to their
// leader, which begins every later version: an int16 version and the list of topics.

import { decodeUtf8 } from '../protocol/utf8.ts'
import { readInt16, readInt32 } from '../records/fixed-ints.ts'

/** Undefined if the bytes make no sense as a subscription. */
export function subscribedTopics(metadata: Uint8Array): string[] | undefined {
  if (metadata.length < 6) return undefined
  const topics: string[] = []
  let at = 6
  for (let left = readInt32(metadata, 2); left > 0; left--) {
    if (at + 2 > metadata.length) return undefined
    const length = readInt16(metadata, at)
    if (length < 0 || at + 2 + length > metadata.length) return undefined
    topics.push(decodeUtf8(metadata, at + 2, at + 2 + length))
    at += 2 + length
  }
  return topics
}
