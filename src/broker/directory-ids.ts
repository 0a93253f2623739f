// The ids of a broker's log directories (`meta.properties`, KIP-858), and what they say of its last stop. A broker with one
// directory has an id for the time being: nobody asks for it. One with several formats what it finds without a file.

import { cleanShutdownEpoch, readMetaProperties, writeMetaProperties } from '../log/directory-files.ts'
import { isStorageError } from '../log/storage-error.ts'
import { randomUuid } from '../protocol/uuid.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

export interface Identity {
  readonly clusterId: string
  readonly brokerId: number
}

type Ids = Parameters<typeof randomUuid>[0]

/** By directory; one whose file cannot be read has none, and has failed. */
export function directoryIds(
  { disk }: KafkaHost,
  dirs: readonly string[],
  { clusterId, brokerId }: Identity,
  ids: Ids,
  onFailure: (dir: string, error: Error) => void,
): ReadonlyMap<string, string> {
  if (dirs.length === 1) return new Map(dirs.map((dir) => [dir, randomUuid(ids)]))
  const found = new Map<string, string>()
  for (const dir of dirs) {
    try {
      const fresh = { clusterId, nodeId: brokerId, directoryId: randomUuid(ids) }
      const meta = readMetaProperties(disk, dir) ?? fresh
      if (meta === fresh) writeMetaProperties(disk, dir, fresh)
      found.set(dir, meta.directoryId)
    } catch (error) {
      if (!isStorageError(error)) throw error
      onFailure(dir, error)
    }
  }
  return found
}

/** The broker epoch that the markers of a clean shutdown agree on; −1 if one is missing, or they do not agree. */
export function lastCleanEpoch({ disk }: KafkaHost, dirs: readonly string[]): number {
  try {
    const epochs = new Set(dirs.map((dir) => cleanShutdownEpoch(disk, dir)))
    const [epoch = -1] = epochs
    return epochs.size === 1 ? epoch : -1
  } catch (error) {
    if (!isStorageError(error)) throw error
    return -1
  }
}
