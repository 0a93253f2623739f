// The group coordinator of one broker: its shards, as metadata says, and which of them a request is for (G-1, G-5 … G-7).
// Until __consumer_offsets exists there is nothing here, and nothing happens.

import { unreachable } from '../../sim/assert.ts'
import type { Pool } from '../../sim/index.ts'
import { REQUEST_COST_US } from '../broker/costs.ts'
import type { GroupService, GroupServiceParts } from '../broker/group-service.ts'
import { OFFSETS_TOPIC } from '../broker/internal-topics.ts'
import type { MetadataDelta, MetadataImage } from '../metadata/metadata-image.ts'
import type { ServerRequest } from '../network/request-server.ts'
import { handleFindCoordinator } from './find-coordinator.ts'
import { groupPartition } from './group-partition.ts'
import { handleDeleteGroups, handleDescribeGroups, handleListGroups } from './handle-admin.ts'
import { handleHeartbeat, handleJoinGroup, handleLeaveGroup, handleSyncGroup } from './handle-membership.ts'
import { handleOffsetCommit, handleOffsetDelete, handleOffsetFetch } from './handle-offsets.ts'
import { forgetPartitions } from './offset-delete.ts'
import { Shard, type ShardMeans } from './shard.ts'
import type { Shards } from './shards.ts'

export class GroupCoordinator implements GroupService, Shards {
  readonly parts: GroupServiceParts
  /** Read once, when the broker starts: to change it later would send groups elsewhere (G-1). */
  private readonly partitions: number
  private readonly shards = new Map<number, Shard>()
  private readonly means = new Map<number, ShardMeans>()
  private loader: Pool | undefined

  constructor(parts: GroupServiceParts) {
    const { metadata, config } = parts.context
    this.parts = parts
    this.partitions = metadata.topics.get(OFFSETS_TOPIC)?.partitions.length ?? config['offsets.topic.num.partitions']
  }

  handle(request: ServerRequest): void {
    const { api } = request
    this.parts.context.host.jobs.charge(REQUEST_COST_US)
    switch (api) {
      case 'FindCoordinator':
        return handleFindCoordinator(this.parts, this.partitions, request)
      case 'JoinGroup':
        return handleJoinGroup(this, request)
      case 'SyncGroup':
        return handleSyncGroup(this, request)
      case 'Heartbeat':
        return handleHeartbeat(this, request)
      case 'LeaveGroup':
        return handleLeaveGroup(this, request)
      case 'OffsetCommit':
        return handleOffsetCommit(this, request)
      case 'OffsetFetch':
        return handleOffsetFetch(this, request)
      case 'OffsetDelete':
        return handleOffsetDelete(this, request)
      case 'DescribeGroups':
        return handleDescribeGroups(this, request)
      case 'ListGroups':
        return handleListGroups(this, request)
      case 'DeleteGroups':
        return handleDeleteGroups(this, request)
      case 'Produce':
      case 'Fetch':
      case 'ListOffsets':
      case 'Metadata':
      case 'ApiVersions':
      case 'CreateTopics':
      case 'DeleteTopics':
      case 'DeleteRecords':
      case 'InitProducerId':
      case 'OffsetForLeaderEpoch':
      case 'CreatePartitions':
      case 'ElectLeaders':
      case 'AlterPartition':
      case 'BrokerRegistration':
      case 'BrokerHeartbeat':
      case 'AllocateProducerIds':
      case 'AssignReplicasToDirs':
        return request.closeConnection()
      default:
        return unreachable(api, 'api at a group coordinator')
    }
  }

  shardOf(groupId: string): Shard | undefined {
    return this.shards.get(groupPartition(groupId, this.partitions))
  }

  all(): Shard[] {
    return [...this.shards.values()]
  }

  applyDelta(delta: MetadataDelta, image: MetadataImage): void {
    const { id } = this.parts.context
    const removed = new Set<string>()
    for (const topic of delta.removedTopics) {
      removed.add(topic.name)
      if (topic.name !== OFFSETS_TOPIC) continue
      for (const { index } of topic.partitions) this.resign(index, undefined)
    }
    for (const index of delta.partitions.get(OFFSETS_TOPIC) ?? []) {
      const state = image.partition(OFFSETS_TOPIC, index)
      if (state === undefined) continue
      if (state.leader === id) this.elect(index, state.leaderEpoch)
      else this.resign(index, state.replicas.includes(id) ? state.leaderEpoch : undefined)
    }
    if (removed.size > 0) this.forgetTopics(removed)
  }

  close(): void {
    for (const shard of this.shards.values()) shard.close()
    this.shards.clear()
  }

  private elect(index: number, epoch: number): void {
    const known = this.shards.get(index)
    if (known !== undefined && known.epoch >= epoch) return
    const shard = this.shardAt(index)
    shard.run('group-election', () => this.shardAt(index).elected(epoch))
  }

  private resign(index: number, epoch: number | undefined): void {
    const shard = this.shards.get(index)
    if (shard === undefined) return
    shard.run('group-resignation', () => {
      if (this.shards.get(index) !== shard || (epoch !== undefined && shard.epoch >= epoch)) return
      this.shards.delete(index)
      shard.close()
    })
  }

  private shardAt(index: number): Shard {
    const known = this.shards.get(index)
    if (known !== undefined) return known
    const shard = new Shard(this.parts, index, this.meansOf(index))
    this.shards.set(index, shard)
    return shard
  }

  private meansOf(index: number): ShardMeans {
    const known = this.means.get(index)
    if (known !== undefined) return known
    const { jobs, random } = this.parts.context.host
    this.loader ??= jobs.pool('group-metadata-loading', 1)
    const means = {
      thread: jobs.pool(`group-coordinator-${index}`, 1),
      loader: this.loader,
      memberIds: random.stream(`member-ids/${index}`),
    }
    this.means.set(index, means)
    return means
  }

  /** Offsets of deleted topics go, in all groups (O-7). */
  private forgetTopics(removed: ReadonlySet<string>): void {
    const isGone = (topic: string) => removed.has(topic)
    for (const shard of this.shards.values()) {
      shard.operate(
        'forget-partitions',
        () => {},
        (state) => forgetPartitions(state, isGone),
      )
    }
  }
}
