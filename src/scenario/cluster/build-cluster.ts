// Builds the cluster that a scenario describes: machines and links as it says, nodes with their resolved configs, an
// administrator that creates the topics, clients that start once those exist.

import type { LinkSettings } from '../../../sim/index.ts'
import { AdminClient, type NewTopic } from '../../client/admin.ts'
import { Errors } from '../../protocol/error-codes.ts'
import { METADATA_VERSIONS } from '../../switches/features.ts'
import type { NodeAddress } from '../../network/network-client.ts'
import type { GroupMemberOptions } from '../../workload/member-options.ts'
import type { GroupSpec, LinkSpec, NetworkSpec, Scenario } from '../model.ts'
import { BROKER_PORT, CONTROLLER_ID, CONTROLLER_PORT, SimulatedCluster } from './simulated-cluster.ts'

const CLUSTER_ID = 'kafkasim-cluster-00001'
const ADMIN = 'admin-1'
/** The administrator asks again until all brokers are there to take replicas. */
const ADMIN_RETRY_MS = 100

export interface BuiltCluster {
  readonly cluster: SimulatedCluster
  /** Tells producers to send no more. */
  stopProducers(): void
  /** Has the administrator do something, in an event of its own; false if it is not alive. */
  askAdmin(fn: (admin: AdminClient) => void): boolean
}

export function buildCluster(scenario: Scenario, seed: number, strict = false): BuiltCluster {
  const racks = new Map(scenario.brokers.map((broker) => [`broker-${broker.id}`, broker.rack]))
  const cluster = new SimulatedCluster({
    seed,
    network: { strict, linkSettings: (from, to) => linkSettings(scenario.network, racks, from, to) },
    disk: scenario.disk,
    buggify: scenario.buggify,
  })
  const controller = { id: CONTROLLER_ID, host: `controller-${CONTROLLER_ID}`, port: CONTROLLER_PORT }
  cluster.addController({
    nodeId: CONTROLLER_ID,
    clusterId: CLUSTER_ID,
    port: CONTROLLER_PORT,
    config: scenario.controller.config,
    switches: scenario.controller.switches,
    metadataVersion: METADATA_VERSIONS[scenario.features['metadata.version']].level,
    firstProducerId: scenario.firstProducerId ?? 0,
  })
  for (const { id, rack, config, switches, data } of scenario.brokers) {
    const boot = { brokerId: id, clusterId: CLUSTER_ID, rack, port: BROKER_PORT, controller, config, switches }
    cluster.addBroker(boot, data)
  }
  const startUs = new Map<string, number>(
    [
      ...scenario.producers,
      ...scenario.consumers.map((consumer) => ({ ...consumer, count: 1 })),
      ...scenario.groups.map((group) => ({ ...group, count: group.members })),
    ].flatMap(({ name, count, startUs }) =>
      Array.from({ length: count }, (_, i) => [`${name}[${i}]`, startUs] as const),
    ),
  )
  let stopped = false
  addClients(scenario, cluster, () => stopped)
  let ask: (fn: (admin: AdminClient) => void) => void = () => {}
  const admin = cluster.addProcess(ADMIN, (host) => {
    const client = new AdminClient(host, controller, cluster.brokerAddresses)
    ask = (fn) => host.clock.after(0, 'admin-request', () => fn(client))
    createTopics(host.clock, client, scenario, cluster, () => {
      cluster.startClients((client) => startUs.get(client) ?? 0)
    })
  })
  cluster.startServers()
  admin.start()
  return {
    cluster,
    stopProducers: () => {
      stopped = true
    },
    askAdmin: (fn) => {
      if (admin.alive) ask(fn)
      return admin.alive
    },
  }
}

function addClients(scenario: Scenario, cluster: SimulatedCluster, isStopped: () => boolean): void {
  const bootstrap = cluster.brokerAddresses
  for (const {
    name,
    library,
    count,
    topic,
    config,
    load,
    total,
    keys,
    tombstones,
    valueSizeBytes,
  } of scenario.producers) {
    for (let i = 0; i < count; i++) {
      const client = `${name}[${i}]`
      // Clients are as old as the cluster.
      const { switches } = scenario.controller
      cluster.addProducer({
        client,
        bootstrap,
        config,
        library,
        switches,
        topic,
        load,
        total,
        keys,
        tombstones,
        valueSizeBytes,
        isStopped,
      })
    }
  }
  for (const { name, topic, everyMs, config } of scenario.monitors) {
    cluster.addMonitor({ client: name, bootstrap, config, topic, everyMs })
  }
  for (const { name, assignment, config } of scenario.consumers) {
    // Clients are as old as the cluster.
    const { switches } = scenario.controller
    cluster.addConsumer({ client: `${name}[0]`, bootstrap, config, assignment, switches })
  }
  for (const group of scenario.groups) {
    const scaled = scenario.faults.flatMap(({ action }) =>
      action.verb === 'scale' && action.group === group.name ? [action.members] : [],
    )
    const most = Math.max(group.members, ...scaled)
    for (let i = 0; i < most; i++) {
      const { restartUs } = group
      cluster.addMember(memberOf(group, i, scenario, bootstrap), { isSpare: i >= group.members, restartUs })
    }
  }
}

function memberOf(
  group: GroupSpec,
  index: number,
  scenario: Scenario,
  bootstrap: readonly NodeAddress[],
): GroupMemberOptions {
  const { name, library, topics, config, processUs, slow, commit, from, failure, poison, workers } = group
  const instanceId = config['group.instance.id']?.replaceAll('{index}', String(index)) ?? null
  return {
    client: `${name}[${index}]`,
    group: name,
    library,
    topics,
    bootstrap,
    config: { ...config, 'group.instance.id': instanceId },
    processUs,
    slow,
    commit,
    from,
    failure,
    poison,
    workers,
    switches: scenario.controller.switches,
  }
}

/** Once every broker is unfenced, so that no topic starts with an ISR that is short of one. */
function createTopics(
  clock: { after(delayMs: number, kind: string, fn: () => void): unknown },
  admin: AdminClient,
  scenario: Scenario,
  cluster: SimulatedCluster,
  then: () => void,
): void {
  let missing: NewTopic[] = scenario.topics.map((topic) => ({
    name: topic.name,
    partitions: topic.partitions,
    replicationFactor: topic.replicationFactor,
    assignment: topic.replicas ?? [],
    configs: new Map(Object.entries(topic.overrides)),
  }))
  cluster.topicsToCome = missing.map((topic) => topic.name)
  const again = (): void => {
    clock.after(ADMIN_RETRY_MS, 'admin-retry', attempt)
  }
  const attempt = (): void => {
    if ((cluster.controller?.activeBrokers().length ?? 0) < scenario.brokers.length) return again()
    admin.createTopics(missing, (results) => {
      const done = new Set(
        (results ?? [])
          .filter(({ errorCode }) => errorCode === Errors.NONE || errorCode === Errors.TOPIC_ALREADY_EXISTS)
          .map(({ topic }) => topic),
      )
      missing = missing.filter((topic) => !done.has(topic.name))
      cluster.topicsToCome = missing.map((topic) => topic.name)
      if (missing.length === 0) then()
      else again()
    })
  }
  if (missing.length === 0) then()
  else attempt()
}

/** The most special kind of link the scenario says anything about. */
function linkSettings(
  network: NetworkSpec,
  racks: ReadonlyMap<string, string | null>,
  from: string,
  to: string,
): LinkSettings | undefined {
  const bothBrokers = racks.has(from) && racks.has(to)
  const rackFrom = racks.get(from) ?? null
  const rackTo = racks.get(to) ?? null
  const otherRack = rackFrom !== null && rackTo !== null && rackFrom !== rackTo
  const candidates: (LinkSpec | undefined)[] = [
    isClient(from) || isClient(to) ? network.client : undefined,
    bothBrokers ? network.replication : undefined,
    isController(from) || isController(to) ? network.controller : undefined,
    otherRack ? network.racks : undefined,
    network.default,
  ]
  const latencyUs = candidates.find((spec) => spec?.latencyUs !== undefined)?.latencyUs
  const bytesPerMs = candidates.find((spec) => spec?.bytesPerMs !== undefined)?.bytesPerMs
  if (latencyUs === undefined && bytesPerMs === undefined) return undefined
  return { ...(latencyUs === undefined ? {} : { latencyUs }), ...(bytesPerMs === undefined ? {} : { bytesPerMs }) }
}

function isClient(name: string): boolean {
  return name.startsWith('producer-') || name.startsWith('consumer-') || name.startsWith('monitor-')
}

function isController(name: string): boolean {
  return name.startsWith('controller-')
}
