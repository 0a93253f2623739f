// One broker process: registers, follows the metadata log, recovers its logs, serves, and stops when asked to
// (broker-shutdown.ts). Left out: listeners of its own for clients and brokers.

import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { LogDirectories } from '../log/log-directories.ts'
import { LogDirectory } from '../log/log-directory.ts'
import type { MetadataDelta, MetadataImage } from '../metadata/metadata-image.ts'
import type { NodeAddress } from '../network/network-client.ts'
import { RequestServer } from '../network/request-server.ts'
import { randomUuid } from '../protocol/uuid.ts'
import type { Switches } from '../switches/switches.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { AlterPartitionManager } from './alter-partition-manager.ts'
import type { BrokerContext } from './broker-context.ts'
import { BrokerLifecycle, type BrokerLifeState } from './broker-lifecycle.ts'
import { BrokerShutdown } from './broker-shutdown.ts'
import { bytesCostUs, RECOVERY_KIB_COST_US } from './costs.ts'
import { BrokerToController } from './controller-channel.ts'
import { DirectoryAssignments } from './directory-assignments.ts'
import { directoryIds, lastCleanEpoch } from './directory-ids.ts'
import { logDirPaths, metadataDirPath } from './log-dirs.ts'
import { LogDirFailures } from './log-dir-failures.ts'
import { MetadataObserver } from './metadata-observer.ts'
import type { GroupService, GroupServiceFactory } from './group-service.ts'
import { LogCleaner } from './log-cleaner.ts'
import { InternalTopics } from './internal-topics.ts'
import { OfflineReplicas } from './offline-replicas.ts'
import { LogTrace } from './partition-trace.ts'
import type { Partition } from './partition.ts'
import { ProducerIdManager } from './producer-id-manager.ts'
import { ReplicaFetcherManager } from './replica-fetcher-manager.ts'
import { ReplicaManager } from './replica-manager.ts'
import { RequestHandlers } from './request-handlers.ts'
import { removeLater } from './removed-files.ts'
import { topicSettings } from './topic-settings.ts'

export interface BrokerBoot {
  readonly brokerId: number
  readonly clusterId: string
  readonly rack: string | null
  readonly port: number
  readonly controller: NodeAddress
  readonly config: BrokerConfig
  readonly switches: Switches
}

export class Broker {
  readonly id: number
  readonly host: KafkaHost
  private readonly boot: BrokerBoot
  private readonly buggify: Buggify
  private readonly observer: MetadataObserver
  private readonly lifecycle: BrokerLifecycle
  private manager: ReplicaManager | undefined
  private fetchers: ReplicaFetcherManager | undefined
  private groups: GroupService | undefined
  private cleaner: LogCleaner | undefined
  private shutdown: BrokerShutdown | undefined
  private readonly newGroups: GroupServiceFactory | undefined
  private readonly failures: LogDirFailures
  private readonly logs: LogDirectories
  private readonly dirs: readonly string[]
  private readonly dirIds: ReadonlyMap<string, string>
  private begun = false

  constructor(host: KafkaHost, boot: BrokerBoot, buggify: Buggify = NO_BUGGIFY, newGroups?: GroupServiceFactory) {
    this.host = host
    this.boot = boot
    this.buggify = buggify
    this.newGroups = newGroups
    this.id = boot.brokerId
    const publish = (delta: MetadataDelta) => {
      this.manager?.applyDelta(delta, this.observer.image)
      this.groups?.applyDelta(delta, this.observer.image)
      this.cleaner?.wake()
    }
    this.observer = new MetadataObserver(host, boot.brokerId, boot.controller, boot.config, publish, buggify)
    this.dirs = logDirPaths(boot.config['log.dirs'])
    this.failures = new LogDirFailures({
      host,
      brokerId: boot.brokerId,
      dirs: this.dirs,
      metadataDir: metadataDirPath(boot.config['log.dirs'], boot.config['metadata.log.dir']),
      onFailure: (dir) => this.directoryFailed(dir),
    })
    const onFailure = (dir: string, error: Error) => this.failures.add(dir, error)
    this.logs = new LogDirectories(this.dirs, onFailure)
    const ids = host.random.stream('ids')
    const incarnationId = randomUuid(ids)
    this.dirIds = directoryIds(host, this.dirs, boot, ids, onFailure)
    this.lifecycle = new BrokerLifecycle(host, {
      brokerId: boot.brokerId,
      clusterId: boot.clusterId,
      incarnationId,
      directoryIds: () => [...this.dirIds].flatMap(([dir, id]) => (this.failures.has(dir) ? [] : [id])),
      rack: boot.rack,
      host: host.name,
      port: boot.port,
      previousBrokerEpoch: lastCleanEpoch(host, this.dirs),
      controller: boot.controller,
      config: boot.config,
      buggify,
      highestMetadataOffset: () => this.observer.nextOffset - 1,
      onCaughtUp: () => this.recover(),
      onShouldShutDown: () => this.shutdown?.shutDown(),
    })
    this.begun = true
    host.onTerminate(() => this.terminate())
  }

  get state(): BrokerLifeState {
    return this.lifecycle.state
  }

  get brokerEpoch(): number {
    return this.lifecycle.brokerEpoch
  }

  get incarnationId(): string {
    return this.lifecycle.incarnationId
  }

  /** What this broker has replayed of the metadata log. */
  get metadata(): MetadataImage {
    return this.observer.image
  }

  /** Undefined until the logs are loaded. */
  get partitions(): ReadonlyMap<string, Partition> | undefined {
    return this.manager?.partitions
  }

  /** The leaders from which this partition is fetched, one for each fetcher that has it. */
  fetchedFrom(key: string): readonly number[] {
    return this.fetchers?.sourcesOf(key) ?? []
  }

  /** Asked to stop. As in Kafka a start that is not complete is broken off, whatever it has done so far. */
  private terminate(): void {
    if (this.shutdown === undefined || this.lifecycle.state !== 'RUNNING') return this.host.exit()
    this.shutdown.begin()
  }

  /** Loads the logs, each directory on a thread of its own, then applies the first image and serves, in its own time. */
  private recover(): void {
    let loading = this.dirs.length
    for (const dir of this.dirs) {
      const thread = this.host.jobs.pool(this.dirs.length === 1 ? 'recovery' : `recovery ${dir}`, 1)
      thread.run('recover-logs', () => {
        if (!this.failures.has(dir)) this.load(dir)
      })
      thread.run('start-serving', () => {
        loading -= 1
        if (loading === 0) this.serve()
      })
    }
  }

  /** Others are left: its replicas go offline, and the controller is told. */
  private directoryFailed(dir: string): void {
    // One that fails before is not registered.
    if (!this.begun) return
    // Also while others are still being loaded, when there is nobody yet to be told.
    const logs = this.logs.takeOffline(dir)
    this.manager?.directoryFailed(logs)
    const id = this.dirIds.get(dir)
    if (id !== undefined) this.lifecycle.directoryFailed(id)
  }

  private load(dir: string): void {
    const logs = this.logs.load(dir, () =>
      LogDirectory.open({
        disk: this.host.disk,
        dir,
        configOf: (topic) => topicSettings(this.boot.config, this.observer.image, topic, this.boot.switches).log,
        buggify: this.buggify,
        wallMs: () => this.host.clock.wallMs(),
        jitterOf: (name) => this.host.random.stream(`roll-jitter/${name}`),
        recovering: (bytes) => this.host.jobs.charge(bytesCostUs(bytes, RECOVERY_KIB_COST_US)),
        retired: (files, delayMs) => removeLater(this.host, files, delayMs),
        trimEpochsOnNoopTruncate: this.boot.switches.trimEpochsOnNoopTruncate,
        behaviour: this.boot.switches,
        indexEachBatch: this.boot.switches.indexEachBatch,
        observer: new LogTrace(this, (key) => this.partitions?.get(key)?.isLeader === true),
      }),
    )
    if (logs !== undefined) this.traceRecovery(logs)
  }

  private traceRecovery(logs: LogDirectory): void {
    if (!this.host.trace.wants('log-recovered')) return
    for (const log of logs.logs()) {
      this.host.trace.emit({
        type: 'log-recovered',
        broker: this.id,
        partition: log.name,
        clean: logs.cleanShutdown,
        logEndOffset: log.logEndOffset,
        highWatermark: log.highWatermark,
      })
    }
  }

  private serve(): void {
    const { host, boot, id, buggify, logs } = this
    const { config, switches, controller } = boot
    const brokerEpoch = () => this.lifecycle.brokerEpoch
    const alterChannel = new BrokerToController(host, id, 'alter-partition', controller, config, buggify)
    const forwarding = new BrokerToController(host, id, 'forwarding', controller, config, buggify)
    const alterPartitions = new AlterPartitionManager(host, id, brokerEpoch, alterChannel, buggify)
    const context: BrokerContext = {
      host,
      id,
      config,
      switches,
      buggify,
      metadata: this.observer.image,
      logs,
      directoryIds: this.dirIds,
      offlineReplicas: new OfflineReplicas(),
      alterPartitions,
      brokerEpoch,
    }
    const fetchers = new ReplicaFetcherManager(context)
    const assignments = this.dirs.length === 1 ? undefined : new DirectoryAssignments(context, forwarding)
    const manager = new ReplicaManager(context, fetchers, assignments)
    this.manager = manager
    this.fetchers = fetchers
    const cleaner = new LogCleaner(context)
    this.cleaner = cleaner
    const internalTopics = new InternalTopics(config, forwarding)
    this.groups = this.newGroups?.({ context, replicas: manager, internalTopics })
    manager.start()
    this.observer.startPublishing()
    const handlers = new RequestHandlers(
      context,
      boot.clusterId,
      manager,
      new ProducerIdManager(id, forwarding, brokerEpoch),
      this.groups,
    )
    const threads = host.jobs.pool('io', config['num.io.threads'])
    const server = new RequestServer(host, boot.port, threads, (request) => handlers.handle(request))
    this.shutdown = new BrokerShutdown({
      host,
      config,
      lifecycle: this.lifecycle,
      replicas: manager,
      logs,
      // In Kafka's order: no requests, no metadata, no groups, no replication.
      services: [
        server,
        this.observer,
        ...(this.groups === undefined ? [] : [this.groups]),
        fetchers,
        manager,
        alterPartitions,
        ...(assignments === undefined ? [] : [assignments]),
        alterChannel,
        forwarding,
        cleaner,
      ],
    })
    const waitMs = buggify.delayMs('slow-unfence')
    if (waitMs === 0) this.lifecycle.setReadyToUnfence()
    else host.clock.after(waitMs, 'ready-to-unfence', () => this.lifecycle.setReadyToUnfence())
  }
}
