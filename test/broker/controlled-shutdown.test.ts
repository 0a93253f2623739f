import { beforeEach, describe, expect, it } from 'vitest'
import { applyFault } from '../../sim/index.ts'
import { AdminClient } from '../../src/client/admin.ts'
import type { ConfigOverrides } from '../../src/config/resolve-config.ts'
import { SimulatedCluster } from '../../src/scenario/cluster/simulated-cluster.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { brokerConfig, switches } from '../support/configs.ts'

const MS = 1000
const PORT = 9092
const MARKER = 'data/.kafka_cleanshutdown'
const CONTROLLER = { id: 3000, host: 'controller-3000', port: 9093 }

/** Three brokers and a topic 'orders' of one partition, which broker 1 leads. */
class Rig {
  readonly cluster = new SimulatedCluster({ seed: 5 })
  readonly events: { atMs: number; event: KafkaEvent }[] = []

  constructor(overrides: ConfigOverrides = {}) {
    const { cluster } = this
    const config = brokerConfig({ 'broker.session.timeout.ms': 3000, ...overrides })
    const shared = { clusterId: 'cluster', config, switches: switches() }
    cluster.addController({ ...shared, nodeId: 3000, port: CONTROLLER.port, metadataVersion: 25 })
    for (const brokerId of [1, 2, 3]) {
      cluster.addBroker({ ...shared, brokerId, rack: null, port: PORT, controller: CONTROLLER })
    }
    const { trace, loop } = cluster.world
    trace.subscribe('all', (event) => this.events.push({ atMs: loop.nowUs / MS, event }))
    const topic = { name: 'orders', partitions: 1, replicationFactor: 3, assignment: [[1, 2, 3]], configs: new Map() }
    const admin = cluster.addProcess('admin', (host) =>
      new AdminClient(host, CONTROLLER).createTopics([topic], () => undefined),
    )
    cluster.startServers()
    this.run(2000)
    admin.start()
    this.run(3000)
    this.events.length = 0
  }

  get process() {
    return this.cluster.world.process('broker-1')
  }

  get state() {
    return this.cluster.metadata!.partition('orders', 0)!
  }

  get hasMarker(): boolean {
    return this.process.machine.disk.paths().includes(MARKER)
  }

  run(ms: number): void {
    this.cluster.world.run(this.cluster.world.loop.nowUs + ms * MS)
  }

  brokerStates(): string[] {
    return this.events.flatMap(({ event }) =>
      event.type === 'broker-state-changed' && event.broker === 1 ? [event.state] : [],
    )
  }

  recoveries(): boolean[] {
    return this.events.flatMap(({ event }) =>
      event.type === 'log-recovered' && event.broker === 1 ? [event.clean] : [],
    )
  }
}

describe('a controlled shutdown (R-92, R-95)', () => {
  let rig: Rig

  beforeEach(() => {
    rig = new Rig()
  })

  it('hands leadership over while the broker still lives, and leaves every ISR', () => {
    const { leaderEpoch } = rig.state
    rig.process.terminate()
    while (rig.state.leader === 1) rig.run(1)
    expect(rig.process.alive).toBe(true)
    expect(rig.state).toMatchObject({ leader: 2, isr: [2, 3], leaderEpoch: leaderEpoch + 1 })
    rig.run(5000)
    expect(rig.process.state).toBe('dead')
    expect(rig.brokerStates()).toEqual(['controlled-shutdown', 'fenced'])
    expect(rig.state).toMatchObject({ leader: 2, isr: [2, 3] })
  })

  it('does not win its way back into the ISR before it goes (RB-10)', () => {
    rig.process.terminate()
    rig.run(5000)
    const expanded = rig.events.filter(
      ({ event }) => event.type === 'isr-view-changed' && event.change === 'expand-sent',
    )
    expect(expanded).toEqual([])
    const broker = rig.events.findLast(({ event }) => event.type === 'role-changed' && event.broker === 1)
    expect(broker?.event).toMatchObject({ role: 'follower', leader: 2 })
  })

  it('follows nobody as soon as it has heard that it left the ISR (R-95)', () => {
    const followed = new Set<number>()
    let stepsAsFollower = 0
    rig.process.terminate()
    while (rig.process.alive) {
      if (rig.cluster.partitionsOf(1)?.get('orders-0')?.role === 'follower') {
        stepsAsFollower += 1
        for (const leader of rig.cluster.broker(1)?.fetchedFrom('orders-0') ?? []) followed.add(leader)
      }
      rig.run(1)
    }
    expect(stepsAsFollower).toBeGreaterThan(0)
    expect([...followed]).toEqual([])
  })

  it('goes only when the others have heard of it: the marker and the fencing come after they did', () => {
    const followers = () => [2, 3].map((id) => rig.cluster.partitionsOf(id)!.get('orders-0')!.leaderId)
    rig.process.terminate()
    while (rig.process.alive) rig.run(1)
    expect(followers()).toEqual([2, 2])
    expect(rig.hasMarker).toBe(true)
  })

  it('leaves the marker with its epoch; the next life takes it away, says so when it registers, and recovers nothing (R-24)', () => {
    const { brokerEpoch } = rig.cluster.broker(1)!
    rig.process.terminate()
    rig.run(5000)
    const { disk } = rig.process.machine
    expect(new TextDecoder().decode(disk.inspect(MARKER))).toBe(`{"version":0,"brokerEpoch":${brokerEpoch}}`)
    rig.process.start()
    rig.run(5000)
    expect(rig.recoveries()).toEqual([true])
    expect(rig.hasMarker).toBe(false)
    expect(new Set(rig.state.isr)).toEqual(new Set([1, 2, 3]))
  })

  it('can lose its power afterwards without a loss: all data was synced', () => {
    rig.process.terminate()
    rig.run(5000)
    expect(rig.process.powerLoss('all-unflushed').files).toEqual([])
    rig.process.start()
    rig.run(5000)
    expect(rig.recoveries()).toEqual([true])
  })

  it('is unclean if it is killed in the middle, also while it syncs its logs', () => {
    for (const afterMs of [0, 20]) {
      rig = new Rig()
      rig.process.machine.disk.slow(100_000)
      rig.process.terminate()
      if (afterMs > 0) while (rig.state.isr.includes(1)) rig.run(1)
      rig.run(afterMs)
      rig.process.crash()
      expect(rig.hasMarker).toBe(false)
      rig.process.start()
      rig.run(20_000)
      expect(rig.recoveries()).toEqual([false])
    }
  })

  it('waits for the controller for five minutes, and then goes without its consent', () => {
    applyFault(rig.cluster.world, 'isolate', { hosts: ['controller-3000'] })
    rig.process.terminate()
    rig.run(299_900)
    expect(rig.process.alive).toBe(true)
    rig.run(1000)
    expect([rig.process.state, rig.hasMarker]).toEqual(['dead', true])
  })

  it('goes at once while it is fenced: nobody needs it', () => {
    const heal = applyFault(rig.cluster.world, 'partition', { from: ['broker-1'], to: ['controller-3000'] })
    rig.run(8000)
    rig.process.terminate()
    heal?.()
    rig.run(20_000)
    expect([rig.process.state, rig.hasMarker]).toEqual(['dead', true])
    // A heartbeat of before, held up on its way, may still unfence it.
    expect(rig.brokerStates()).not.toContain('controlled-shutdown')
  })

  it('of a broker that has not started completely is a kill', () => {
    rig.process.crash()
    rig.process.start()
    rig.run(1)
    rig.process.terminate()
    rig.run(1)
    expect([rig.process.state, rig.hasMarker]).toEqual(['dead', false])
  })

  it('keeps the leadership of what nobody else may lead, until the process is gone', () => {
    for (const id of [2, 3]) rig.cluster.world.process(`broker-${id}`).crash()
    rig.run(60_000)
    expect(rig.state).toMatchObject({ leader: 1, isr: [1] })
    rig.process.terminate()
    rig.run(5000)
    expect(rig.process.state).toBe('dead')
    expect(rig.state).toMatchObject({ leader: -1, isr: [1] })
  })
})

it('without controlled.shutdown.enable a broker stops in order, but asks nobody: the session must expire', () => {
  const rig = new Rig({ 'controlled.shutdown.enable': false })
  rig.process.terminate()
  rig.run(500)
  expect([rig.process.state, rig.hasMarker]).toEqual(['dead', true])
  expect(rig.state.leader).toBe(1)
  rig.run(4000)
  expect(rig.state).toMatchObject({ leader: 2, isr: [2, 3] })
  expect(rig.brokerStates()).toEqual(['fenced'])
})
