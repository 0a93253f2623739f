import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { API_NAMES, APIS, type ApiName } from '../../src/protocol/api-keys.ts'
import { API_CODECS, type ApiCodec } from '../../src/protocol/generated/api-codecs.ts'
import {
  DEFAULT_CURRENT_LEADER,
  DEFAULT_DIVERGING_EPOCH,
  DEFAULT_REPLICA_STATE,
  DEFAULT_SNAPSHOT_ID,
  sizeOfFetchRequest,
  sizeOfFetchResponse,
  type FetchRequest,
  type FetchResponse,
} from '../../src/protocol/generated/fetch.ts'
import { sizeOfJoinGroupRequest, type JoinGroupRequest } from '../../src/protocol/generated/join-group.ts'
import { sizeOfMetadataRequest } from '../../src/protocol/generated/metadata.ts'
import { sizeOfProduceRequest, type ProduceRequest } from '../../src/protocol/generated/produce.ts'
import { ZERO_UUID } from '../../src/protocol/uuid.ts'
import { arbitraryBody } from './arbitrary-bodies.ts'
import { fieldsOf } from './field-rows.ts'
import { referenceBytes } from './reference-encoder.ts'

describe('sizes of messages', () => {
  for (const api of API_NAMES) {
    const { minVersion, maxVersion, flexibleSince } = APIS[api]
    it(`of ${api} are the number of bytes written, at versions ${minVersion} to ${maxVersion}`, () => {
      for (const direction of ['request', 'response']) {
        const fields = fieldsOf('wire-fields', api, direction)
        const sizeOf = sizeFunction(api, direction)
        expect(fields).not.toEqual([])
        for (let version = minVersion; version <= maxVersion; version++) {
          fc.assert(
            fc.property(arbitraryBody(fields, version), (body) => {
              const bytes = referenceBytes(fields, body, version, version >= flexibleSince)
              expect(sizeOf(body as never, version)).toBe(bytes.length)
            }),
            { numRuns: 25 },
          )
        }
      }
    })
  }
})

// Counted by hand from the layouts of W-30.
describe('golden sizes', () => {
  const produce: ProduceRequest = {
    transactionalId: null,
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: 'orders', partitionData: [{ index: 0, records: new Uint8Array(100) }] }],
  }

  it('Produce 8 has old lengths: 2 + 2+4 + 4 (2+6 + 4 (4 + 4+100))', () => {
    expect(sizeOfProduceRequest(produce, 8)).toBe(2 + 6 + 4 + 8 + 4 + 4 + 104)
  })

  it('Produce 11 has compact lengths and empty tags: 1 + 6 + 1 (1+6 + 1 (4 + 1+100 + 1) + 1) + 1', () => {
    expect(sizeOfProduceRequest(produce, 11)).toBe(1 + 6 + 1 + 7 + 1 + 4 + 101 + 1 + 1 + 1)
  })

  it('records of 127 bytes need a second length byte', () => {
    const bigger = (length: number): ProduceRequest => ({
      ...produce,
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records: new Uint8Array(length) }] }],
    })
    expect(sizeOfProduceRequest(bigger(126), 11)).toBe(124 + 26)
    expect(sizeOfProduceRequest(bigger(127), 11)).toBe(124 + 27 + 1)
  })

  it('JoinGroup 9 with 128 bytes of metadata: 1+1 + 4+4 + 1 + 1 + 1+8 + 1 (1+5 + 2+128 + 1) + 1 + 1', () => {
    const join: JoinGroupRequest = {
      groupId: 'g',
      sessionTimeoutMs: 45_000,
      rebalanceTimeoutMs: 300_000,
      memberId: '',
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: new Uint8Array(128) }],
      reason: null,
    }
    expect(sizeOfJoinGroupRequest(join, 9)).toBe(2 + 8 + 1 + 1 + 9 + 1 + 6 + 130 + 1 + 1 + 1)
    expect(sizeOfJoinGroupRequest(join, 5)).toBe(3 + 8 + 2 + 2 + 10 + 4 + 7 + 132)
  })

  const fetch: FetchRequest = {
    clusterId: null,
    replicaId: -1,
    replicaState: DEFAULT_REPLICA_STATE,
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 10_485_760,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: 0,
    topics: [
      {
        topic: '',
        topicId: ZERO_UUID,
        partitions: [
          {
            partition: 0,
            currentLeaderEpoch: 5,
            fetchOffset: 42,
            lastFetchedEpoch: 5,
            logStartOffset: 0,
            partitionMaxBytes: 1_048_576,
            replicaDirectoryId: ZERO_UUID,
          },
        ],
      },
    ],
    forgottenTopicsData: [],
    rackId: '',
  }

  it('Fetch 17: 13 fixed, 8 session, topic of 16+1 (32+1) +1, none forgotten, empty rack, no tags', () => {
    expect(sizeOfFetchRequest(fetch, 17)).toBe(13 + 8 + 1 + 16 + 1 + 33 + 1 + 1 + 1 + 1)
  })

  it('a follower says who it is in a tagged struct of 13 bytes and 2 of tag and size', () => {
    const follower = { ...fetch, replicaState: { replicaId: 2, replicaEpoch: 9 } }
    expect(sizeOfFetchRequest(follower, 17) - sizeOfFetchRequest(fetch, 17)).toBe(15)
  })

  it('Fetch response 17 without records: 4+2+4 + 1 (16 + 1 (4+2+8+8+8 + 1 + 4 + 1 + 1) + 1) + 1', () => {
    const response: FetchResponse = {
      throttleTimeMs: 0,
      errorCode: 0,
      sessionId: 0,
      responses: [
        {
          topic: '',
          topicId: ZERO_UUID,
          partitions: [
            {
              partitionIndex: 0,
              errorCode: 0,
              highWatermark: 0,
              lastStableOffset: 0,
              logStartOffset: 0,
              divergingEpoch: DEFAULT_DIVERGING_EPOCH,
              currentLeader: DEFAULT_CURRENT_LEADER,
              snapshotId: DEFAULT_SNAPSHOT_ID,
              abortedTransactions: null,
              preferredReadReplica: -1,
              records: null,
            },
          ],
        },
      ],
      nodeEndpoints: [],
    }
    expect(sizeOfFetchResponse(response, 17)).toBe(10 + 1 + 16 + 1 + 37 + 1 + 1)
  })

  it('a body of more bytes than a stack holds is counted too', () => {
    const records = new Uint8Array(400_000)
    const body: ProduceRequest = {
      ...produce,
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records }] }],
    }
    const bytes = referenceBytes(fieldsOf('wire-fields', 'Produce', 'request'), { ...body }, 8, false)
    expect(sizeOfProduceRequest(body, 8)).toBe(bytes.length)
  })

  it('a null topic name in a version that cannot say so is a defect', () => {
    const request = {
      topics: [{ topicId: ZERO_UUID, name: null }],
      allowAutoTopicCreation: true,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    }
    expect(() => sizeOfMetadataRequest(request, 9)).toThrow('null')
    expect(sizeOfMetadataRequest(request, 12)).toBe(1 + 16 + 1 + 1 + 1 + 1 + 1)
  })
})

/** The bodies are made from the field table, so their types are known to the table alone. */
function sizeFunction<A extends ApiName>(api: A, direction: string): (body: never, version: number) => number {
  const codec: ApiCodec<A> = API_CODECS[api]
  return direction === 'request' ? codec.sizeOfRequest : codec.sizeOfResponse
}
