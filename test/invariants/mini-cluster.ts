// A cluster without network, threads or timers: three brokers with the real Partition and the real log, moved by hand, one
// step an event. A test says who fetches, who is elected, who learns of it and who crashes, and breaks what it wants.

import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { NO_BUGGIFY } from '../../src/buggify/buggify.ts'
import type { BrokerContext, IsrChange, IsrChangeOutcome } from '../../src/broker/broker-context.ts'
import type { FetchResult } from '../../src/broker/fetch-types.ts'
import { truncationFor } from '../../src/broker/follower-truncation.ts'
import { LogTrace } from '../../src/broker/partition-trace.ts'
import { Partition } from '../../src/broker/partition.ts'
import {
  INVARIANTS,
  InvariantChecker,
  type ClusterView,
  type ObservedBroker,
  type ObservedReplica,
  type SegmentRest,
  type WatchOptions,
} from '../../src/invariants/index.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/log/log-config.ts'
import { OfflineReplicas } from '../../src/broker/offline-replicas.ts'
import { oneDirectory } from '../log/one-directory.ts'
import { MetadataImage } from '../../src/metadata/metadata-image.ts'
import type { PartitionState } from '../../src/metadata/partition-state.ts'
import { decodeUtf8 } from '../../src/records/utf8.ts'
import { resolveSwitches, type Switches } from '../../src/switches/switches.ts'
import type { KafkaEvent, KafkaHost, ProduceAnswered } from '../../src/trace/kafka-event.ts'
import { ask, followerParams, state as initialState, TOPIC_ID } from '../broker/fixture.ts'
import { FakeHost } from '../broker/fake-host.ts'
import { testConfig } from '../broker/settings.ts'
import { batchOf } from '../log/fixtures.ts'
import { MemoryDisk } from '../log/memory-disk.ts'

export const KEY = 'orders-0'
const CONFIG = testConfig()

export interface MiniOptions extends WatchOptions {
  readonly switches?: Partial<Switches>
  readonly minIsr?: number
  readonly isr?: readonly number[]
  readonly log?: Partial<LogConfig>
}

class MiniBroker {
  disk = new MemoryDisk()
  partition: Partition | undefined = undefined
  readonly id: number

  constructor(id: number) {
    this.id = id
  }
}

export class MiniCluster {
  readonly loop = new EventLoop()
  readonly bus = new TraceBus<KafkaEvent>(this.loop)
  readonly image = new MetadataImage()
  readonly view: ClusterView
  readonly checker: InvariantChecker
  /** Where a test says so, a broker fetches from these and not from whom it follows. */
  readonly fetchedFrom = new Map<number, readonly number[]>()
  /** ISR changes on their way to the controller. */
  private proposals: {
    readonly by: number
    readonly change: IsrChange
    readonly done: (o: IsrChangeOutcome) => void
  }[] = []
  private readonly owner = new Owner(1, 'world')
  private readonly host = new FakeHost()
  private readonly brokers = new Map<number, MiniBroker>()
  private readonly waiting: { leader: Partition; broker: number; first: number; last: number }[] = []
  private readonly switches: Switches
  private readonly minIsr: number
  private readonly logConfig: LogConfig
  private written = 0

  constructor(options: MiniOptions = {}) {
    this.switches = resolveSwitches('4.0', options.switches)
    this.minIsr = options.minIsr ?? 1
    this.logConfig = { ...DEFAULT_LOG_CONFIG, ...options.log }
    for (const id of [1, 2, 3]) {
      this.brokers.set(id, new MiniBroker(id))
      this.setFenced(id, false)
    }
    this.view = {
      brokerIds: [1, 2, 3],
      partitionsOf: (id) => this.hosted(id),
      broker: (id) => this.process(id),
      metadata: this.image,
      checkpoints: (id, file) => readText(this.brokers.get(id)!.disk, `data/${file}`),
    }
    this.checker = new InvariantChecker(INVARIANTS, this.view, this.loop, this.bus, options)
    const first = initialState({ isr: options.isr ?? [1, 2, 3] })
    this.image.topics.set('orders', { name: 'orders', id: TOPIC_ID, partitions: [first] })
    this.step(() => this.tellCommitted('created'))
    for (const id of [1, 2, 3]) this.start(id)
  }

  get committed(): PartitionState {
    return this.image.partition('orders', 0)!
  }

  /** Ids of what was found, and of what was found and not excused. */
  get found(): string[] {
    return this.checker.violations.map((violation) => violation.invariant)
  }

  get unexcused(): string[] {
    return this.checker.violations.filter(({ excused }) => excused === null).map(({ invariant }) => invariant)
  }

  at(id: number): Partition {
    const { partition } = this.brokers.get(id)!
    if (partition === undefined) throw new Error(`broker ${id} is down`)
    return partition
  }

  isUp(id: number): boolean {
    return this.brokers.get(id)!.partition !== undefined
  }

  /** Everything `fn` does is one event. */
  step(fn: () => void): void {
    this.loop.schedule(this.loop.nowUs + 1000, this.owner, 'step', 0, fn)
    this.loop.run(this.loop.nowUs + 1000)
  }

  emit(event: KafkaEvent): void {
    this.bus.emit(event, 'test')
  }

  /** A producer sends `count` records in one batch; the answer comes when it may. */
  produce(id: number, count = 1, acks = -1): void {
    this.step(() => {
      const leader = this.at(id)
      const values = Array.from({ length: count }, () => `value ${this.written++}`)
      const append = leader.appendAsLeader(batchOf(values), acks, 'client')
      if (append.kind !== 'appended') return
      if (acks === -1) this.waiting.push({ leader, broker: id, first: append.firstOffset, last: append.lastOffset })
      else this.answer(id, acks, append.firstOffset, append.lastOffset, null)
      this.answerWaiting()
    })
  }

  /** One fetch of a follower from whom it believes to lead: a request, and what the follower does with the answer. */
  fetch(id: number): FetchResult | undefined {
    let result: FetchResult | undefined
    this.step(() => (result = this.request(id)))
    if (result !== undefined) this.step(() => this.respond(id, result!))
    return result
  }

  /** Fetches until nothing comes any more, and once again, so that the leader knows. */
  sync(...ids: number[]): void {
    for (let round = 0; round < 4; round++) for (const id of ids) this.fetch(id)
  }

  /** The controller commits a change; nobody learns of it yet. */
  commit(change: Partial<PartitionState>, reason = 'test'): void {
    this.step(() => {
      this.setCommitted(change)
      this.tellCommitted(reason)
    })
  }

  /** A leader election as the controller commits it: one leader epoch more. */
  elect(leader: number, isr: readonly number[], reason = 'test'): void {
    this.commit({ leader, isr, leaderEpoch: this.committed.leaderEpoch + 1 }, reason)
  }

  /** These brokers apply what is committed. */
  learn(...ids: number[]): void {
    for (const id of ids) this.step(() => this.apply(id))
  }

  /** The controller accepts the oldest proposal, and the leader hears of it. */
  acceptProposal(): void {
    const proposal = this.proposals.shift()
    if (proposal === undefined) return
    const { change, done } = proposal
    const { partitionEpoch, leaderEpoch } = this.committed
    const current = change.leaderEpoch === leaderEpoch && change.partitionEpoch === partitionEpoch
    const isr = change.newIsr.map(({ brokerId }) => brokerId)
    if (current) this.commit({ isr }, 'AlterPartition')
    const errorCode = current ? 0 : change.leaderEpoch === leaderEpoch ? 95 : 74
    this.step(() => done({ errorCode, isr, leaderEpoch, partitionEpoch: partitionEpoch + 1 }))
  }

  crash(id: number): void {
    this.step(() => this.crashNow(id))
  }

  /** The same, inside a step. What it asked the controller for comes from an old registration then. */
  crashNow(id: number): void {
    this.proposals = this.proposals.filter(({ by }) => by !== id)
    this.brokers.get(id)!.partition = undefined
  }

  /** A client's batch of one record, never the same twice. */
  batch(): Uint8Array {
    return batchOf([`value ${this.written++}`])
  }

  /** Time passes on every clock: whoever has not caught up since is late. */
  advance(ms: number): void {
    this.host.clock.advance(ms)
  }

  /** The disk as it is now: what a power loss may go back to. */
  snapshot(id: number): MemoryDisk {
    return this.brokers.get(id)!.disk.copy()
  }

  /** The power fails: the disk is as it once was, which the world knows, and what is left of its segments. */
  losePower(id: number, disk: MemoryDisk, rests: readonly SegmentRest[] = []): void {
    this.step(() => {
      const broker = this.brokers.get(id)!
      broker.partition = undefined
      broker.disk = disk
      this.checker.lostUnsynced(id, KEY, 'some batches', rests)
    })
  }

  /** The process loads its logs; it does not lead or follow yet. */
  start(id: number): void {
    this.step(() => {
      const broker = this.brokers.get(id)!
      broker.partition = this.load(broker)
    })
  }

  setFenced(id: number, fenced: boolean): void {
    const host = `broker-${id}`
    const registration = { id, epoch: 100 + id, incarnationId: host, host, port: 9092, rack: null }
    this.image.brokers.set(id, { ...registration, fenced, inControlledShutdown: false, logDirs: [] })
  }

  setCommitted(change: Partial<PartitionState>): void {
    const before = this.committed
    this.image.topics.get('orders')!.partitions[0] = { ...before, partitionEpoch: before.partitionEpoch + 1, ...change }
  }

  tellCommitted(reason: string): void {
    const { key, replicas, leader, leaderEpoch, isr, elr, lastKnownElr, partitionEpoch } = this.committed
    const state = { replicas, leader, leaderEpoch, isr, elr, lastKnownElr, partitionEpoch }
    this.emit({ type: 'partition-changed', partition: key, ...state, reason })
  }

  answer(broker: number, acks: number, firstOffset: number, lastOffset: number, error: string | null): void {
    const type = 'produce-answered'
    const answer: ProduceAnswered = {
      type,
      broker,
      partition: KEY,
      acks,
      error,
      firstOffset,
      lastOffset,
      duplicate: false,
    }
    this.emit(answer)
  }

  request(id: number): FetchResult | undefined {
    const follower = this.at(id)
    if (follower.role !== 'follower' || follower.leaderId < 0 || !this.isUp(follower.leaderId)) return undefined
    const leader = this.at(follower.leaderId)
    const lastFetchedEpoch = follower.latestEpoch() ?? -1
    const asked = ask(follower.logEndOffset, { currentLeaderEpoch: follower.leaderEpoch, lastFetchedEpoch })
    const result = leader.fetch(followerParams(id), asked, 1 << 20, true, true)
    this.answerWaiting()
    return result
  }

  respond(id: number, result: FetchResult): void {
    const { partition: follower } = this.brokers.get(id)!
    if (follower === undefined || follower.role !== 'follower' || result.isRefused) return
    if (result.diverges) {
      const end = { epoch: result.divergingEpoch, endOffset: result.divergingEndOffset }
      follower.truncateTo(truncationFor(follower, end, 0).offset)
    } else follower.appendAsFollower(result.records, result.highWatermark, result.logStartOffset)
  }

  /** Nothing if the answer to an AlterPartition told it before. */
  private apply(id: number): void {
    const partition = this.at(id)
    if (partition.partitionEpoch === this.committed.partitionEpoch) return
    if (this.committed.leader === id) partition.makeLeader(this.committed)
    else partition.makeFollower(this.committed)
    this.answerWaiting()
  }

  private answerWaiting(): void {
    for (const item of this.waiting.splice(0)) {
      const { leader, broker, first, last } = item
      const error = this.brokers.get(broker)!.partition === leader ? leader.acknowledgement(last + 1) : 6
      if (error === undefined) this.waiting.push(item)
      else this.answer(broker, -1, first, last, error === 0 ? null : `error ${error}`)
    }
  }

  private hosted(id: number): ReadonlyMap<string, ObservedReplica> | undefined {
    const partition = this.brokers.get(id)?.partition
    return partition === undefined ? undefined : new Map([[KEY, partition]])
  }

  /** Fetches from whom it follows, unless a test says otherwise. */
  private process(id: number): ObservedBroker | undefined {
    const partition = this.brokers.get(id)?.partition
    if (partition === undefined) return undefined
    const follows = partition.role === 'follower' && partition.leaderId >= 0
    return {
      state: 'RUNNING',
      brokerEpoch: 100 + id,
      metadata: this.image,
      fetchedFrom: () => this.fetchedFrom.get(id) ?? (follows ? [partition.leaderId] : []),
    }
  }

  private load(broker: MiniBroker): Partition {
    const { id, disk } = broker
    const { name: hostName, clock, jobs, random, network } = this.host
    const host: KafkaHost = {
      name: hostName,
      incarnation: 1,
      clock,
      jobs,
      random,
      network,
      disk,
      trace: this.bus.tracerFor(this.owner),
      halt: (reason) => this.host.halt(reason),
      exit: () => this.host.exit(),
      onTerminate: () => undefined,
    }
    const isLeader = (): boolean => broker.partition?.role === 'leader'
    const observer: LogTrace = new LogTrace({ host, id }, isLeader)
    const logs = oneDirectory({
      disk,
      dir: 'data',
      configOf: () => this.logConfig,
      observer,
      wallMs: () => clock.wallMs(),
    })
    const context: BrokerContext = {
      host,
      id,
      config: CONFIG,
      switches: this.switches,
      buggify: NO_BUGGIFY,
      metadata: this.image,
      logs,
      directoryIds: new Map(),
      offlineReplicas: new OfflineReplicas(),
      alterPartitions: { submit: (change, done) => void this.proposals.push({ by: id, change, done }), forget() {} },
      brokerEpoch: () => 100 + id,
    }
    const log = logs.get('orders', 0) ?? logs.create('orders', 0, TOPIC_ID, this.logConfig)
    const name = { topic: 'orders', topicId: TOPIC_ID, index: 0 }
    return new Partition(name, log, this.minIsr, context, { wakeAll() {}, wakeFetches() {}, wakeDeletions() {} })
  }
}

function readText(disk: MemoryDisk, path: string): string[] {
  return disk.exists(path) ? [decodeUtf8(disk.bytes(path))] : []
}

/** Three brokers that know what the controller committed. */
export function settled(options: MiniOptions = {}): MiniCluster {
  const cluster = new MiniCluster(options)
  cluster.learn(1, 2, 3)
  return cluster
}
