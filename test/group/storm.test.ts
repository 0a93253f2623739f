// Groups on a whole cluster whose brokers die, freeze and are cut off: every promise holds all the time, and when it is
// over everybody is in one generation again and nothing that was acknowledged is lost.

import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { isolate } from '../../sim/faults/isolate.ts'
import { AdminClient } from '../../src/client/admin.ts'
import { InvariantChecker, INVARIANTS, type Violation } from '../../src/invariants/index.ts'
import {
  BROKER_PORT,
  CONTROLLER_ID,
  CONTROLLER_PORT,
  SimulatedCluster,
} from '../../src/scenario/cluster/simulated-cluster.ts'
import { METADATA_VERSIONS } from '../../src/switches/features.ts'
import { brokerConfig, switches } from '../support/configs.ts'
import { RawMember } from './raw-member.ts'

const MS = 1000
const BROKERS = [1, 2, 3]
const PARTITIONS = 6
const MEMBERS = 5
const STORM_MS = 60_000
const CALM_MS = 40_000

interface Outcome {
  readonly violations: readonly Violation[]
  readonly members: readonly RawMember[]
  readonly rebalances: number
  readonly failovers: number
}

function storm(seed: number): Outcome {
  const cluster = new SimulatedCluster({ seed })
  const { world } = cluster
  const controller = { id: CONTROLLER_ID, host: `controller-${CONTROLLER_ID}`, port: CONTROLLER_PORT }
  const config = brokerConfig({
    'offsets.topic.num.partitions': 2,
    'offsets.topic.replication.factor': 3,
    'group.initial.rebalance.delay.ms': 500,
    'min.insync.replicas': 2,
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
    'replica.lag.time.max.ms': 3000,
  })
  const clusterId = 'storm-of-groups-000001'
  const metadataVersion = METADATA_VERSIONS['4.0-IV3'].level
  cluster.addController({
    nodeId: CONTROLLER_ID,
    clusterId,
    port: CONTROLLER_PORT,
    config,
    switches: switches(),
    metadataVersion,
  })
  for (const brokerId of BROKERS) {
    cluster.addBroker({ brokerId, clusterId, rack: null, port: BROKER_PORT, controller, config, switches: switches() })
  }
  const bootstrap = BROKERS.map((id) => ({ id: -id, host: `broker-${id}`, port: BROKER_PORT }))
  const members = new Map<string, RawMember>()
  const processes = Array.from({ length: MEMBERS }, (_, i) => {
    const name = `member-${i}`
    const instanceId = i < 2 ? `static-${i}` : null
    return cluster.addProcess(name, (host) => {
      members.set(name, new RawMember(host, { group: 'g', bootstrap, instanceId, partitions: PARTITIONS }))
    })
  })
  const admin = cluster.addProcess('admin', (host) => {
    const client = new AdminClient(host, controller, bootstrap)
    host.clock.after(3000, 'create', () =>
      client.createTopics(
        [{ name: 'orders', partitions: PARTITIONS, replicationFactor: 3, assignment: [], configs: new Map() }],
        () => {},
      ),
    )
  })
  const checker = new InvariantChecker(INVARIANTS, cluster, world.loop, world.trace, { minInsyncReplicas: 2 })
  let rebalances = 0
  let failovers = 0
  world.trace.subscribe(['group-changed', 'coordinator-changed'], (event) => {
    if (event.type === 'group-changed' && event.to === 'CompletingRebalance') rebalances += 1
    if (event.type === 'coordinator-changed' && event.state === 'active' && event.groups > 0) failovers += 1
  })
  cluster.startServers()
  admin.start()
  world.run(5000 * MS)
  for (const process of processes) process.start()
  const draws = new Streams(seed).stream('test/storm')
  const heals: (() => void)[] = []
  // One broker at a time is in trouble, so that two replicas are always in sync with each other in the end.
  for (let atMs = 8000; atMs < STORM_MS; atMs += draws.between(4000, 7000)) {
    world.run(atMs * MS)
    for (const heal of heals.splice(0)) heal()
    const victim = world.process(`broker-${draws.pick(BROKERS)}`)
    const kind = draws.below(4)
    if (kind === 0 && victim.alive) {
      victim.crash()
      heals.push(() => victim.start())
    } else if (kind === 1 && victim.alive) {
      victim.pause()
      heals.push(() => victim.resume())
    } else if (kind === 2) {
      const heal = isolate.apply(world, { hosts: [victim.name] })
      if (heal !== undefined) heals.push(heal)
    } else {
      const member = draws.pick(processes)
      member.crash()
      heals.push(() => member.start())
    }
  }
  world.run(STORM_MS * MS)
  for (const heal of heals.splice(0)) heal()
  world.run((STORM_MS + CALM_MS) * MS)
  checker.stop()
  return {
    violations: checker.violations,
    members: [...members.values()],
    rebalances,
    failovers,
  }
}

describe('groups in a storm', () => {
  it.each([1, 3, 16, 44])('seed %i: no promise is broken, and everybody ends in one generation', (seed) => {
    const { violations, members, rebalances, failovers } = storm(seed)
    expect(violations).toEqual([])
    expect(new Set(members.map(({ generation }) => generation)).size).toBe(1)
    const owned = members.flatMap(({ assigned }) => assigned)
    expect(owned.toSorted()).toEqual(Array.from({ length: PARTITIONS }, (_, i) => `orders-${i}`))
    expect(members.every(({ acknowledged }) => acknowledged > 20)).toBe(true)
    expect([rebalances > 1, failovers > 0]).toEqual([true, true])
  })
})
