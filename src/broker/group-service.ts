// What a broker needs of a group coordinator, and what it gives it. The coordinator lives in a room above this one; whoever
// builds a broker says which one it gets, or none.

import type { MetadataDelta, MetadataImage } from '../metadata/metadata-image.ts'
import type { ServerRequest } from '../network/request-server.ts'
import type { ApiName } from '../protocol/api-keys.ts'
import type { BrokerContext } from './broker-context.ts'
import type { InternalTopics } from './internal-topics.ts'
import type { ReplicaManager } from './replica-manager.ts'

export interface GroupService {
  /** Takes a request of one of GROUP_APIS; answers it exactly once, now or later. On a request handler's thread. */
  handle(request: ServerRequest): void
  /** Metadata changed; replicas have taken their roles. Led partitions of __consumer_offsets are loaded, others let go. */
  applyDelta(delta: MetadataDelta, image: MetadataImage): void
  /** Nobody is answered any more. */
  close(): void
}

export interface GroupServiceParts {
  readonly context: BrokerContext
  readonly replicas: ReplicaManager
  readonly internalTopics: InternalTopics
}

export type GroupServiceFactory = (parts: GroupServiceParts) => GroupService

export const GROUP_APIS = [
  'OffsetCommit',
  'OffsetFetch',
  'FindCoordinator',
  'JoinGroup',
  'Heartbeat',
  'LeaveGroup',
  'SyncGroup',
  'DescribeGroups',
  'ListGroups',
  'DeleteGroups',
  'OffsetDelete',
] as const satisfies readonly ApiName[]
