// The committed metadata as an outsider may know it, and the trace events that tell of its changes.

import { MetadataImage } from '../metadata/metadata-image.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import { type KafkaTracer, REPLAYED } from '../trace/kafka-event.ts'

export class CommittedState {
  /** Empty until a controller knows what it found in its log to be committed. */
  image = new MetadataImage()
  private readonly trace: KafkaTracer

  constructor(trace: KafkaTracer) {
    this.trace = trace
  }

  /** What was in the log when this controller started: told again, since nobody may have been told before. */
  adopt(image: MetadataImage): void {
    this.image = image
    for (const topic of image.topics.values()) {
      for (const { topicId, index } of topic.partitions) this.tellPartition(topicId, index, REPLAYED)
    }
  }

  commit(record: MetadataRecord, offset: number, reason: string): void {
    const removed = record.type === 'RemoveTopicRecord' ? this.image.topicById(record.topicId) : undefined
    this.image.apply(record, offset)
    if (removed !== undefined) {
      const { name: topic, id: topicId, partitions } = removed
      return this.trace.emit({ type: 'topic-deleted', topic, topicId, partitions: partitions.length })
    }
    switch (record.type) {
      case 'PartitionRecord':
      case 'PartitionChangeRecord':
        return this.tellPartition(record.topicId, record.partitionId, reason)
      case 'RegisterBrokerRecord':
        return this.tellBroker(record.brokerId, 'registered')
      case 'BrokerRegistrationChangeRecord':
        if (record.fenced !== 0) this.tellBroker(record.brokerId, record.fenced > 0 ? 'fenced' : 'unfenced')
        if (record.inControlledShutdown > 0) this.tellBroker(record.brokerId, 'controlled-shutdown')
        return
      default:
        return
    }
  }

  private tellPartition(topicId: string, index: number, reason: string): void {
    const partition = this.image.topicById(topicId).partitions[index]
    if (partition === undefined || !this.trace.wants('partition-changed')) return
    const { key, replicas, leader, leaderEpoch, isr, elr, lastKnownElr, partitionEpoch } = partition
    const type = 'partition-changed'
    this.trace.emit({
      type,
      partition: key,
      replicas,
      leader,
      leaderEpoch,
      isr,
      elr,
      lastKnownElr,
      partitionEpoch,
      reason,
    })
  }

  private tellBroker(broker: number, state: 'registered' | 'fenced' | 'unfenced' | 'controlled-shutdown'): void {
    const brokerEpoch = this.image.brokers.get(broker)?.epoch ?? -1
    this.trace.emit({ type: 'broker-state-changed', broker, state, brokerEpoch })
  }
}
