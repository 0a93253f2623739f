import { beforeEach, describe, expect, it } from 'vitest'
import { AdminClient, type ElectionResult, type TopicResult } from '../../src/client/admin.ts'
import { INVARIANTS, InvariantChecker, type Violation } from '../../src/invariants/index.ts'
import { MarkCounter, MARKS } from '../../src/marks/index.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import {
  BROKER_PORT,
  CONTROLLER_ID,
  CONTROLLER_PORT,
  SimulatedCluster,
} from '../../src/scenario/cluster/simulated-cluster.ts'
import type { KafkaHost } from '../../src/trace/kafka-event.ts'
import { brokerConfig, producerConfig, switches } from '../support/configs.ts'

const MS = 1000
const CLUSTER_ID = 'cluster'
const CONTROLLER = { id: CONTROLLER_ID, host: `controller-${CONTROLLER_ID}`, port: CONTROLLER_PORT }

/** Three brokers, a producer, and an administrator whom the test tells what to do; everything is checked. */
class Rig {
  readonly cluster = new SimulatedCluster({ seed: 3 })
  readonly violations: Violation[] = []
  readonly marks: MarkCounter
  private admin: AdminClient | undefined
  private host: KafkaHost | undefined

  constructor() {
    const { cluster } = this
    const node = { clusterId: CLUSTER_ID, switches: switches() }
    const config = brokerConfig({ 'broker.session.timeout.ms': 3000 })
    cluster.addController({ ...node, nodeId: CONTROLLER_ID, port: CONTROLLER_PORT, config, metadataVersion: 25 })
    for (const brokerId of [1, 2, 3]) {
      cluster.addBroker({ ...node, brokerId, rack: null, port: BROKER_PORT, controller: CONTROLLER, config })
    }
    cluster.addProducer({
      client: 'web',
      bootstrap: cluster.brokerAddresses,
      config: producerConfig(),
      topic: 'orders',
      load: { kind: 'steady', ratePerSecond: 50 },
      total: 10_000,
      keys: { count: 100, skew: 'even' },
      valueSizeBytes: 100,
      isStopped: () => false,
    })
    const admin = cluster.addProcess('admin-1', (host) => {
      this.host = host
      this.admin = new AdminClient(host, CONTROLLER, cluster.brokerAddresses)
    })
    const { loop, trace } = cluster.world
    this.marks = new MarkCounter(MARKS, cluster, trace)
    new InvariantChecker(INVARIANTS, cluster, loop, trace, {}, (violation) => this.violations.push(violation))
    cluster.startServers()
    this.run(2000)
    admin.start()
    this.run(100)
  }

  run(ms: number): void {
    this.cluster.world.run(this.cluster.world.loop.nowUs + ms * MS)
  }

  /** Asks, and waits for the answer. */
  ask<R>(question: (admin: AdminClient, then: (result: R) => void) => void): R {
    let answer: { readonly result: R } | undefined
    const { admin, host } = this
    if (admin === undefined || host === undefined) throw new Error('there is no administrator')
    host.clock.after(0, 'ask', () => question(admin, (result) => (answer = { result })))
    this.run(1000)
    if (answer === undefined) throw new Error('no answer')
    return answer.result
  }

  create(assignment: readonly (readonly number[])[]): void {
    const topic = {
      name: 'orders',
      partitions: 0,
      replicationFactor: 0,
      assignment,
      configs: new Map<string, string>(),
    }
    const results = this.ask<readonly TopicResult[] | undefined>((admin, then) => admin.createTopics([topic], then))
    expect(results?.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE'])
  }

  /** What broker `id` hosts. */
  hosted(id: number): readonly string[] {
    const partitions = this.cluster.partitionsOf(id)
    return [...(partitions?.keys() ?? [])].sort()
  }

  get topicId(): string {
    return this.cluster.metadata?.topics.get('orders')?.id ?? ''
  }
}

describe('topics that change while clients are at work', () => {
  let rig: Rig

  beforeEach(() => {
    rig = new Rig()
    rig.create([[1, 2, 3]])
    rig.cluster.startClients()
    rig.run(3000)
  })

  it('a deleted one is dropped by its brokers, and made anew it is another: also on a broker that was down', () => {
    const before = rig.topicId
    expect(rig.hosted(1)).toEqual(['orders-0'])
    rig.cluster.world.process('broker-3').crash()
    const remove = rig.ask<readonly TopicResult[] | undefined>((admin, then) => admin.deleteTopics(['orders'], then))
    expect(rig.marks.counts()['topic-deleted']).toBe(1)
    expect(remove?.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE'])
    rig.run(1000)
    expect([rig.topicId, rig.hosted(1), rig.hosted(2)]).toEqual(['', [], []])
    rig.create([[1, 2]])
    rig.cluster.world.process('broker-3').start()
    rig.run(15_000)
    expect(rig.topicId).not.toBe(before)
    expect([1, 2, 3].map((id) => rig.hosted(id))).toEqual([['orders-0'], ['orders-0'], []])
    expect(rig.cluster.metadata?.partition('orders', 0)?.isr).toEqual([1, 2])
    expect(rig.violations).toEqual([])
  })

  it('partitions are added, hosted and led', () => {
    const addition = { topic: 'orders', count: 3, assignment: [[2, 3], [3]] }
    const results = rig.ask<readonly TopicResult[] | undefined>((admin, then) =>
      admin.createPartitions([addition], then),
    )
    // The first partition has three replicas, so must the new ones.
    expect(results?.map(({ errorCode }) => errorName(errorCode))).toEqual(['INVALID_REPLICA_ASSIGNMENT'])
    const placed = { topic: 'orders', count: 3, assignment: [] }
    rig.ask<readonly TopicResult[] | undefined>((admin, then) => admin.createPartitions([placed], then))
    rig.run(2000)
    expect(rig.hosted(2)).toEqual(['orders-0', 'orders-1', 'orders-2'])
    expect(rig.cluster.metadata?.topics.get('orders')?.partitions.map(({ leader }) => leader > 0)).toEqual([
      true,
      true,
      true,
    ])
    expect(rig.violations).toEqual([])
  })

  it('the preferred replica leads again when asked to (R-97)', () => {
    const elect = () =>
      rig.ask<readonly ElectionResult[] | undefined>((admin, then) => admin.electLeaders('preferred', null, then))
    expect(elect()).toEqual([])
    rig.cluster.world.process('broker-1').crash()
    rig.run(5000)
    expect(elect()?.map(({ errorCode }) => errorName(errorCode))).toEqual(['PREFERRED_LEADER_NOT_AVAILABLE'])
    rig.cluster.world.process('broker-1').start()
    rig.run(10_000)
    expect(rig.cluster.metadata?.partition('orders', 0)?.leader).toBe(2)
    expect(elect()?.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE'])
    expect(rig.cluster.metadata?.partition('orders', 0)?.leader).toBe(1)
    expect(rig.violations).toEqual([])
  })
})
