// The settings a replica's log and leader go by: the topic's own where it has any, else the broker's (whose keys for the
// same things begin with `log.`).

import type { BrokerConfig } from '../config/broker-config.ts'
import { LONG_MAX } from '../config/key-definition.ts'
import { type CodecName, compressionOf } from '../records/compression/codec.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log/log-config.ts'
import type { Switches } from '../switches/switches.ts'
import { type MetadataImage, RESOURCE_TYPE } from '../metadata/metadata-image.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export interface TopicSettings {
  readonly log: LogConfig
  readonly minInsyncReplicas: number
}

export function topicSettings(
  config: BrokerConfig,
  metadata: MetadataImage,
  topic: string,
  switches?: Switches,
): TopicSettings {
  const own = metadata.configOf(RESOURCE_TYPE.topic, topic)
  const numberOf = (key: string, inherited: number): number => {
    const value = own.get(key)
    return value === undefined ? inherited : Number(value)
  }
  // Before 3.6 one limit for both directions.
  const eitherWay = numberOf('message.timestamp.difference.max.ms', config['log.message.timestamp.difference.max.ms'])
  const limitOr = (ms: number): number => (ms < LONG_MAX ? ms : eitherWay)
  const wanted = own.get('compression.type') ?? config['compression.type']
  const levelOf = (name: CodecName): number =>
    name === 'snappy' ? 0 : numberOf(`compression.${name}.level`, config[`compression.${name}.level`])
  const policies = own.get('cleanup.policy')?.split(/\s*,\s*/) ?? config['log.cleanup.policy']
  return {
    log: {
      ...DEFAULT_LOG_CONFIG,
      segmentBytes: numberOf('segment.bytes', config['log.segment.bytes']),
      segmentMs: numberOf('segment.ms', config['log.roll.ms'] ?? config['log.roll.hours'] * HOUR_MS),
      segmentJitterMs: numberOf(
        'segment.jitter.ms',
        config['log.roll.jitter.ms'] ?? config['log.roll.jitter.hours'] * HOUR_MS,
      ),
      segmentIndexBytes: numberOf('segment.index.bytes', config['log.index.size.max.bytes']),
      retentionMs: numberOf('retention.ms', retentionMs(config)),
      retentionBytes: numberOf('retention.bytes', config['log.retention.bytes']),
      fileDeleteDelayMs: numberOf('file.delete.delay.ms', config['log.segment.delete.delay.ms']),
      maxMessageBytes: numberOf('max.message.bytes', config['message.max.bytes']),
      indexIntervalBytes: numberOf('index.interval.bytes', config['log.index.interval.bytes']),
      timestampBeforeMaxMs: limitOr(
        numberOf('message.timestamp.before.max.ms', config['log.message.timestamp.before.max.ms']),
      ),
      timestampAfterMaxMs: limitOr(
        numberOf('message.timestamp.after.max.ms', config['log.message.timestamp.after.max.ms']),
      ),
      compression: compressionOf(wanted, levelOf) ?? (wanted === 'uncompressed' ? wanted : 'producer'),
      batchesKeptPerProducer: switches?.keepFiveBatches === false ? 1 : DEFAULT_LOG_CONFIG.batchesKeptPerProducer,
      producerIdExpirationMs: config['producer.id.expiration.ms'],
      compacted: policies.includes('compact'),
      deletes: policies.includes('delete'),
      deleteRetentionMs: numberOf('delete.retention.ms', config['log.cleaner.delete.retention.ms']),
      minCleanableDirtyRatio: numberOf('min.cleanable.dirty.ratio', config['log.cleaner.min.cleanable.ratio']),
      minCompactionLagMs: numberOf('min.compaction.lag.ms', config['log.cleaner.min.compaction.lag.ms']),
      maxCompactionLagMs: numberOf('max.compaction.lag.ms', config['log.cleaner.max.compaction.lag.ms']),
      flushMs: numberOf('flush.ms', config['log.flush.interval.ms'] ?? config['log.flush.scheduler.interval.ms']),
      flushMessages: numberOf('flush.messages', config['log.flush.interval.messages']),
    },
    minInsyncReplicas: numberOf('min.insync.replicas', config['min.insync.replicas']),
  }
}

/** Of three keys for the same the finest that is set counts; whatever is negative means for ever. */
function retentionMs(config: BrokerConfig): number {
  const minutes = config['log.retention.minutes']
  const ms =
    config['log.retention.ms'] ?? (minutes === null ? config['log.retention.hours'] * HOUR_MS : minutes * MINUTE_MS)
  return ms < 0 ? -1 : ms
}
