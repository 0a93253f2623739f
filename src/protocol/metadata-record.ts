// Records of the metadata log and their bytes: an envelope of three unsigned varints (frame version, key, record version)
// and the fields in the flexible style, as Kafka's own serde writes them. Left out: versions other than the one that
// metadata.version 4.0 writes, and record types the simulated controller never writes.

import { assert, unreachable } from '../../sim/assert.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import {
  decodeRegisterBrokerRecord,
  encodeRegisterBrokerRecord,
  type RegisterBrokerRecord,
} from './generated/metadata/register-broker-record.ts'
import {
  decodeUnregisterBrokerRecord,
  encodeUnregisterBrokerRecord,
  type UnregisterBrokerRecord,
} from './generated/metadata/unregister-broker-record.ts'
import { decodeTopicRecord, encodeTopicRecord, type TopicRecord } from './generated/metadata/topic-record.ts'
import {
  decodePartitionRecord,
  encodePartitionRecord,
  type PartitionRecord,
} from './generated/metadata/partition-record.ts'
import { decodeConfigRecord, encodeConfigRecord, type ConfigRecord } from './generated/metadata/config-record.ts'
import {
  decodePartitionChangeRecord,
  encodePartitionChangeRecord,
  type PartitionChangeRecord,
} from './generated/metadata/partition-change-record.ts'
import {
  decodeFenceBrokerRecord,
  encodeFenceBrokerRecord,
  type FenceBrokerRecord,
} from './generated/metadata/fence-broker-record.ts'
import {
  decodeUnfenceBrokerRecord,
  encodeUnfenceBrokerRecord,
  type UnfenceBrokerRecord,
} from './generated/metadata/unfence-broker-record.ts'
import {
  decodeRemoveTopicRecord,
  encodeRemoveTopicRecord,
  type RemoveTopicRecord,
} from './generated/metadata/remove-topic-record.ts'
import {
  decodeFeatureLevelRecord,
  encodeFeatureLevelRecord,
  type FeatureLevelRecord,
} from './generated/metadata/feature-level-record.ts'
import {
  decodeProducerIdsRecord,
  encodeProducerIdsRecord,
  type ProducerIdsRecord,
} from './generated/metadata/producer-ids-record.ts'
import {
  decodeBrokerRegistrationChangeRecord,
  encodeBrokerRegistrationChangeRecord,
  type BrokerRegistrationChangeRecord,
} from './generated/metadata/broker-registration-change-record.ts'
import { decodeNoOpRecord, encodeNoOpRecord, type NoOpRecord } from './generated/metadata/no-op-record.ts'
import { METADATA_RECORD_NAMES, METADATA_RECORDS, type MetadataRecordName } from './metadata-record-keys.ts'

export type {
  RegisterBrokerRecord,
  UnregisterBrokerRecord,
  TopicRecord,
  PartitionRecord,
  ConfigRecord,
  PartitionChangeRecord,
  FenceBrokerRecord,
  UnfenceBrokerRecord,
  RemoveTopicRecord,
  FeatureLevelRecord,
  ProducerIdsRecord,
  BrokerRegistrationChangeRecord,
  NoOpRecord,
}

export type MetadataRecord =
  | RegisterBrokerRecord
  | UnregisterBrokerRecord
  | TopicRecord
  | PartitionRecord
  | ConfigRecord
  | PartitionChangeRecord
  | FenceBrokerRecord
  | UnfenceBrokerRecord
  | RemoveTopicRecord
  | FeatureLevelRecord
  | ProducerIdsRecord
  | BrokerRegistrationChangeRecord
  | NoOpRecord

/** The value of the log record that holds `record`. */
export function encodeMetadataRecord(record: MetadataRecord): Uint8Array {
  const writer = new ByteWriter()
  const { key, version } = METADATA_RECORDS[record.type]
  writer.uvarint(FRAME_VERSION)
  writer.uvarint(key)
  writer.uvarint(version)
  encodeFields(writer, record)
  return writer.written()
}

/** The record in the value of a log record. Bytes it cannot have written itself are a defect. */
export function decodeMetadataRecord(bytes: Uint8Array): MetadataRecord {
  const reader = new ByteReader(bytes)
  const frameVersion = reader.uvarint()
  assert(frameVersion === FRAME_VERSION, `metadata record of frame version ${frameVersion}`)
  const key = reader.uvarint()
  const type = NAMES_BY_KEY.get(key)
  assert(type !== undefined, `metadata record of unknown type ${key}`)
  const version = reader.uvarint()
  assert(version === METADATA_RECORDS[type].version, `${type} of version ${version}`)
  const record = decodeFields(reader, type)
  assert(reader.remaining === 0, `${reader.remaining} bytes of garbage after a ${type}`)
  return record
}

const FRAME_VERSION = 1

function encodeFields(writer: ByteWriter, record: MetadataRecord): void {
  switch (record.type) {
    case 'RegisterBrokerRecord':
      return encodeRegisterBrokerRecord(writer, record)
    case 'UnregisterBrokerRecord':
      return encodeUnregisterBrokerRecord(writer, record)
    case 'TopicRecord':
      return encodeTopicRecord(writer, record)
    case 'PartitionRecord':
      return encodePartitionRecord(writer, record)
    case 'ConfigRecord':
      return encodeConfigRecord(writer, record)
    case 'PartitionChangeRecord':
      return encodePartitionChangeRecord(writer, record)
    case 'FenceBrokerRecord':
      return encodeFenceBrokerRecord(writer, record)
    case 'UnfenceBrokerRecord':
      return encodeUnfenceBrokerRecord(writer, record)
    case 'RemoveTopicRecord':
      return encodeRemoveTopicRecord(writer, record)
    case 'FeatureLevelRecord':
      return encodeFeatureLevelRecord(writer, record)
    case 'ProducerIdsRecord':
      return encodeProducerIdsRecord(writer, record)
    case 'BrokerRegistrationChangeRecord':
      return encodeBrokerRegistrationChangeRecord(writer, record)
    case 'NoOpRecord':
      return encodeNoOpRecord(writer, record)
    default:
      return unreachable(record, 'metadata record')
  }
}

function decodeFields(reader: ByteReader, type: MetadataRecordName): MetadataRecord {
  switch (type) {
    case 'RegisterBrokerRecord':
      return decodeRegisterBrokerRecord(reader)
    case 'UnregisterBrokerRecord':
      return decodeUnregisterBrokerRecord(reader)
    case 'TopicRecord':
      return decodeTopicRecord(reader)
    case 'PartitionRecord':
      return decodePartitionRecord(reader)
    case 'ConfigRecord':
      return decodeConfigRecord(reader)
    case 'PartitionChangeRecord':
      return decodePartitionChangeRecord(reader)
    case 'FenceBrokerRecord':
      return decodeFenceBrokerRecord(reader)
    case 'UnfenceBrokerRecord':
      return decodeUnfenceBrokerRecord(reader)
    case 'RemoveTopicRecord':
      return decodeRemoveTopicRecord(reader)
    case 'FeatureLevelRecord':
      return decodeFeatureLevelRecord(reader)
    case 'ProducerIdsRecord':
      return decodeProducerIdsRecord(reader)
    case 'BrokerRegistrationChangeRecord':
      return decodeBrokerRegistrationChangeRecord(reader)
    case 'NoOpRecord':
      return decodeNoOpRecord(reader)
    default:
      return unreachable(type, 'metadata record type')
  }
}

const NAMES_BY_KEY: ReadonlyMap<number, MetadataRecordName> = new Map(
  METADATA_RECORD_NAMES.map((name) => [METADATA_RECORDS[name].key, name]),
)
