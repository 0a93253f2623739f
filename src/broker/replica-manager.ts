// All replicas on one broker: who leads and follows as metadata says, appends and fetches with what they wait for
// (R-35… …R-58), and the periodic duties over all partitions.
// A replica whose log directory fails goes offline. Left out: reassignment.

import { isStorageError, unlessStorageFails } from '../log/storage-error.ts'
import type { MetadataDelta, MetadataImage } from '../metadata/metadata-image.ts'
import { NO_LEADER, type PartitionState } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { BrokerContext, DelayedRequests, FollowerFetchers, ReplicaName } from './broker-context.ts'
import {
  bytesCostUs,
  FETCH_KIB_COST_US,
  FETCH_PARTITION_COST_US,
  ISR_SCAN_COST_US,
  ROLE_CHANGE_COST_US,
} from './costs.ts'
import { logOf } from './log-of-replica.ts'
import { DelayedDeleteRecords, type DeleteRecordsEntry } from './delayed-delete-records.ts'
import { DelayedFetch, type FetchSource } from './delayed-fetch.ts'
import { DelayedProduce, type ProduceEntry, traceProduceAnswered } from './delayed-produce.ts'
import type { DirectoryAssignments } from './directory-assignments.ts'
import { Duties } from './duties.ts'
import type { FetchItem, FetchParams, FetchResult } from './fetch-types.ts'
import { HostedPartitions, notHostedError } from './hosted-partitions.ts'
import { readHosted } from './hosted-reads.ts'
import { expireProducers, tendLogs } from './log-upkeep.ts'
import { traceParkedFetch } from './partition-trace.ts'
import { type LeaderAppendOrigin, Partition } from './partition.ts'
import { appendEntry } from './produce-append.ts'
import { Purgatory } from './purgatory.ts'
import { topicSettings } from './topic-settings.ts'

export class ReplicaManager implements DelayedRequests, FetchSource {
  private readonly context: BrokerContext
  private readonly fetchers: FollowerFetchers
  /** Undefined with one log directory. */
  private readonly assignments: DirectoryAssignments | undefined
  private readonly hostedPartitions = new HostedPartitions()
  private readonly delayedProduce: Purgatory
  private readonly delayedFetch: Purgatory
  private readonly delayedDeletions: Purgatory
  private readonly duties: Duties
  /** Who wants to know when the high watermark of a led partition rises, by key. */
  private readonly listeners = new Map<string, () => void>()
  private stopping = false

  constructor(context: BrokerContext, fetchers: FollowerFetchers, assignments?: DirectoryAssignments) {
    this.context = context
    this.assignments = assignments
    this.fetchers = fetchers
    this.delayedProduce = new Purgatory(context.host, 'produce')
    this.delayedFetch = new Purgatory(context.host, 'fetch')
    this.delayedDeletions = new Purgatory(context.host, 'delete-records')
    this.duties = new Duties(context.host)
  }

  /** Starts the periodic duties. Call once, when the logs are loaded. */
  start(): void {
    const { duties } = this
    const { config } = this.context
    duties.repeat('isr-scan', Math.max(1, Math.floor(config['replica.lag.time.max.ms'] / 2)), () => {
      this.shrinkIsrs()
      const againMs = this.context.buggify.delayMs('extra-isr-scan')
      if (againMs > 0) duties.later(againMs, 'isr-scan', () => this.shrinkIsrs())
    })
    const { logs } = this.context
    const checkpointHighWatermarks = () => {
      const lateMs = this.context.buggify.delayMs('late-high-watermark-checkpoint')
      const checkpoint = () => logs.checkpointHighWatermarks(this.checkpointed())
      if (lateMs === 0) checkpoint()
      else duties.later(lateMs, 'high-watermark-checkpoint', checkpoint)
    }
    const checkpointIntervalMs = config['replica.high.watermark.checkpoint.interval.ms']
    duties.run('high-watermark-checkpoint', checkpointHighWatermarks)
    duties.repeat('high-watermark-checkpoint', checkpointIntervalMs, checkpointHighWatermarks)
    tendLogs(this.context, duties)
    duties.repeat('expire-producers', config['producer.id.expiration.check.interval.ms'], () =>
      expireProducers(this.context, this.hostedPartitions.byKey.values()),
    )
  }

  /** Of old, partitions without a leader were left out, and their high watermarks were 0 next time (KAFKA-1647, RB-28). */
  private checkpointed(): ((key: string) => boolean) | undefined {
    if (!this.context.switches.checkpointOnlyKnownLeaders) return undefined
    return (key) => (this.hostedPartitions.byKey.get(key)?.leaderId ?? NO_LEADER) !== NO_LEADER
  }

  /** From now on metadata that leaves us out of an ISR, or a partition without leader, also ends our following. */
  beginControlledShutdown(): void {
    this.stopping = true
  }

  /** Nobody is followed, answered or looked after any more. The logs stay as they are, for whoever closes them. */
  close(): void {
    this.duties.close()
    this.delayedProduce.close()
    this.delayedFetch.close()
    this.delayedDeletions.close()
  }

  /** By key, 'orders-0'. */
  get partitions(): ReadonlyMap<string, Partition> {
    return this.hostedPartitions.byKey
  }

  hosted(topic: string, index: number): Partition | undefined {
    return this.hostedPartitions.get(topic, index)
  }

  /** Requests that wait, of all kinds. */
  get waitingRequests(): number {
    return this.delayedProduce.size + this.delayedFetch.size + this.delayedDeletions.size
  }

  /**
   * Applies what changed since the last call, all at once: deletions, then leaders, then followers. States in between were
   * never seen.
   */
  applyDelta(delta: MetadataDelta, image: MetadataImage): void {
    const { id } = this.context
    for (const topic of delta.removedTopics) {
      for (const { index } of topic.partitions) this.deleteReplica(topic.name, topic.id, index)
    }
    const leading: PartitionState[] = []
    const following: PartitionState[] = []
    for (const [topic, indexes] of delta.partitions) {
      for (const index of indexes) {
        const state = image.partition(topic, index)
        if (state === undefined) continue
        if (!state.replicas.includes(id)) this.deleteReplica(topic, state.topicId, index)
        else if (state.leader === id) leading.push(state)
        else following.push(state)
      }
    }
    this.applyLeaders(leading)
    this.applyFollowers(following, image)
    for (const topic of delta.topics) this.reconfigure(topic)
  }

  private applyLeaders(states: readonly PartitionState[]): void {
    for (const state of states) this.fetchers.remove(state.key)
    for (const state of states) {
      this.context.host.jobs.charge(ROLE_CHANGE_COST_US)
      this.orOffline(state, () => this.getOrCreate(state)?.makeLeader(state))
    }
  }

  private applyFollowers(states: readonly PartitionState[], image: MetadataImage): void {
    const inNewEpoch: Partition[] = []
    const leftBehind: Partition[] = []
    for (const state of states) {
      this.context.host.jobs.charge(ROLE_CHANGE_COST_US)
      const partition = this.orOffline(state, () => this.getOrCreate(state))
      if (partition === undefined) continue
      // Also without a leader: a leader must step down, and the log must be in the checkpoint (KAFKA-1647).
      const isNewEpoch = partition.makeFollower(state)
      const isLeftBehind = state.leader === NO_LEADER || !state.isr.includes(this.context.id)
      if (this.stopping && isLeftBehind) leftBehind.push(partition)
      else if (isNewEpoch) inNewEpoch.push(partition)
    }
    // Following on would only win it back into the ISR, just before it goes (RB-10).
    for (const partition of leftBehind) this.fetchers.remove(partition.key)
    for (const partition of inNewEpoch) this.fetchers.remove(partition.key)
    for (const partition of inNewEpoch) {
      const leader = image.brokers.get(partition.leaderId)
      if (leader !== undefined) this.fetchers.assign(partition, leader)
    }
    for (const partition of inNewEpoch) this.leaderIsGone(partition)
    for (const partition of leftBehind) this.leaderIsGone(partition)
  }

  /** Undefined if it is offline. */
  private getOrCreate(state: PartitionState): Partition | undefined {
    const existing = this.hostedPartitions.get(state.topic, state.index)
    if (existing !== undefined) {
      this.tellDirectory(state)
      return existing
    }
    if (this.context.offlineReplicas.isOf(state.key, state.topicId)) return undefined
    const { config, metadata, switches } = this.context
    const settings = topicSettings(config, metadata, state.topic, switches)
    const log = logOf(this.context, state, settings.log)
    if (log === undefined) {
      this.goOffline(state)
      return undefined
    }
    this.tellDirectory(state)
    const partition = new Partition(state, log, settings.minInsyncReplicas, this.context, this)
    this.hostedPartitions.add(partition)
    return partition
  }

  private tellDirectory(state: PartitionState): void {
    if (this.assignments === undefined) return
    const dir = this.context.logs.dirOf(state.topic, state.index) ?? ''
    this.assignments.note(state, this.context.directoryIds.get(dir))
  }

  /** What touches the log of a replica: if its directory fails, the replica goes offline. */
  private orOffline<T>(state: PartitionState, fn: () => T): T | undefined {
    try {
      return fn()
    } catch (problem) {
      if (!isStorageError(problem)) throw problem
      this.goOffline(state)
      return undefined
    }
  }

  private goOffline({ topic, index, topicId, key }: ReplicaName & { readonly key: string }): void {
    const partition = this.hostedPartitions.get(topic, index)
    this.fetchers.remove(key)
    this.context.offlineReplicas.add(key, topicId)
    if (partition === undefined) return
    this.hostedPartitions.remove(partition)
    partition.goOffline()
  }

  /** Its directory has failed: nobody is told who waits there, as in Kafka; who asks again is. */
  directoryFailed(logs: readonly { readonly name: string }[]): void {
    for (const { name } of logs) {
      const partition = this.hostedPartitions.byKey.get(name)
      if (partition !== undefined) this.goOffline(partition)
    }
  }

  private deleteReplica(topic: string, topicId: string, index: number): void {
    const { logs, offlineReplicas } = this.context
    const key = `${topic}-${index}`
    if (offlineReplicas.isOf(key, topicId)) offlineReplicas.remove(key)
    const partition = this.hostedPartitions.get(topic, index)
    if (partition !== undefined && partition.topicId === topicId) {
      this.fetchers.remove(partition.key)
      this.hostedPartitions.remove(partition)
      partition.stop()
      this.leaderIsGone(partition)
    }
    if (logs.topicId(topic, index) === topicId) unlessStorageFails(() => logs.delete(topic, index))
  }

  private reconfigure(topic: string): void {
    const settings = topicSettings(this.context.config, this.context.metadata, topic, this.context.switches)
    for (const partition of this.hostedPartitions.ofTopic(topic)) {
      partition.minInsyncReplicas = settings.minInsyncReplicas
      partition.log.updateConfig(settings.log)
    }
  }

  /**
   * Appends all entries, each for itself, and calls `respond` once the fate of all is written into them: at once, or for
   * acks=all (−1) when every partition that was written to is decided.
   */
  appendRecords(
    acks: number,
    timeoutMs: number,
    entries: readonly ProduceEntry[],
    respond: () => void,
    origin: LeaderAppendOrigin = 'client',
  ): void {
    let written = 0
    for (const entry of entries) {
      const partition = this.hostedPartitions.get(entry.topic, entry.index)
      const before = partition?.log.highWatermark
      entry.partition = partition
      appendEntry(this.context, entry, acks, origin)
      entry.raisedHighWatermark = partition !== undefined && partition.log.highWatermark !== before
      entry.isPending = acks === -1 && entry.errorCode === Errors.NONE
      if (entry.errorCode === Errors.NONE) written += 1
      if (!entry.isPending && acks !== 0) traceProduceAnswered(this.context, entry, acks)
    }
    if (acks === -1 && written > 0) {
      const operation = new DelayedProduce(this.context, entries, respond)
      const keys = entries.map(({ partition, topic, index }) => partition?.key ?? `${topic}-${index}`)
      this.delayedProduce.tryCompleteElseWatch(operation, keys, timeoutMs)
    } else {
      respond()
    }
    // Others, after the request itself is settled: followers see a new log end, everybody a risen high watermark.
    for (const { partition, lastOffset, raisedHighWatermark } of entries) {
      if (partition === undefined || lastOffset < 0) continue
      if (raisedHighWatermark) this.wakeAll(partition)
      else this.wakeFetches(partition)
    }
  }

  /** Deletes what each entry asks for; calls `respond` when all are done or the time is up. */
  deleteRecords(entries: readonly DeleteRecordsEntry[], timeoutMs: number, respond: () => void): void {
    for (const entry of entries) {
      const partition = this.hostedPartitions.get(entry.topic, entry.index)
      if (partition === undefined) entry.fail(notHostedError(this.context, entry.topic, entry.index))
      else entry.begin(partition)
    }
    const keys = entries.map(({ topic, index }) => `${topic}-${index}`)
    this.delayedDeletions.tryCompleteElseWatch(new DelayedDeleteRecords(entries, respond), keys, timeoutMs)
  }

  /** Reads for a fetch; answers now if there is enough, or no use in waiting; else it is parked. */
  fetchMessages(
    params: FetchParams,
    items: readonly FetchItem[],
    respond: (results: readonly FetchResult[]) => void,
  ): void {
    const results = this.readAll(params, items, true)
    let readableBytes = 0
    let answersNow = params.maxWaitMs <= 0 || items.length === 0
    for (const result of results) {
      readableBytes += result.records.length
      if (result.isRefused || result.diverges || result.preferredReadReplica >= 0) answersNow = true
    }
    if (answersNow || readableBytes >= params.minBytes) return respond(results)
    const operation = new DelayedFetch(this, params, items, (late) => {
      traceParkedFetch(this.context, params.replicaId, late)
      respond(late)
    })
    const earlyMs = this.context.buggify.delayMs('early-fetch-expiry')
    const waitMs = earlyMs === 0 ? params.maxWaitMs : Math.min(params.maxWaitMs, earlyMs)
    const keys = items.map(
      ({ topic, asked }) => this.hosted(topic, asked.partition)?.key ?? `${topic}-${asked.partition}`,
    )
    this.delayedFetch.tryCompleteElseWatch(operation, keys, waitMs)
  }

  readAll(params: FetchParams, items: readonly FetchItem[], arrived: boolean): readonly FetchResult[] {
    // As if one batch were all the answer has room for.
    const roomBytes = this.context.buggify.now('one-batch-fetch') ? 0 : params.maxBytes
    let leftBytes = roomBytes
    let readBytes = 0
    // The first batch is given even if it is larger than every limit, so that readers get on.
    let minOneBatch = true
    const results = items.map((item) => {
      const maxBytes = Math.min(item.asked.partitionMaxBytes, leftBytes)
      const result = readHosted(this.context, this.hostedPartitions, params, item, maxBytes, minOneBatch, arrived)
      if (result.records.length > 0) minOneBatch = false
      readBytes += result.records.length
      leftBytes = Math.max(0, roomBytes - readBytes)
      return result
    })
    this.context.host.jobs.charge(items.length * FETCH_PARTITION_COST_US + bytesCostUs(readBytes, FETCH_KIB_COST_US))
    return results
  }

  /** Calls `fn` each time the high watermark of a partition that we lead has risen; one listener a partition. */
  onHighWatermark(key: string, fn: () => void): () => void {
    this.listeners.set(key, fn)
    return () => {
      if (this.listeners.get(key) === fn) this.listeners.delete(key)
    }
  }

  wakeAll(partition: { readonly key: string }): void {
    this.leaderIsGone(partition)
    this.wakeDeletions(partition)
    if (this.listeners.size > 0) this.listeners.get(partition.key)?.()
  }

  wakeDeletions(partition: { readonly key: string }): void {
    this.delayedDeletions.checkAndComplete(partition.key)
  }

  /** Nobody who writes or reads here is served any more. Deletions wait for their timeout, as in Kafka. */
  private leaderIsGone(partition: { readonly key: string }): void {
    this.delayedProduce.checkAndComplete(partition.key)
    this.delayedFetch.checkAndComplete(partition.key)
  }

  wakeFetches(partition: { readonly key: string }): void {
    this.delayedFetch.checkAndComplete(partition.key)
  }

  private shrinkIsrs(): void {
    const nowMs = this.context.host.clock.wallMs()
    let led = 0
    for (const partition of this.hostedPartitions.byKey.values()) {
      if (!partition.isLeader) continue
      led += 1
      partition.maybeShrinkIsr(nowMs)
    }
    this.context.host.jobs.charge(led * ISR_SCAN_COST_US)
  }
}
