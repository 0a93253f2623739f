// What a node knows of the cluster by replaying the metadata log: brokers, topics, partitions, configs, producer ids.
// One image belongs to one node; the controller and every broker replay the same records at their own pace.
// Left out: ACLs, quotas, SCRAM, delegation tokens, in-progress reassignments.

import { assert, unreachable } from '../../sim/index.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import { applyPartitionChange, directoryOf, partitionFromRecord, type PartitionState } from './partition-state.ts'

/** A broker's registration: fenced brokers are registered but lead nothing and belong to no ISR. */
export interface BrokerState {
  readonly id: number
  /** Offset of the registration record. */
  readonly epoch: number
  readonly incarnationId: string
  readonly host: string
  readonly port: number
  readonly rack: string | null
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  /** Ids of its log directories that work. */
  readonly logDirs: readonly string[]
}

export interface TopicState {
  readonly name: string
  readonly id: string
  /** By partition index, without holes. */
  readonly partitions: PartitionState[]
}

/** `ConfigRecord.resourceType`: 2 a topic, 4 a broker (name '' = the cluster-wide default). */
export const RESOURCE_TYPE = { topic: 2, broker: 4 } as const

export class MetadataImage {
  readonly brokers = new Map<number, BrokerState>()
  readonly topics = new Map<string, TopicState>()
  readonly topicNames = new Map<string, string>()
  private readonly configs = new Map<string, Map<string, string>>()
  /** First producer id not yet handed out in a block. */
  nextProducerId = 0
  /** Offset of the last record applied, −1 before the first. */
  highestOffset = -1

  /** Applies the record stored at `offset`; tells `delta`, if given, what it touched. */
  apply(record: MetadataRecord, offset: number, delta?: MetadataDelta): void {
    assert(offset > this.highestOffset, `metadata offset ${offset} applied after ${this.highestOffset}`)
    this.highestOffset = offset
    switch (record.type) {
      case 'RegisterBrokerRecord': {
        const endpoint = record.endPoints[0]
        assert(endpoint !== undefined, `broker ${record.brokerId} registered without an endpoint`)
        this.brokers.set(record.brokerId, {
          id: record.brokerId,
          epoch: record.brokerEpoch,
          incarnationId: record.incarnationId,
          host: endpoint.host,
          port: endpoint.port,
          rack: record.rack,
          fenced: record.fenced,
          inControlledShutdown: record.inControlledShutdown,
          logDirs: record.logDirs,
        })
        delta?.brokers.add(record.brokerId)
        return
      }
      case 'UnregisterBrokerRecord':
        this.brokers.delete(record.brokerId)
        delta?.brokers.add(record.brokerId)
        return
      case 'BrokerRegistrationChangeRecord': {
        const broker = this.registered(record.brokerId, record.brokerEpoch)
        this.brokers.set(broker.id, {
          ...broker,
          fenced: record.fenced === 0 ? broker.fenced : record.fenced > 0,
          inControlledShutdown: broker.inControlledShutdown || record.inControlledShutdown > 0,
          logDirs: record.logDirs.length === 0 ? broker.logDirs : record.logDirs,
        })
        delta?.brokers.add(broker.id)
        return
      }
      case 'FenceBrokerRecord':
      case 'UnfenceBrokerRecord': {
        const broker = this.registered(record.id, record.epoch)
        this.brokers.set(broker.id, { ...broker, fenced: record.type === 'FenceBrokerRecord' })
        delta?.brokers.add(broker.id)
        return
      }
      case 'TopicRecord':
        assert(!this.topics.has(record.name), `topic ${record.name} is created twice`)
        this.topics.set(record.name, { name: record.name, id: record.topicId, partitions: [] })
        this.topicNames.set(record.topicId, record.name)
        delta?.topics.add(record.name)
        return
      case 'RemoveTopicRecord': {
        const topic = this.topicById(record.topicId)
        this.topics.delete(topic.name)
        this.topicNames.delete(topic.id)
        this.configs.delete(configKey(RESOURCE_TYPE.topic, topic.name))
        delta?.removedTopics.add(topic)
        return
      }
      case 'PartitionRecord': {
        const topic = this.topicById(record.topicId)
        assert(
          record.partitionId === topic.partitions.length,
          `partition ${topic.name}-${record.partitionId} out of turn`,
        )
        topic.partitions.push(partitionFromRecord(topic, record))
        delta?.partition(topic.name, record.partitionId)
        return
      }
      case 'PartitionChangeRecord': {
        const topic = this.topicById(record.topicId)
        const before = topic.partitions[record.partitionId]
        assert(before !== undefined, `change of unknown partition ${topic.name}-${record.partitionId}`)
        topic.partitions[record.partitionId] = applyPartitionChange(before, record)
        delta?.partition(topic.name, record.partitionId)
        return
      }
      case 'ConfigRecord': {
        const key = configKey(record.resourceType, record.resourceName)
        const entries = this.configs.get(key) ?? new Map<string, string>()
        this.configs.set(key, entries)
        if (record.value === null) entries.delete(record.name)
        else entries.set(record.name, record.value)
        if (record.resourceType === RESOURCE_TYPE.topic) delta?.topics.add(record.resourceName)
        return
      }
      case 'ProducerIdsRecord':
        this.nextProducerId = record.nextProducerId
        return
      case 'FeatureLevelRecord':
      case 'NoOpRecord':
        return
      default:
        unreachable(record, 'metadata record')
    }
  }

  partition(topicName: string, index: number): PartitionState | undefined {
    return this.topics.get(topicName)?.partitions[index]
  }

  topicById(id: string): TopicState {
    const topic = this.topics.get(this.topicNames.get(id) ?? '')
    assert(topic !== undefined, `metadata names unknown topic id ${id}`)
    return topic
  }

  /** Overrides of one resource; empty if none. */
  configOf(resourceType: number, name: string): ReadonlyMap<string, string> {
    return this.configs.get(configKey(resourceType, name)) ?? NO_CONFIG
  }

  /** May this broker be in an ISR or lead? */
  isActive(brokerId: number): boolean {
    const broker = this.brokers.get(brokerId)
    return broker !== undefined && !broker.fenced && !broker.inControlledShutdown
  }

  /** Is it active, and the directory of its replica one that works, as far as that is known (KIP-858)? */
  mayLead(partition: PartitionState, brokerId: number): boolean {
    return this.isActive(brokerId) && this.hasOnlineDir(partition, brokerId)
  }

  hasOnlineDir(partition: PartitionState, brokerId: number): boolean {
    const directory = directoryOf(partition, brokerId)
    return directory === undefined || this.brokers.get(brokerId)?.logDirs.includes(directory) !== false
  }

  private registered(id: number, epoch: number): BrokerState {
    const broker = this.brokers.get(id)
    assert(broker !== undefined && broker.epoch === epoch, `metadata names broker ${id} epoch ${epoch}, not registered`)
    return broker
  }
}

/** What changed in an image since it was last published: brokers apply the sum of all records read at once. */
export class MetadataDelta {
  readonly brokers = new Set<number>()
  /** Topics created or reconfigured. */
  readonly topics = new Set<string>()
  readonly removedTopics = new Set<TopicState>()
  /** Changed partitions by topic name. */
  readonly partitions = new Map<string, Set<number>>()

  partition(topicName: string, index: number): void {
    const indexes = this.partitions.get(topicName) ?? new Set<number>()
    this.partitions.set(topicName, indexes)
    indexes.add(index)
  }

  get isEmpty(): boolean {
    return (
      this.brokers.size === 0 && this.topics.size === 0 && this.removedTopics.size === 0 && this.partitions.size === 0
    )
  }
}

const NO_CONFIG: ReadonlyMap<string, string> = new Map()

function configKey(resourceType: number, name: string): string {
  return `${resourceType}/${name}`
}
