// Has a consumer read again from a record that failed on, and from the first of each partition that was polled after it.

import type { PolledRecords } from '../client/group/fetch-buffer.ts'
import type { GroupConsumer } from '../client/group/group-consumer.ts'

export function seekBack(
  consumer: GroupConsumer,
  failed: string,
  offset: number,
  after: readonly PolledRecords[],
): void {
  consumer.seek(failed, offset)
  const sought = new Set([failed])
  for (const { partition, records } of after) {
    const [first] = records
    if (first === undefined || sought.has(partition.key)) continue
    sought.add(partition.key)
    consumer.seek(partition.key, first.offset)
  }
}
