// DeleteRecords.

import type { ServerRequest } from '../network/request-server.ts'
import type { BrokerContext } from './broker-context.ts'
import { REQUEST_COST_US } from './costs.ts'
import { DeleteRecordsEntry } from './delayed-delete-records.ts'
import type { ReplicaManager } from './replica-manager.ts'

export function handleDeleteRecords(context: BrokerContext, replicas: ReplicaManager, request: ServerRequest): void {
  context.host.jobs.charge(REQUEST_COST_US)
  const { topics, timeoutMs } = request.bodyAs('DeleteRecords')
  const asked = topics.map(({ name, partitions }) => ({
    name,
    entries: partitions.map(({ partitionIndex, offset }) => new DeleteRecordsEntry(name, partitionIndex, offset)),
  }))
  const all = asked.flatMap(({ entries }) => entries)
  replicas.deleteRecords(all, timeoutMs, () =>
    request.respond('DeleteRecords', {
      throttleTimeMs: 0,
      topics: asked.map(({ name, entries }) => ({
        name,
        partitions: entries.map(({ index, lowWatermark, errorCode }) => ({
          partitionIndex: index,
          lowWatermark,
          errorCode,
        })),
      })),
    }),
  )
}
