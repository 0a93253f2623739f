// What a broker does to all its logs from time to time: old segments go, idle producers are forgotten. A log
// whose directory fails meanwhile is passed over: the directory is taken offline by itself.

import { unlessStorageFails } from '../log/storage-error.ts'
import type { BrokerContext } from './broker-context.ts'
import type { Partition } from './partition.ts'

/** Each replica looks at its own log. Compacted logs are the cleaner's business. */
export function deleteOldSegments({ host, logs }: BrokerContext): void {
  const nowMs = host.clock.wallMs()
  for (const log of logs.logs()) {
    if (!log.config.compacted) unlessStorageFails(() => log.deleteOldSegments(nowMs))
  }
}

export function expireProducers({ host, id }: BrokerContext, partitions: Iterable<Partition>): void {
  const nowMs = host.clock.wallMs()
  for (const { key, log } of partitions) {
    const count = log.expireProducers(nowMs)
    if (count > 0) host.trace.emit({ type: 'producers-expired', broker: id, partition: key, count })
  }
}
