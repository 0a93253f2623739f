// One controller process: a single-threaded event queue over the metadata log, as Kafka's QuorumController. Requests
// become records; answers wait until those are committed. Left out: the quorum (one voter), snapshots.

import { unreachable, type Pool, type Timer } from '../../sim/index.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { MetadataImage } from '../metadata/metadata-image.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import { RequestServer, type ServerRequest } from '../network/request-server.ts'
import type { Switches } from '../switches/switches.ts'
import { type KafkaHost, SESSION_OF_BROKER, UNCLEAN_BY_ADMIN } from '../trace/kafka-event.ts'
import { allocateProducerIds } from './allocate-producer-ids.ts'
import { alterPartition } from './alter-partition.ts'
import { BrokerHeartbeats } from './broker-heartbeats.ts'
import { assignReplicasToDirs } from './assign-replicas.ts'
import { brokerHeartbeat, registerBroker } from './broker-requests.ts'
import { CommittedState } from './committed-state.ts'
import { type ControllerResult, type ControllerState, replayRecord } from './controller-state.ts'
import { createPartitions } from './create-partitions.ts'
import { createTopics } from './create-topics.ts'
import { deleteTopics } from './delete-topics.ts'
import { fenceBroker } from './fencing.ts'
import { DeferredElections, type ElectionTask } from './deferred-elections.ts'
import {
  balancePreferredLeaders,
  electLeaders,
  electUncleanLeaders,
  someAreImbalanced,
  someAreLeaderless,
  UNCLEAN_ELECTION,
} from './leader-elections.ts'
import { MetadataFetches } from './metadata-fetches.ts'
import { SingleVoterLog } from './single-voter-log.ts'

export interface ControllerBoot {
  readonly nodeId: number
  readonly clusterId: string
  readonly port: number
  readonly config: BrokerConfig
  readonly switches: Switches
  /** `metadata.version` of a new cluster. */
  readonly metadataVersion: number
  /** Producer ids below this are taken when the cluster begins. */
  readonly firstProducerId?: number
}

/** CPU of one controller event, µs: enough that a storm of requests queues, little beside the log's sync. */
const EVENT_COST_US = 50
const METADATA_FETCH_COST_US = 20

export class Controller {
  readonly nodeId: number
  /** What is committed: what observers may know. */
  readonly committed: CommittedState
  private readonly host: KafkaHost
  private readonly log: SingleVoterLog
  private readonly state: ControllerState
  private readonly fetches: MetadataFetches
  private readonly events: Pool
  private readonly elections: DeferredElections
  private readonly buggify: Buggify
  private sessionTimer: Timer | undefined
  /** By how much the event being handled is behind its own look at the timers. */
  private lateMs = 0

  constructor(host: KafkaHost, boot: ControllerBoot, buggify: Buggify = NO_BUGGIFY) {
    this.host = host
    this.nodeId = boot.nodeId
    this.buggify = buggify
    const nowMs = () => host.clock.monotonicMs() + this.lateMs
    this.committed = new CommittedState(host.trace)
    this.log = new SingleVoterLog(host, {
      nodeId: boot.nodeId,
      lingerMs: boot.config['controller.quorum.append.linger.ms'],
    })
    this.state = {
      clusterId: boot.clusterId,
      image: new MetadataImage(),
      heartbeats: new BrokerHeartbeats(boot.config['broker.session.timeout.ms'], nowMs),
      config: boot.config,
      switches: boot.switches,
      rng: host.random.stream('placement'),
      registrationOffsets: new Map(),
      nextOffset: () => this.log.nextOffset,
    }
    this.fetches = new MetadataFetches(host, this.log, buggify)
    this.events = host.jobs.pool('controller-events', 1)
    this.elections = new DeferredElections(host, (kind, fn) => this.enqueue(kind, fn), this.electionTasks())
    this.activate(boot)
    const raftThreads = host.jobs.pool('raft-io', 1)
    new RequestServer(host, boot.port, raftThreads, (request) => this.receive(request))
    this.startPeriodicTasks()
  }

  /** Brokers that are registered, unfenced and not shutting down, by what is committed. */
  activeBrokers(): number[] {
    const { image } = this.committed
    return [...image.brokers.keys()].filter((id) => image.isActive(id))
  }

  /** Replays the log, takes office in a new epoch, and gives unfenced brokers a fresh session. */
  private activate(boot: ControllerBoot): void {
    const known = new MetadataImage()
    this.log.replay((record, offset) => {
      replayRecord(this.state, record, offset)
      known.apply(record, offset)
    })
    this.log.becomeLeader()
    this.log.whenCommitted(() => {
      this.committed.adopt(known)
      this.fetches.wake()
    })
    if (known.highestOffset < 0) {
      const featureLevel = boot.metadataVersion
      const records: MetadataRecord[] = [{ type: 'FeatureLevelRecord', name: 'metadata.version', featureLevel }]
      if (boot.switches.elr) {
        records.push({ type: 'FeatureLevelRecord', name: 'eligible.leader.replicas.version', featureLevel: 1 })
      }
      const { firstProducerId = 0 } = boot
      if (firstProducerId > 0) {
        records.push({ type: 'ProducerIdsRecord', brokerId: -1, brokerEpoch: -1, nextProducerId: firstProducerId })
      }
      this.append(records, 'bootstrap')
    }
    for (const broker of this.state.image.brokers.values()) this.state.heartbeats.register(broker.id, broker.fenced)
    this.armSessionTimer()
  }

  private receive(request: ServerRequest): void {
    if (request.api === 'Fetch') {
      this.host.jobs.charge(METADATA_FETCH_COST_US)
      this.fetches.handle(request)
    } else this.enqueue(`controller-${request.api}`, () => this.handle(request))
  }

  private handle(request: ServerRequest): void {
    const { state } = this
    switch (request.api) {
      case 'BrokerRegistration':
        return this.register(request)
      case 'BrokerHeartbeat':
        return this.answer(brokerHeartbeat(state, request.bodyAs('BrokerHeartbeat')), request.api, (reply) =>
          request.respond('BrokerHeartbeat', reply),
        )
      case 'AlterPartition':
        return this.answer(alterPartition(state, request.bodyAs('AlterPartition')), request.api, (reply) =>
          request.respond('AlterPartition', reply),
        )
      case 'AllocateProducerIds':
        return this.answer(allocateProducerIds(state, request.bodyAs('AllocateProducerIds')), request.api, (reply) =>
          request.respond('AllocateProducerIds', reply),
        )
      case 'AssignReplicasToDirs':
        return this.answer(assignReplicasToDirs(state, request.bodyAs('AssignReplicasToDirs')), request.api, (reply) =>
          request.respond('AssignReplicasToDirs', reply),
        )
      case 'CreateTopics':
        return this.answer(createTopics(state, request.bodyAs('CreateTopics')), request.api, (reply) =>
          request.respond('CreateTopics', reply),
        )
      case 'CreatePartitions':
        return this.answer(createPartitions(state, request.bodyAs('CreatePartitions')), request.api, (reply) =>
          request.respond('CreatePartitions', reply),
        )
      case 'DeleteTopics':
        return this.answer(deleteTopics(state, request.bodyAs('DeleteTopics')), request.api, (reply) =>
          request.respond('DeleteTopics', reply),
        )
      case 'ElectLeaders':
        return this.electLeaders(request)
      case 'Fetch':
      case 'Produce':
      case 'ListOffsets':
      case 'Metadata':
      case 'ApiVersions':
      case 'InitProducerId':
      case 'OffsetForLeaderEpoch':
      case 'DeleteRecords':
      case 'OffsetCommit':
      case 'OffsetFetch':
      case 'FindCoordinator':
      case 'JoinGroup':
      case 'Heartbeat':
      case 'LeaveGroup':
      case 'SyncGroup':
      case 'DescribeGroups':
      case 'ListGroups':
      case 'DeleteGroups':
      case 'OffsetDelete':
        return request.closeConnection()
      default:
        return unreachable(request.api, 'api at a controller')
    }
  }

  /** Appends what was decided; answers when everything appended so far is committed. */
  private answer<T>(result: ControllerResult<T>, reason: string, respond: (reply: T) => void): void {
    this.append(result.records, reason)
    this.log.whenCommitted(() => respond(result.reply))
  }

  private append(records: readonly MetadataRecord[], reason: string): void {
    if (records.length === 0) return
    const firstOffset = this.log.append(records)
    for (const [i, record] of records.entries()) replayRecord(this.state, record, firstOffset + i)
    this.log.whenCommitted(() => {
      for (const [i, record] of records.entries()) this.committed.commit(record, firstOffset + i, reason)
      this.fetches.wake()
    })
    this.armSessionTimer()
  }

  private enqueue(kind: string, fn: () => void): void {
    this.events.run(kind, () => {
      this.host.jobs.charge(EVENT_COST_US)
      this.fenceStale()
      fn()
      this.elections.eventEnded(this.state.image.highestOffset)
    })
  }

  /**
   * Rarely the controller stands still just here: after its look at the timers, and before it looks at the clock for the
   * session of who registers. Then a registration may overtake the fencing of the one before (RB-34).
   */
  private register(request: ServerRequest): void {
    this.lateMs = this.buggify.delayMs('stall-registration')
    this.host.jobs.charge(this.lateMs * 1000)
    const result = registerBroker(this.state, request.bodyAs('BrokerRegistration'))
    this.lateMs = 0
    this.answer(result, request.api, (reply) => request.respond('BrokerRegistration', reply))
  }

  private electLeaders(request: ServerRequest): void {
    const body = request.bodyAs('ElectLeaders')
    const reason = body.electionType === UNCLEAN_ELECTION ? UNCLEAN_BY_ADMIN : request.api
    this.answer(electLeaders(this.state, body), reason, (reply) => request.respond('ElectLeaders', reply))
  }

  /**
   * Fences whoever's session has expired, one record batch each, the one silent for longest first. Kafka's event
   * queue runs a timer that is due before anything that waits, so no request is handled before this.
   */
  private fenceStale(): void {
    const { heartbeats } = this.state
    for (let stale = heartbeats.findStale(); stale !== undefined; stale = heartbeats.findStale()) {
      const records = fenceBroker(this.state, stale)
      heartbeats.touch(stale, true, -1)
      this.append(records, `${SESSION_OF_BROKER}${stale} expired`)
    }
  }

  private armSessionTimer(): void {
    if (this.sessionTimer !== undefined) return
    const expiryMs = this.state.heartbeats.nextExpiryMs()
    if (expiryMs === undefined) return
    this.sessionTimer = this.host.clock.at(expiryMs, 'session-check', () => {
      this.sessionTimer = undefined
      this.enqueue('fence-stale', () => this.armSessionTimer())
    })
  }

  private startPeriodicTasks(): void {
    const { clock } = this.host
    const { config } = this.state
    clock.every(config['metadata.max.idle.interval.ms'], 'metadata-no-op', () =>
      this.enqueue('no-op', () => {
        this.append([{ type: 'NoOpRecord' }], 'no-op')
        if (config['auto.leader.rebalance.enable'] && this.buggify.now('early-leader-balance')) this.balance()
      }),
    )
  }

  private balance(): number {
    const records = balancePreferredLeaders(this.state)
    this.append(records, 'preferred leader balance')
    return records.length
  }

  private electionTasks(): ElectionTask[] {
    const { state } = this
    const { config } = state
    return [
      {
        name: 'leader-balance',
        intervalMs: config['leader.imbalance.check.interval.seconds'] * 1000,
        isDue: () => config['auto.leader.rebalance.enable'] && someAreImbalanced(state),
        round: () => this.balance(),
      },
      {
        name: 'unclean-election',
        intervalMs: config['unclean.leader.election.interval.ms'],
        isDue: () => someAreLeaderless(state),
        round: () => {
          const records = electUncleanLeaders(state)
          this.append(records, 'unclean election')
          return records.length
        },
      },
    ]
  }
}
