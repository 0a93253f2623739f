import { describe, expect, it } from 'vitest'
import { API_NAMES, API_VERSIONS, apiOfKey, APIS } from '../../src/protocol/api-keys.ts'
import { requestFrame, requestHeaderSize, responseFrame, responseHeaderSize } from '../../src/protocol/framing.ts'

const heartbeat = {
  brokerId: 1,
  brokerEpoch: 7,
  currentMetadataOffset: 40,
  wantFence: false,
  wantShutDown: false,
  offlineLogDirs: [],
}

const apiVersions = {
  errorCode: 0,
  apiKeys: [],
  throttleTimeMs: 0,
  supportedFeatures: [],
  finalizedFeaturesEpoch: -1,
  finalizedFeatures: [],
  zkMigrationReady: false,
}

describe('frames', () => {
  it('count length, header v2 and body (W-1, W-2)', () => {
    const frame = requestFrame('BrokerHeartbeat', 1, 3, 'broker-1', heartbeat)
    expect(frame.kind).toBe('BrokerHeartbeat.request')
    expect(frame.sizeBytes).toBe(4 + (2 + 2 + 4 + 2 + 8 + 1) + (4 + 8 + 8 + 1 + 1 + 1))
    expect(frame.body).toEqual({
      api: 'BrokerHeartbeat',
      apiVersion: 1,
      correlationId: 3,
      clientId: 'broker-1',
      body: heartbeat,
    })
  })

  it('have a header without tags before the flexible version (W-2, W-3)', () => {
    expect(requestHeaderSize('Produce', 8, 'ü')).toBe(12)
    expect(requestHeaderSize('Produce', 9, 'ü')).toBe(13)
    expect(responseHeaderSize('Fetch', 11)).toBe(4)
    expect(responseHeaderSize('Fetch', 12)).toBe(5)
  })

  it('answer ApiVersions with header v0 at every version (W-3)', () => {
    expect(requestHeaderSize('ApiVersions', 4, '')).toBe(11)
    expect(responseFrame('ApiVersions', 4, 1, apiVersions).sizeBytes).toBe(4 + 4 + (2 + 1 + 4 + 1))
    expect(responseFrame('ApiVersions', 0, 1, apiVersions).sizeBytes).toBe(4 + 4 + (2 + 4))
  })

  it('have a digest of body and correlation id, the client id apart', () => {
    const digest = requestFrame('BrokerHeartbeat', 1, 3, 'broker-1', heartbeat).digest
    const later = { ...heartbeat, currentMetadataOffset: 41 }
    expect(requestFrame('BrokerHeartbeat', 1, 3, 'other', heartbeat).digest).toBe(digest)
    expect(requestFrame('BrokerHeartbeat', 1, 4, 'broker-1', heartbeat).digest).not.toBe(digest)
    expect(requestFrame('BrokerHeartbeat', 1, 3, 'broker-1', later).digest).not.toBe(digest)
  })

  it('refuse a version whose layout is not known', () => {
    expect(() => requestFrame('BrokerHeartbeat', 2, 3, '', heartbeat)).toThrow('BrokerHeartbeat has no version 2')
  })
})

describe('api keys', () => {
  // W-20 for what clients speak; the rest from the schemas.
  const expected = {
    Produce: [0, 3, 12, 9, 11],
    Fetch: [1, 4, 17, 12, 17],
    ListOffsets: [2, 1, 10, 6, 10],
    Metadata: [3, 4, 13, 9, 13],
    OffsetCommit: [8, 5, 9, 8, 9],
    OffsetFetch: [9, 8, 9, 6, 9],
    FindCoordinator: [10, 4, 6, 3, 6],
    JoinGroup: [11, 2, 9, 6, 9],
    Heartbeat: [12, 0, 4, 4, 4],
    LeaveGroup: [13, 3, 5, 4, 5],
    SyncGroup: [14, 0, 5, 4, 5],
    DescribeGroups: [15, 0, 6, 5, 6],
    ListGroups: [16, 0, 5, 3, 5],
    ApiVersions: [18, 0, 4, 3, 4],
    CreateTopics: [19, 2, 7, 5, 7],
    DeleteTopics: [20, 1, 6, 4, 6],
    DeleteRecords: [21, 0, 2, 2, 2],
    InitProducerId: [22, 0, 5, 2, 5],
    OffsetForLeaderEpoch: [23, 2, 4, 4, 4],
    CreatePartitions: [37, 0, 3, 2, 3],
    DeleteGroups: [42, 0, 2, 2, 2],
    ElectLeaders: [43, 0, 2, 2, 2],
    OffsetDelete: [47, 0, 0, Infinity, 0],
    AlterPartition: [56, 3, 3, 0, 3],
    BrokerRegistration: [62, 0, 4, 0, 4],
    BrokerHeartbeat: [63, 0, 1, 0, 1],
    AllocateProducerIds: [67, 0, 0, 0, 0],
    AssignReplicasToDirs: [73, 0, 0, 0, 0],
  }

  it('and versions are those of Kafka 4.0', () => {
    const actual = API_NAMES.map((api) => {
      const { key, minVersion, maxVersion, flexibleSince } = APIS[api]
      return [api, [key, minVersion, maxVersion, flexibleSince, API_VERSIONS[api]]]
    })
    expect(Object.fromEntries(actual)).toEqual(expected)
  })

  it('lead back to the name', () => {
    for (const api of API_NAMES) expect(apiOfKey(APIS[api].key)).toBe(api)
    expect(apiOfKey(4)).toBeUndefined()
  })
})
