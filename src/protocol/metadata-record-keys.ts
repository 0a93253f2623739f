// The records of the metadata log: their keys, and the versions that metadata.version 4.0 writes.

export interface MetadataRecordInfo {
  readonly key: number
  readonly version: number
}

export type MetadataRecordName =
  | 'RegisterBrokerRecord'
  | 'UnregisterBrokerRecord'
  | 'TopicRecord'
  | 'PartitionRecord'
  | 'ConfigRecord'
  | 'PartitionChangeRecord'
  | 'FenceBrokerRecord'
  | 'UnfenceBrokerRecord'
  | 'RemoveTopicRecord'
  | 'FeatureLevelRecord'
  | 'ProducerIdsRecord'
  | 'BrokerRegistrationChangeRecord'
  | 'NoOpRecord'

/** In order of key. Version 2 of the partition records has room for eligible leader replicas, which may stay absent. */
export const METADATA_RECORDS: { readonly [R in MetadataRecordName]: MetadataRecordInfo } = {
  RegisterBrokerRecord: { key: 0, version: 3 },
  UnregisterBrokerRecord: { key: 1, version: 0 },
  TopicRecord: { key: 2, version: 0 },
  PartitionRecord: { key: 3, version: 2 },
  ConfigRecord: { key: 4, version: 0 },
  PartitionChangeRecord: { key: 5, version: 2 },
  FenceBrokerRecord: { key: 7, version: 0 },
  UnfenceBrokerRecord: { key: 8, version: 0 },
  RemoveTopicRecord: { key: 9, version: 0 },
  FeatureLevelRecord: { key: 12, version: 0 },
  ProducerIdsRecord: { key: 15, version: 0 },
  BrokerRegistrationChangeRecord: { key: 17, version: 2 },
  NoOpRecord: { key: 20, version: 0 },
}

/** All names, in order of key. */
export const METADATA_RECORD_NAMES: readonly MetadataRecordName[] = [
  'RegisterBrokerRecord',
  'UnregisterBrokerRecord',
  'TopicRecord',
  'PartitionRecord',
  'ConfigRecord',
  'PartitionChangeRecord',
  'FenceBrokerRecord',
  'UnfenceBrokerRecord',
  'RemoveTopicRecord',
  'FeatureLevelRecord',
  'ProducerIdsRecord',
  'BrokerRegistrationChangeRecord',
  'NoOpRecord',
]
