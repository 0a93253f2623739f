// Which handler a request goes to.

import { unreachable } from '../../sim/index.ts'
import type { ServerRequest } from '../network/request-server.ts'
import { handleApiVersions } from './api-versions-handler.ts'
import type { BrokerContext } from './broker-context.ts'
import { handleDeleteRecords } from './delete-records-handler.ts'
import { handleFetch } from './fetch-handler.ts'
import { FetchSessionCache } from './fetch-session-cache.ts'
import { handleInitProducerId } from './init-producer-id-handler.ts'
import { handleListOffsets } from './list-offsets-handler.ts'
import { handleMetadata } from './metadata-handler.ts'
import { handleOffsetForLeaderEpoch } from './offset-for-leader-epoch-handler.ts'
import { handleProduce } from './produce-handler.ts'
import type { GroupService } from './group-service.ts'
import type { ProducerIdManager } from './producer-id-manager.ts'
import type { ReplicaManager } from './replica-manager.ts'

export class RequestHandlers {
  private readonly context: BrokerContext
  private readonly clusterId: string
  private readonly replicas: ReplicaManager
  private readonly producerIds: ProducerIdManager
  private readonly sessions: FetchSessionCache
  private readonly groups: GroupService | undefined

  constructor(
    context: BrokerContext,
    clusterId: string,
    replicas: ReplicaManager,
    producerIds: ProducerIdManager,
    groups?: GroupService,
  ) {
    this.groups = groups
    this.context = context
    this.clusterId = clusterId
    this.replicas = replicas
    this.producerIds = producerIds
    const slots = context.config['max.incremental.fetch.session.cache.slots']
    this.sessions = new FetchSessionCache(slots, context.host.random.stream('fetch-sessions'))
  }

  handle(request: ServerRequest): void {
    switch (request.api) {
      case 'Produce':
        return handleProduce(this.context, this.replicas, request)
      case 'Fetch':
        return handleFetch(this.context, this.replicas, this.sessions, request)
      case 'ListOffsets':
        return handleListOffsets(this.context, this.replicas, request)
      case 'OffsetForLeaderEpoch':
        return handleOffsetForLeaderEpoch(this.context, this.replicas, request)
      case 'Metadata':
        return handleMetadata(this.context, this.clusterId, request)
      case 'InitProducerId':
        return handleInitProducerId(this.producerIds, request)
      case 'ApiVersions':
        return handleApiVersions(request)
      case 'DeleteRecords':
        return handleDeleteRecords(this.context, this.replicas, request)
      case 'OffsetCommit':
      case 'OffsetFetch':
      case 'FindCoordinator':
      case 'JoinGroup':
      case 'Heartbeat':
      case 'LeaveGroup':
      case 'SyncGroup':
      case 'DescribeGroups':
      case 'ListGroups':
      case 'DeleteGroups':
      case 'OffsetDelete':
        return this.groups === undefined ? request.closeConnection() : this.groups.handle(request)
      case 'CreateTopics':
      case 'DeleteTopics':
      case 'CreatePartitions':
      case 'ElectLeaders':
      case 'AlterPartition':
      case 'BrokerRegistration':
      case 'BrokerHeartbeat':
      case 'AllocateProducerIds':
      case 'AssignReplicasToDirs':
        // Not served by brokers here: administrators turn to the controller.
        return request.closeConnection()
      default:
        return unreachable(request.api, 'api at a broker')
    }
  }
}
