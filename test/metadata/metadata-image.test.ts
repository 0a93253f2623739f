import { beforeEach, describe, expect, it } from 'vitest'
import { encodeMetadataBatch, readMetadataBatches } from '../../src/metadata/metadata-batches.ts'
import { MetadataDelta, MetadataImage, RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { applyPartitionChange, LEADER_UNCHANGED, partitionFromRecord } from '../../src/metadata/partition-state.ts'
import type { MetadataRecord, PartitionChangeRecord } from '../../src/protocol/metadata-record.ts'
import { encodeLeaderChange } from '../../src/records/control-records.ts'
import { patchForAppend } from '../../src/records/record-batch.ts'

const TOPIC_ID = 'b3JkZXJzLXRvcGljLWlkMA'

const TOPIC: MetadataRecord = { type: 'TopicRecord', name: 'orders', topicId: TOPIC_ID }

const PARTITION: Extract<MetadataRecord, { type: 'PartitionRecord' }> = {
  type: 'PartitionRecord',
  partitionId: 0,
  topicId: TOPIC_ID,
  replicas: [1, 2, 3],
  isr: [1, 2, 3],
  removingReplicas: [],
  addingReplicas: [],
  leader: 1,
  leaderRecoveryState: 0,
  leaderEpoch: 4,
  partitionEpoch: 7,
  directories: [],
  eligibleLeaderReplicas: null,
  lastKnownElr: null,
}

const CHANGE: PartitionChangeRecord = {
  type: 'PartitionChangeRecord',
  partitionId: 0,
  topicId: TOPIC_ID,
  isr: null,
  leader: LEADER_UNCHANGED,
  replicas: null,
  removingReplicas: null,
  addingReplicas: null,
  leaderRecoveryState: -1,
  directories: null,
  eligibleLeaderReplicas: null,
  lastKnownElr: null,
}

const BROKER: MetadataRecord = {
  type: 'RegisterBrokerRecord',
  brokerId: 1,
  isMigratingZkBroker: false,
  incarnationId: TOPIC_ID,
  brokerEpoch: 0,
  endPoints: [{ name: 'PLAINTEXT', host: 'broker-1', port: 9092, securityProtocol: 0 }],
  features: [],
  rack: 'a',
  fenced: true,
  inControlledShutdown: false,
  logDirs: [],
}

const broker = (fenced: number, inControlledShutdown: number): MetadataRecord => ({
  type: 'BrokerRegistrationChangeRecord',
  brokerId: 1,
  brokerEpoch: 0,
  fenced,
  inControlledShutdown,
  logDirs: [],
})

describe('a change of a partition (R-103)', () => {
  const before = partitionFromRecord({ name: 'orders', id: TOPIC_ID }, PARTITION)
  const epochs = (change: Partial<PartitionChangeRecord>) => {
    const { leaderEpoch, partitionEpoch } = applyPartitionChange(before, { ...CHANGE, ...change })
    return [leaderEpoch, partitionEpoch]
  }

  it.each([
    ['a new leader', { leader: 2 }, [5, 8]],
    ['no leader', { leader: -1 }, [5, 8]],
    ['the same leader, named again', { leader: 1 }, [5, 8]],
    ['a smaller ISR', { isr: [1, 2] }, [4, 8]],
    ['a larger ISR', { isr: [1, 2, 3] }, [4, 8]],
    ['a recovered leader', { leaderRecoveryState: 0 }, [4, 8]],
  ])('%s: leader epoch and partition epoch', (_, change, expected) => {
    expect(epochs(change)).toEqual(expected)
  })

  it('leaves alone what it does not name', () => {
    expect(applyPartitionChange(before, CHANGE)).toEqual({ ...before, partitionEpoch: 8 })
  })
})

describe('an image', () => {
  let image: MetadataImage

  beforeEach(() => {
    image = new MetadataImage()
  })

  const apply = (...records: readonly MetadataRecord[]) => {
    const delta = new MetadataDelta()
    for (const record of records) image.apply(record, image.highestOffset + 1, delta)
    return delta
  }

  it('takes records in the order of their offsets only', () => {
    image.apply(TOPIC, 5)
    expect(() => image.apply(PARTITION, 5)).toThrow('applied after 5')
  })

  it('knows whether a broker may lead: registered, unfenced, not shutting down (R-75)', () => {
    apply(BROKER)
    expect(image.isActive(1)).toBe(false)
    apply(broker(-1, 0))
    expect(image.isActive(1)).toBe(true)
    apply(broker(0, 1))
    expect(image.isActive(1)).toBe(false)
    apply(BROKER, broker(-1, 0))
    expect(image.isActive(1)).toBe(true)
  })

  it('keeps the sum of several changes as one delta', () => {
    const delta = apply(TOPIC, PARTITION, { ...CHANGE, leader: 2 }, { ...CHANGE, leader: 3 })
    expect([...delta.partitions]).toEqual([['orders', new Set([0])]])
    expect(image.partition('orders', 0)).toMatchObject({ key: 'orders-0', leader: 3, leaderEpoch: 6 })
  })

  it('forgets a deleted topic with its configs, and tells which one it was', () => {
    const config = { type: 'ConfigRecord', resourceType: RESOURCE_TYPE.topic, resourceName: 'orders' } as const
    apply(TOPIC, PARTITION, { ...config, name: 'segment.bytes', value: '1000' })
    expect(image.configOf(RESOURCE_TYPE.topic, 'orders').get('segment.bytes')).toBe('1000')
    const delta = apply({ type: 'RemoveTopicRecord', topicId: TOPIC_ID })
    expect([...delta.removedTopics].map(({ id }) => id)).toEqual([TOPIC_ID])
    expect([image.topics.size, image.configOf(RESOURCE_TYPE.topic, 'orders').size]).toEqual([0, 0])
  })

  it('takes a config back', () => {
    const config = { type: 'ConfigRecord', resourceType: RESOURCE_TYPE.topic, resourceName: 'orders' } as const
    apply(TOPIC, { ...config, name: 'segment.bytes', value: '1' }, { ...config, name: 'segment.bytes', value: null })
    expect(image.configOf(RESOURCE_TYPE.topic, 'orders').size).toBe(0)
  })

  it('holds records about what it does not know for a defect', () => {
    expect(() => apply(CHANGE)).toThrow('unknown topic id')
    expect(() => apply(broker(1, 0))).toThrow('not registered')
    expect(() => apply(TOPIC, { ...PARTITION, partitionId: 3 })).toThrow('out of turn')
  })
})

describe('batches of metadata', () => {
  it('are read from any offset inside, control batches passed by', () => {
    const control = encodeLeaderChange(
      { leaderId: 3000, voters: [3000], grantingVoters: [3000] },
      { baseOffset: 0, leaderEpoch: 1, timestampMs: 0 },
    )
    const batch = encodeMetadataBatch([TOPIC, PARTITION, CHANGE], 0)
    patchForAppend(batch, 0, 1, 1)
    const bytes = Uint8Array.from([...control, ...batch])
    const read = (from: number) => {
      const seen: string[] = []
      const next = readMetadataBatches(bytes, from, (record, offset) => void seen.push(`${offset} ${record.type}`))
      return { seen, next }
    }
    expect(read(0)).toEqual({ seen: ['1 TopicRecord', '2 PartitionRecord', '3 PartitionChangeRecord'], next: 4 })
    expect(read(2)).toEqual({ seen: ['2 PartitionRecord', '3 PartitionChangeRecord'], next: 4 })
    expect(read(4)).toEqual({ seen: [], next: 4 })
  })
})
