import { beforeEach, describe, expect, it } from 'vitest'
import { World } from '../../sim/index.ts'
import type { SimProcess } from '../../sim/process/sim-process.ts'
import { Controller } from '../../src/controller/controller.ts'
import type { MetadataImage } from '../../src/metadata/metadata-image.ts'
import { NetworkClient } from '../../src/network/network-client.ts'
import type { ApiName } from '../../src/protocol/api-keys.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'
import type { KafkaEvent, KafkaHost } from '../../src/trace/kafka-event.ts'
import { brokerConfig, switches } from '../support/configs.ts'
import { CLUSTER_ID, creation, registration } from './fixture.ts'

const MS = 1000
const INCARNATION = 'aW5jYXJuYXRpb24tMDAwMQ'
const ADDRESS = { id: 3000, host: 'controller-3000', port: 9093 }

/** One controller, and somebody who asks it. */
class Rig {
  readonly world = new World<KafkaEvent>({ seed: 7 })
  readonly events: KafkaEvent[] = []
  readonly process: SimProcess<KafkaEvent>
  controller!: Controller
  private readonly clients: NetworkClient[] = []

  constructor() {
    this.process = this.world.addProcess('controller-3000', {
      boot: (host) => {
        const config = brokerConfig({ 'metadata.max.idle.interval.ms': 1_000_000 })
        const boot = {
          nodeId: 3000,
          clusterId: CLUSTER_ID,
          port: 9093,
          config,
          switches: switches(),
          metadataVersion: 21,
        }
        this.controller = new Controller(host, boot)
      },
    })
    const askers = ['asker', 'observer'].map((name) =>
      this.world.addProcess(name, { boot: (host) => this.connect(host) }),
    )
    this.world.trace.subscribe(['partition-changed', 'broker-state-changed'], (event) => void this.events.push(event))
    this.process.start()
    for (const asker of askers) asker.start()
    this.run(200)
  }

  run(ms: number): void {
    this.world.run(this.world.loop.nowUs + ms * MS)
  }

  /** Asks over one of two connections. */
  send<A extends ApiName>(api: A, body: RequestOf<A>, via = 0): { answer: ResponseOf<A> | undefined } {
    const result: { answer: ResponseOf<A> | undefined } = { answer: undefined }
    this.clients[via]!.send(ADDRESS, api, body, {
      onResponse: (answer) => void (result.answer = answer),
      onFailure: () => {},
    })
    return result
  }

  ask<A extends ApiName>(api: A, body: RequestOf<A>, via = 0): ResponseOf<A> {
    const result = this.send(api, body, via)
    this.run(300)
    if (result.answer === undefined) throw new Error(`${api} was not answered`)
    return result.answer
  }

  get image(): MetadataImage {
    return this.controller.committed.image
  }

  bringUp(brokerId: number): number {
    const { brokerEpoch } = this.ask('BrokerRegistration', registration(brokerId, INCARNATION))
    this.heartbeat(brokerId, brokerEpoch)
    return brokerEpoch
  }

  heartbeat(brokerId: number, brokerEpoch: number) {
    return this.ask('BrokerHeartbeat', {
      brokerId,
      brokerEpoch,
      currentMetadataOffset: 1000,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirs: [],
    })
  }

  private connect(host: KafkaHost): void {
    const options = {
      clientId: 'asker',
      requestTimeoutMs: 60_000,
      reconnectBackoffMs: 50,
      reconnectBackoffMaxMs: 50,
      connectionSetupTimeoutMs: 1000,
      maxInFlight: 10,
    }
    this.clients.push(new NetworkClient(host, options, host.random.stream('client')))
  }
}

/** What others can see of an image. */
function contents(image: MetadataImage) {
  return { brokers: [...image.brokers.values()], topics: [...image.topics.values()], next: image.nextProducerId }
}

describe('the controller', () => {
  let rig: Rig

  beforeEach(() => {
    rig = new Rig()
  })

  it('answers a write, and tells of it, only when it is committed: after linger and sync (R-110)', () => {
    const result = rig.send('BrokerRegistration', registration(1, INCARNATION))
    rig.run(24)
    expect([result.answer, rig.image.brokers.size, rig.events.length]).toEqual([undefined, 0, 0])
    rig.run(300)
    expect(result.answer?.errorCode).toBe(Errors.NONE)
    expect(rig.image.brokers.get(1)?.epoch).toBe(result.answer?.brokerEpoch)
    expect(rig.events).toMatchObject([{ type: 'broker-state-changed', broker: 1, state: 'registered' }])
  })

  it('answers what changes nothing only after what it saw is committed', () => {
    const created = rig.send('CreateTopics', creation('orders', [[1]]))
    rig.run(300)
    expect(created.answer?.topics[0]?.errorCode).toBe(Errors.INVALID_REPLICA_ASSIGNMENT)
  })

  it('forgets what was not committed when it dies, and the asker gets no answer', () => {
    const result = rig.send('BrokerRegistration', registration(1, INCARNATION))
    rig.run(10)
    rig.process.crash()
    rig.process.start()
    rig.run(300)
    expect(result.answer).toBeUndefined()
    expect(rig.image.brokers.size).toBe(0)
  })

  it.each([
    ['a crash', () => rig.process.crash()],
    ['a power loss', () => void rig.process.powerLoss()],
  ])('knows the same after %s, in a higher epoch', (_, fail) => {
    for (const id of [1, 2]) rig.bringUp(id)
    rig.ask(
      'CreateTopics',
      creation('orders', [
        [1, 2],
        [2, 1],
      ]),
    )
    rig.ask('AllocateProducerIds', { brokerId: 1, brokerEpoch: rig.image.brokers.get(1)!.epoch })
    const before = contents(rig.image)
    expect(before.topics[0]?.partitions).toHaveLength(2)
    const epochBefore = fetchMetadata(rig).epoch
    fail()
    rig.run(50)
    rig.process.start()
    rig.run(500)
    expect(contents(rig.image)).toEqual(before)
    // Over the connection that was not there before: the other may not know yet that its peer is another one.
    expect(fetchMetadata(rig, 0, 1).epoch).toBe(epochBefore + 1)
    const asked = { brokerId: 1, brokerEpoch: before.brokers[0]!.epoch }
    expect(rig.ask('AllocateProducerIds', asked, 1).producerIdStart).toBe(1000)
  })

  it('gives unfenced brokers a fresh session when it takes office (R-91)', () => {
    const epoch = rig.bringUp(1)
    rig.run(8000)
    rig.process.crash()
    rig.process.start()
    rig.run(8500)
    expect(rig.image.brokers.get(1)?.fenced).toBe(false)
    expect(rig.heartbeat(1, epoch)).toMatchObject({ errorCode: Errors.NONE, isFenced: false })
    rig.run(9500)
    expect(rig.image.brokers.get(1)?.fenced).toBe(true)
  })

  it('fences silent brokers one by one, the one silent for longest first (R-91)', () => {
    for (const id of [1, 2, 3]) rig.bringUp(id)
    rig.events.length = 0
    rig.run(20_000)
    const fenced = rig.events.filter((event) => event.type === 'broker-state-changed').map(({ broker }) => broker)
    expect(fenced).toEqual([1, 2, 3])
    expect(rig.controller.activeBrokers()).toEqual([])
  })

  it('refuses what is not for controllers by hanging up', () => {
    const result = rig.send('Metadata', {
      topics: null,
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    })
    rig.run(300)
    expect(result.answer).toBeUndefined()
  })

  describe('serves its log to observers', () => {
    it('from any offset, up to what is committed', () => {
      rig.bringUp(1)
      const { highWatermark, bytes } = fetchMetadata(rig)
      expect(bytes).toBeGreaterThan(0)
      expect(fetchMetadata(rig, highWatermark).bytes).toBe(0)
      expect(fetchMetadata(rig, highWatermark + 50).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE)
    })

    it('as soon as there is something new', () => {
      const { highWatermark } = fetchMetadata(rig)
      const waiting = rig.send('Fetch', metadataFetch(highWatermark, 10_000), 1)
      rig.run(1000)
      expect(waiting.answer).toBeUndefined()
      const registered = rig.send('BrokerRegistration', registration(1, INCARNATION))
      rig.run(100)
      expect(registered.answer?.brokerEpoch).toBe(highWatermark)
      expect(waiting.answer?.responses[0]?.partitions[0]?.records?.length).toBeGreaterThan(0)
    })

    it('with nothing when they have waited as long as they wished', () => {
      const waiting = rig.send('Fetch', metadataFetch(fetchMetadata(rig).highWatermark, 1000), 1)
      rig.run(1100)
      expect(waiting.answer?.responses[0]?.partitions[0]).toMatchObject({ errorCode: 0, records: new Uint8Array(0) })
    })
  })
})

function metadataFetch(fetchOffset: number, maxWaitMs: number): RequestOf<'Fetch'> {
  return {
    clusterId: null,
    replicaId: -1,
    replicaState: { replicaId: 1, replicaEpoch: -1 },
    maxWaitMs,
    minBytes: 0,
    maxBytes: 1_000_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [
      {
        topic: '',
        topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
        partitions: [
          {
            partition: 0,
            currentLeaderEpoch: -1,
            fetchOffset,
            lastFetchedEpoch: -1,
            logStartOffset: 0,
            partitionMaxBytes: 1_000_000,
            replicaDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA',
          },
        ],
      },
    ],
    forgottenTopicsData: [],
    rackId: '',
  }
}

function fetchMetadata(rig: Rig, fetchOffset = 0, via = 0) {
  const partition = rig.ask('Fetch', metadataFetch(fetchOffset, 0), via).responses[0]!.partitions[0]!
  return {
    epoch: partition.currentLeader.leaderEpoch,
    highWatermark: partition.highWatermark,
    errorCode: partition.errorCode,
    bytes: partition.records?.length ?? 0,
  }
}
