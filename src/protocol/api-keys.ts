// The APIs spoken in a cluster: their keys, the versions whose fields and sizes we know, and the version our own nodes
// speak. Left out: negotiation (every node of ours knows `API_VERSIONS`) and the APIs that no node uses.

export interface ApiInfo {
  /** The number on the wire. */
  readonly key: number
  /** Lowest version whose layout we know: Kafka 4.0's floor, or the first one above it without dead fields. */
  readonly minVersion: number
  readonly maxVersion: number
  /** First version with compact lengths, tagged fields and the longer headers (W-2, W-3); Infinity if none has. */
  readonly flexibleSince: number
}

export type ApiName =
  | 'Produce'
  | 'Fetch'
  | 'ListOffsets'
  | 'Metadata'
  | 'OffsetCommit'
  | 'OffsetFetch'
  | 'FindCoordinator'
  | 'JoinGroup'
  | 'Heartbeat'
  | 'LeaveGroup'
  | 'SyncGroup'
  | 'DescribeGroups'
  | 'ListGroups'
  | 'ApiVersions'
  | 'CreateTopics'
  | 'DeleteTopics'
  | 'DeleteRecords'
  | 'InitProducerId'
  | 'OffsetForLeaderEpoch'
  | 'CreatePartitions'
  | 'DeleteGroups'
  | 'ElectLeaders'
  | 'OffsetDelete'
  | 'AlterPartition'
  | 'BrokerRegistration'
  | 'BrokerHeartbeat'
  | 'AllocateProducerIds'
  | 'AssignReplicasToDirs'

/** In order of key (W-20, W-26). */
export const APIS: { readonly [A in ApiName]: ApiInfo } = {
  Produce: { key: 0, minVersion: 3, maxVersion: 12, flexibleSince: 9 },
  Fetch: { key: 1, minVersion: 4, maxVersion: 17, flexibleSince: 12 },
  ListOffsets: { key: 2, minVersion: 1, maxVersion: 10, flexibleSince: 6 },
  Metadata: { key: 3, minVersion: 4, maxVersion: 13, flexibleSince: 9 },
  OffsetCommit: { key: 8, minVersion: 5, maxVersion: 9, flexibleSince: 8 },
  OffsetFetch: { key: 9, minVersion: 8, maxVersion: 9, flexibleSince: 6 },
  FindCoordinator: { key: 10, minVersion: 4, maxVersion: 6, flexibleSince: 3 },
  JoinGroup: { key: 11, minVersion: 2, maxVersion: 9, flexibleSince: 6 },
  Heartbeat: { key: 12, minVersion: 0, maxVersion: 4, flexibleSince: 4 },
  LeaveGroup: { key: 13, minVersion: 3, maxVersion: 5, flexibleSince: 4 },
  SyncGroup: { key: 14, minVersion: 0, maxVersion: 5, flexibleSince: 4 },
  DescribeGroups: { key: 15, minVersion: 0, maxVersion: 6, flexibleSince: 5 },
  ListGroups: { key: 16, minVersion: 0, maxVersion: 5, flexibleSince: 3 },
  ApiVersions: { key: 18, minVersion: 0, maxVersion: 4, flexibleSince: 3 },
  CreateTopics: { key: 19, minVersion: 2, maxVersion: 7, flexibleSince: 5 },
  DeleteTopics: { key: 20, minVersion: 1, maxVersion: 6, flexibleSince: 4 },
  DeleteRecords: { key: 21, minVersion: 0, maxVersion: 2, flexibleSince: 2 },
  InitProducerId: { key: 22, minVersion: 0, maxVersion: 5, flexibleSince: 2 },
  OffsetForLeaderEpoch: { key: 23, minVersion: 2, maxVersion: 4, flexibleSince: 4 },
  CreatePartitions: { key: 37, minVersion: 0, maxVersion: 3, flexibleSince: 2 },
  DeleteGroups: { key: 42, minVersion: 0, maxVersion: 2, flexibleSince: 2 },
  ElectLeaders: { key: 43, minVersion: 0, maxVersion: 2, flexibleSince: 2 },
  OffsetDelete: { key: 47, minVersion: 0, maxVersion: 0, flexibleSince: Infinity },
  AlterPartition: { key: 56, minVersion: 3, maxVersion: 3, flexibleSince: 0 },
  BrokerRegistration: { key: 62, minVersion: 0, maxVersion: 4, flexibleSince: 0 },
  BrokerHeartbeat: { key: 63, minVersion: 0, maxVersion: 1, flexibleSince: 0 },
  AllocateProducerIds: { key: 67, minVersion: 0, maxVersion: 0, flexibleSince: 0 },
  AssignReplicasToDirs: { key: 73, minVersion: 0, maxVersion: 0, flexibleSince: 0 },
}

/** The version of each API that nodes of a 4.0 cluster use. Produce 12 needs transaction.version 2 (W-15). */
export const API_VERSIONS: { readonly [A in ApiName]: number } = {
  Produce: 11,
  Fetch: 17,
  ListOffsets: 10,
  Metadata: 13,
  OffsetCommit: 9,
  OffsetFetch: 9,
  FindCoordinator: 6,
  JoinGroup: 9,
  Heartbeat: 4,
  LeaveGroup: 5,
  SyncGroup: 5,
  DescribeGroups: 6,
  ListGroups: 5,
  ApiVersions: 4,
  CreateTopics: 7,
  DeleteTopics: 6,
  DeleteRecords: 2,
  InitProducerId: 5,
  OffsetForLeaderEpoch: 4,
  CreatePartitions: 3,
  DeleteGroups: 2,
  ElectLeaders: 2,
  OffsetDelete: 0,
  AlterPartition: 3,
  BrokerRegistration: 4,
  BrokerHeartbeat: 1,
  AllocateProducerIds: 0,
  AssignReplicasToDirs: 0,
}

/** All names, in order of key. */
export const API_NAMES: readonly ApiName[] = [
  'Produce',
  'Fetch',
  'ListOffsets',
  'Metadata',
  'OffsetCommit',
  'OffsetFetch',
  'FindCoordinator',
  'JoinGroup',
  'Heartbeat',
  'LeaveGroup',
  'SyncGroup',
  'DescribeGroups',
  'ListGroups',
  'ApiVersions',
  'CreateTopics',
  'DeleteTopics',
  'DeleteRecords',
  'InitProducerId',
  'OffsetForLeaderEpoch',
  'CreatePartitions',
  'DeleteGroups',
  'ElectLeaders',
  'OffsetDelete',
  'AlterPartition',
  'BrokerRegistration',
  'BrokerHeartbeat',
  'AllocateProducerIds',
  'AssignReplicasToDirs',
]

/** The API with this key, if we speak it. */
export function apiOfKey(key: number): ApiName | undefined {
  return API_NAMES.find((api) => APIS[api].key === key)
}

export function isFlexible(api: ApiName, version: number): boolean {
  return version >= APIS[api].flexibleSince
}
