// A whole cluster in a world: one controller, brokers, producers, consumers, each a process on its machine. Knows who
// is who and lets observers look in; what happens to it is decided elsewhere.

import { World, type DiskSettings, type NetworkSettings, type SimProcess } from '../../../sim/index.ts'
import { Buggify, type BuggifyCounts, type BuggifyPlan, sumCounts } from '../../buggify/buggify.ts'
import { logDirPaths } from '../../broker/log-dirs.ts'
import { Broker, type BrokerBoot } from '../../broker/broker.ts'
import type { Partition } from '../../broker/partition.ts'
import type { GroupServiceParts } from '../../broker/group-service.ts'
import { GroupCoordinator } from '../../group/group-coordinator.ts'
import { Controller, type ControllerBoot } from '../../controller/controller.ts'
import type { ConsumerConfig } from '../../config/consumer-config.ts'
import type { ClusterView } from '../../invariants/cluster-view.ts'
import type { MetadataImage } from '../../metadata/metadata-image.ts'
import type { NodeAddress } from '../../network/network-client.ts'
import { decodeUtf8 } from '../../records/utf8.ts'
import type { CheckpointFile } from '../../trace/log-event.ts'
import type { KafkaEvent, KafkaHost } from '../../trace/kafka-event.ts'
import { ConsumerWorkload, type ConsumerWorkloadOptions } from '../../workload/consumer-workload.ts'
import { GroupMemberWorkload } from '../../workload/group-member-workload.ts'
import type { GroupMemberOptions } from '../../workload/member-options.ts'
import { monitorOffsets, type OffsetsMonitorOptions } from '../../workload/offsets-monitor.ts'
import { ProducerWorkload, type ProducerWorkloadOptions } from '../../workload/producer-workload.ts'
import type { DataFile } from '../data/data-directory.ts'

export const BROKER_PORT = 9092
export const CONTROLLER_PORT = 9093
export const CONTROLLER_ID = 3000

export interface ClusterOptions {
  readonly seed: number
  readonly order?: 'fifo' | 'shuffle'
  readonly network?: Partial<NetworkSettings>
  readonly disk?: Partial<DiskSettings>
  readonly buggify?: BuggifyPlan
}

/** Several log directories are disks of their own; a single one is on the machine's. */
function mountsOf(logDirs: string | null): readonly string[] {
  const paths = logDirPaths(logDirs)
  return paths.length === 1 ? [] : paths
}

type KafkaProcess = SimProcess<KafkaEvent>

export class SimulatedCluster implements ClusterView {
  readonly world: World<KafkaEvent>
  /** Processes that stopped themselves, and why; until they are started again. */
  readonly haltReasons = new Map<string, string>()
  private readonly liveBrokers = new Map<number, Broker>()
  private readonly logDirs = new Map<number, readonly string[]>()
  private readonly brokerProcesses = new Map<number, KafkaProcess>()
  private readonly producerProcesses = new Map<string, KafkaProcess>()
  private readonly consumerProcesses = new Map<string, KafkaProcess>()
  private readonly monitorProcesses = new Map<string, KafkaProcess>()
  private readonly producers = new Map<string, ProducerWorkload>()
  private readonly consumers = new Map<string, ConsumerWorkload>()
  private readonly members = new Map<string, GroupMemberWorkload>()
  /** Members that a group may come to have, and does not have yet. */
  private readonly spareMembers = new Set<string>()
  /** Of members that were restarted with other configs. */
  private readonly newConfigs = new Map<string, Partial<ConsumerConfig>>()
  private readonly buggifyPlan: BuggifyPlan
  private isCalm = false
  /** Topics of the scenario that are not created yet. */
  topicsToCome: readonly string[] = []
  /** Of every incarnation of every process. */
  private readonly buggifies: Buggify[] = []
  private controllerProcess: KafkaProcess | undefined
  private liveController: Controller | undefined

  constructor(options: ClusterOptions) {
    this.world = new World<KafkaEvent>(options)
    this.buggifyPlan = options.buggify ?? []
  }

  addController(boot: ControllerBoot): void {
    this.controllerProcess = this.world.addProcess(`controller-${boot.nodeId}`, {
      boot: (host) => {
        this.liveController = new Controller(host, boot, this.buggify(host))
      },
    })
  }

  /** `data`: what is in its (first) log directory before it starts for the first time. */
  addBroker(boot: BrokerBoot, data: readonly DataFile[] = []): void {
    const process = this.world.addProcess(`broker-${boot.brokerId}`, {
      ...(boot.rack === null ? {} : { rack: boot.rack }),
      mounts: mountsOf(boot.config['log.dirs']),
      boot: (host) => {
        const groups = (parts: GroupServiceParts) => new GroupCoordinator(parts)
        this.liveBrokers.set(boot.brokerId, new Broker(host, boot, this.buggify(host), groups))
      },
    })
    this.brokerProcesses.set(boot.brokerId, process)
    const dirs = logDirPaths(boot.config['log.dirs'])
    this.logDirs.set(boot.brokerId, dirs)
    const [dir = ''] = dirs
    for (const { path, bytes } of data) process.machine.disks.of(`${dir}/${path}`).install(`${dir}/${path}`, bytes)
  }

  addProducer(options: ProducerWorkloadOptions): void {
    const process = this.world.addProcess(`producer-${options.client}`, {
      boot: (host) => {
        this.producers.set(options.client, new ProducerWorkload(host, options, this.buggify(host)))
      },
    })
    this.producerProcesses.set(options.client, process)
  }

  addConsumer(options: ConsumerWorkloadOptions): void {
    const process = this.world.addProcess(`consumer-${options.client}`, {
      boot: (host) => {
        this.consumers.set(options.client, new ConsumerWorkload(host, options, this.buggify(host)))
      },
    })
    this.consumerProcesses.set(options.client, process)
  }

  /** A member of a group; a spare one is not started with the others. */
  addMember(
    options: GroupMemberOptions,
    how: { readonly isSpare: boolean; readonly restartUs?: number | undefined },
  ): void {
    const { client } = options
    if (how.isSpare) this.spareMembers.add(client)
    const process = this.world.addProcess(`consumer-${client}`, {
      boot: (host) => {
        const config = { ...options.config, ...this.newConfigs.get(client) }
        this.members.set(client, new GroupMemberWorkload(host, { ...options, config }, this.buggify(host)))
      },
    })
    this.consumerProcesses.set(client, process)
    if (how.restartUs !== undefined) this.supervise(process, how.restartUs, () => this.members.get(client))
  }

  /** From its next start on this member of a group has these configs, too. */
  reconfigure(process: string, config: Partial<ConsumerConfig>): void {
    const client = process.replace(/^consumer-/, '')
    this.newConfigs.set(client, { ...this.newConfigs.get(client), ...config })
  }

  /** Starts it again whenever it has ended of its own. */
  private supervise(process: KafkaProcess, afterUs: number, member: () => GroupMemberWorkload | undefined): void {
    const { world } = this
    const startLater = (): void => {
      if (member()?.wasAskedToStop === true) return
      world.at(world.loop.nowUs + afterUs, 'supervisor-restart', () => {
        if (!process.alive) process.start()
      })
    }
    process.onHalt(startLater)
    process.onExit(startLater)
  }

  addMonitor(options: OffsetsMonitorOptions): void {
    const process = this.world.addProcess(`monitor-${options.client}`, {
      boot: (host) => {
        monitorOffsets(host, options)
      },
    })
    this.monitorProcesses.set(options.client, process)
  }

  /** Any other process, such as an administrator. */
  addProcess(name: string, boot: (host: KafkaHost) => void): KafkaProcess {
    return this.world.addProcess(name, { boot })
  }

  private buggify(host: KafkaHost): Buggify {
    const buggify = new Buggify(host, this.isCalm ? [] : this.buggifyPlan)
    this.buggifies.push(buggify)
    return buggify
  }

  /** The faults are over: no buggify point fires from now on, in no process. */
  calm(): void {
    this.isCalm = true
    for (const buggify of this.buggifies) buggify.calm()
  }

  /** What was passed and fired so far, of the points that are on. */
  buggifyCounts(): BuggifyCounts {
    return sumCounts(this.buggifyPlan, this.buggifies)
  }

  startServers(): void {
    this.controllerProcess?.start()
    for (const process of this.brokerProcesses.values()) process.start()
  }

  /** Each at its time, or now. */
  startClients(startUs: (client: string) => number = () => 0): void {
    const { world } = this
    for (const process of this.monitorProcesses.values()) process.start()
    for (const processes of [this.consumerProcesses, this.producerProcesses]) {
      for (const [client, process] of processes) {
        if (this.spareMembers.has(client)) continue
        const atUs = startUs(client)
        // Who was started before, by a fault, is started.
        if (process.state !== 'new') continue
        if (atUs <= world.loop.nowUs) process.start()
        else world.at(atUs, 'client-start', () => process.state === 'new' && process.start())
      }
    }
  }

  get brokerAddresses(): NodeAddress[] {
    // Bootstrap servers have no known id: clients number them from −1 downwards.
    return this.brokerIds.map((id, i) => ({ id: -1 - i, host: `broker-${id}`, port: BROKER_PORT }))
  }

  get brokerIds(): readonly number[] {
    return [...this.brokerProcesses.keys()]
  }

  get clients(): readonly string[] {
    return [...this.producerProcesses.keys(), ...this.consumerProcesses.keys(), ...this.monitorProcesses.keys()]
  }

  /** The broker of this id, if its process lives. */
  broker(id: number): Broker | undefined {
    return this.brokerProcesses.get(id)?.alive === true ? this.liveBrokers.get(id) : undefined
  }

  /** Is this process a broker that lives and has loaded its logs? Others serve as soon as they live. */
  serves(process: string): boolean {
    const id = [...this.brokerProcesses].find(([, { name }]) => name === process)?.[0]
    if (id === undefined) return this.world.process(process).alive
    return this.broker(id)?.partitions !== undefined
  }

  partitionsOf(brokerId: number): ReadonlyMap<string, Partition> | undefined {
    return this.broker(brokerId)?.partitions
  }

  checkpoints(brokerId: number, file: CheckpointFile): string[] {
    const process = this.brokerProcesses.get(brokerId)
    return (this.logDirs.get(brokerId) ?? []).flatMap((dir) => {
      const bytes = process?.machine.disks.of(`${dir}/${file}`).inspect(`${dir}/${file}`)
      return bytes === undefined ? [] : [decodeUtf8(bytes)]
    })
  }

  /** The last controller that lived; its process may be dead by now. */
  get controller(): Controller | undefined {
    return this.liveController
  }

  get metadata(): MetadataImage | undefined {
    return this.liveController?.committed.image
  }

  /** Producers whose process lives. */
  liveProducers(): ProducerWorkload[] {
    return [...this.producers].filter(([name]) => this.producerProcesses.get(name)?.alive === true).map(([, p]) => p)
  }

  /** Consumers whose process lives, by name. */
  liveConsumers(): ReadonlyMap<string, ConsumerWorkload> {
    return new Map([...this.consumers].filter(([name]) => this.consumerProcesses.get(name)?.alive === true))
  }

  /** Members of groups whose process lives, by name. */
  liveMembers(): ReadonlyMap<string, GroupMemberWorkload> {
    return new Map([...this.members].filter(([name]) => this.consumerProcesses.get(name)?.alive === true))
  }

  /** The next record of the producer that this process is cannot be handled by anybody. False if it is none, or dead. */
  poison(process: string): boolean {
    const client = process.replace(/^producer-/, '')
    if (this.producerProcesses.get(client)?.alive !== true) return false
    this.producers.get(client)?.poisonNext()
    return true
  }

  /** Starts members of a group, or asks the last ones to stop, until it has as many. Who was hit. */
  scale(group: string, members: number): string[] {
    const hit: string[] = []
    for (const [client, process] of this.consumerProcesses) {
      const index = client.startsWith(`${group}[`) ? Number(client.slice(group.length + 1, -1)) : NaN
      if (Number.isNaN(index)) continue
      if (index < members ? process.alive : !process.alive || process.isTerminating) continue
      if (index < members) process.start()
      else process.terminate()
      hit.push(process.name)
    }
    return hit
  }

  /** The leader the controller names, if it lives and knows that it leads in that epoch: the non-stale leader. */
  currentLeader(topic: string, index: number): Partition | undefined {
    const state = this.metadata?.partition(topic, index)
    if (state === undefined || state.leader < 0) return undefined
    const partition = this.partitionsOf(state.leader)?.get(state.key)
    return partition?.isLeader === true && partition.leaderEpoch === state.leaderEpoch ? partition : undefined
  }
}
