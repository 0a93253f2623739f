import { describe, expect, it } from 'vitest'
import type { ConfigOverrides } from '../../src/config/resolve-config.ts'
import { AdminClient } from '../../src/client/admin.ts'
import {
  BROKER_PORT,
  CONTROLLER_ID,
  CONTROLLER_PORT,
  SimulatedCluster,
} from '../../src/scenario/cluster/simulated-cluster.ts'
import type { ProduceCompleted, RecordsDelivered } from '../../src/trace/kafka-event.ts'
import { brokerConfig, consumerConfig, producerConfig, switches } from '../support/configs.ts'

const MS = 1000
const CLUSTER_ID = 'cluster'
const RECORDS = 400

/** Three brokers, a topic 'orders' of one partition with min.insync.replicas 2, a producer and a consumer. */
class Rig {
  readonly cluster: SimulatedCluster
  readonly completed: ProduceCompleted[] = []
  readonly delivered: RecordsDelivered[] = []

  constructor(seed: number, producer: ConfigOverrides = {}) {
    const cluster = new SimulatedCluster({ seed })
    const controller = { id: CONTROLLER_ID, host: `controller-${CONTROLLER_ID}`, port: CONTROLLER_PORT }
    const config = brokerConfig({ 'min.insync.replicas': 2, 'broker.session.timeout.ms': 3000 })
    const behaviour = switches()
    this.cluster = cluster
    cluster.world.trace.subscribe(['produce-completed', 'records-delivered'], (event) => {
      if (event.type === 'produce-completed') this.completed.push(event)
      if (event.type === 'records-delivered') this.delivered.push(event)
    })
    cluster.addController({
      nodeId: CONTROLLER_ID,
      clusterId: CLUSTER_ID,
      port: CONTROLLER_PORT,
      config,
      switches: behaviour,
      metadataVersion: 25,
    })
    for (const brokerId of [1, 2, 3]) {
      cluster.addBroker({
        brokerId,
        clusterId: CLUSTER_ID,
        rack: null,
        port: BROKER_PORT,
        controller,
        config,
        switches: behaviour,
      })
    }
    cluster.addProducer({
      client: 'web',
      bootstrap: cluster.brokerAddresses,
      config: producerConfig(producer),
      topic: 'orders',
      load: { kind: 'steady', ratePerSecond: 100 },
      total: RECORDS,
      keys: { count: 0, skew: 'even' },
      valueSizeBytes: 100,
      isStopped: () => false,
    })
    cluster.addConsumer({
      client: 'audit',
      bootstrap: cluster.brokerAddresses,
      config: consumerConfig({ 'auto.offset.reset': 'earliest' }),
      assignment: new Map([['orders', 'all']]),
    })
    const admin = cluster.addProcess('admin-1', (host) => {
      const topic = { name: 'orders', partitions: 1, replicationFactor: 3, assignment: [[1, 2, 3]], configs: new Map() }
      new AdminClient(host, controller).createTopics([topic], () => cluster.startClients())
    })
    cluster.startServers()
    this.run(2000)
    admin.start()
    this.run(1000)
  }

  run(ms: number): void {
    this.cluster.world.run(this.cluster.world.loop.nowUs + ms * MS)
  }

  ackedNumbers(): number[] {
    return this.completed.filter(({ outcome }) => outcome === 'ok').map(({ n }) => n)
  }

  readNumbers(): number[] {
    return this.delivered.flatMap(({ records }) => records.map(({ n }) => n))
  }
}

const numbers = Array.from({ length: RECORDS }, (_, n) => n)

describe('producer and consumer on a whole cluster', () => {
  it('each record is acknowledged once, and read once, in order', () => {
    const rig = new Rig(1)
    rig.run(10_000)
    expect(rig.ackedNumbers()).toEqual(numbers)
    expect(rig.readNumbers()).toEqual(numbers)
    expect(rig.cluster.liveProducers()[0]?.isFinished).toBe(true)
  })

  it.each([1, 2])('an idempotent producer gets through a crash of the leader, exactly once (D-3), seed %i', (seed) => {
    const rig = new Rig(seed)
    const leader = rig.cluster.world.process('broker-1')
    rig.run(1500)
    leader.crash()
    rig.run(5000)
    leader.start()
    rig.run(20_000)
    expect(rig.ackedNumbers()).toEqual(numbers)
    expect(rig.readNumbers()).toEqual(numbers)
    const state = rig.cluster.metadata?.partition('orders', 0)
    expect(state?.leaderEpoch).toBeGreaterThan(0)
    expect(state?.isr.toSorted()).toEqual([1, 2, 3])
  })

  it('and through a restart of the controller, whose brokers stay registered', () => {
    const rig = new Rig(4)
    const controller = rig.cluster.world.process(`controller-${CONTROLLER_ID}`)
    const epochs = () => [...(rig.cluster.metadata?.brokers.values() ?? [])].map(({ epoch, fenced }) => [epoch, fenced])
    const before = epochs()
    rig.run(1000)
    controller.powerLoss()
    rig.run(1000)
    controller.start()
    rig.run(15_000)
    expect(epochs()).toEqual(before)
    expect(rig.readNumbers()).toEqual(numbers)
  })

  it('the same seed is the same run', () => {
    const hashOf = (seed: number) => {
      const rig = new Rig(seed)
      rig.run(3000)
      return rig.cluster.world.loop.hash.hex()
    }
    expect(hashOf(9)).toBe(hashOf(9))
    expect(hashOf(9)).not.toBe(hashOf(10))
  })
})
