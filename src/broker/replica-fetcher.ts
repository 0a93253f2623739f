// One fetcher thread of a follower: truncate step, fetch step, one request in flight (R-52…R-65). It blocks on the
// network as Kafka's does; here "blocked" means that nothing happens until the answer or its timeout comes. Today's
// truncate step asks nobody; asking for the end of an epoch first is how it was before 2.0 (KIP-101, RB-3).
// Fetches belong to a session with the leader. Left out: quotas, tiered storage.

import type { Pool, Timer } from '../../sim/index.ts'
import { FetchSessionHandler } from '../client/fetch-session-handler.ts'
import { isStorageError } from '../log/storage-error.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import { Errors, errorName } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { BrokerContext } from './broker-context.ts'
import { FETCH_PROCESSING_COST_US } from './costs.ts'
import { FetchState, FetchStates } from './fetch-states.ts'
import { NO_RECORDS } from './fetch-types.ts'
import { truncationFor } from './follower-truncation.ts'
import { NO_EPOCH, type Partition } from './partition.ts'

type FetchedPartition = ResponseOf<'Fetch'>['responses'][number]['partitions'][number]

export class ReplicaFetcher {
  readonly leader: NodeAddress
  private readonly context: BrokerContext
  private readonly thread: Pool
  private readonly client: NetworkClient
  private readonly states = new FetchStates()
  private readonly session = new FetchSessionHandler()
  /** Their high watermark moved in this round. */
  private readonly moved: Partition[] = []
  /** Truncations put off to the next step; with `adoptHwOnDivergence` only. */
  private readonly cutLater: (() => void)[] = []
  private busy = false
  private timer: Timer | undefined
  private closed = false

  constructor(context: BrokerContext, leader: NodeAddress, name: string) {
    const { host, config } = context
    this.context = context
    this.leader = leader
    this.thread = host.jobs.pool(name, 1)
    this.client = new NetworkClient(
      host,
      {
        clientId: `broker-${context.id}-${name}`,
        requestTimeoutMs: config['replica.socket.timeout.ms'],
        reconnectBackoffMs: 0,
        reconnectBackoffMaxMs: 0,
        connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        maxInFlight: 1,
        buggify: context.buggify,
      },
      host.random.stream(name),
    )
  }

  isFollowing(key: string): boolean {
    return this.states.get(key) !== undefined
  }

  /**
   * Starts following in the partition's leader epoch; one already followed in this epoch goes on untouched. It
   * fetches at our log end, and the leader says where to cut; if it cannot, we cut to our high watermark first.
   */
  add(partition: Partition): void {
    const { leaderEpoch, log } = partition
    if (this.states.get(partition.key)?.leaderEpoch === leaderEpoch) return
    const leaderCanTell = this.lastFetchedEpoch(partition) >= 0
    const fetchOffset = leaderCanTell ? log.logEndOffset : log.highWatermark
    this.states.add(new FetchState(partition, leaderEpoch, fetchOffset, !leaderCanTell))
    this.wake()
  }

  remove(key: string): void {
    this.states.remove(key)
  }

  /** The thread ends. */
  close(): void {
    this.closed = true
    this.timer?.cancel()
    this.client.close()
  }

  private run(kind: string, fn: () => void): void {
    this.thread.run(kind, () => {
      if (!this.closed) fn()
    })
  }

  /** −1: nothing to compare logs by, in an empty log or with the truncations of old (RB-1, RB-3). */
  private readonly lastFetchedEpoch = (partition: Partition): number =>
    this.context.switches.followerTruncation === 'epoch' ? (partition.latestEpoch() ?? -1) : -1

  private wake(): void {
    if (this.busy) return
    this.timer?.cancel()
    this.timer = undefined
    this.busy = true
    this.run('replica-fetch-step', () => this.step())
  }

  /** One turn of the thread's loop: it ends with a request in flight, or asleep until a delay is over. */
  private step(): void {
    const doubtful = this.truncateOrAsk()
    if (doubtful.length > 0) return this.askEpochEnds(doubtful)
    if (this.context.buggify.now('fetcher-back-off')) this.delayAll()
    const body = this.buildFetch()
    if (body === undefined) return this.sleep()
    this.client.send(this.leader, 'Fetch', body, {
      onResponse: (response) => this.run('replica-fetch-process', () => this.process(response)),
      onFailure: () => this.run('replica-fetch-failed', () => this.requestFailed()),
    })
  }

  private sleep(): void {
    this.busy = false
    let nextMs = UNTIL_ANSWERED
    for (const state of this.states.all()) nextMs = Math.min(nextMs, state.delayUntilMs)
    if (nextMs === UNTIL_ANSWERED) return
    this.timer = this.context.host.clock.at(nextMs, 'replica-fetch-delay', () => {
      this.timer = undefined
      this.wake()
    })
  }

  /** Cuts to the high watermark, but for those about which the leader is to be asked first: these are returned. */
  private truncateOrAsk(): readonly FetchState[] {
    const asks = this.context.switches.followerTruncation === 'epochEndOnly'
    let doubtful: FetchState[] = NOBODY
    for (const state of this.states.all()) {
      if (!state.truncating) continue
      if (asks && state.partition.latestEpoch() !== undefined) {
        if (state.delayUntilMs > this.context.host.clock.monotonicMs()) continue
        if (doubtful === NOBODY) doubtful = []
        doubtful.push(state)
      } else {
        this.truncate(state, state.fetchOffset)
      }
    }
    return doubtful
  }

  private truncate(state: FetchState, offset: number): void {
    this.orFail(state, () => {
      state.partition.truncateTo(offset)
      state.truncating = false
      state.fetchOffset = state.partition.log.logEndOffset
    })
  }

  /** What touches the log: if its directory fails, the partition is given up. */
  private orFail(state: FetchState, fn: () => void): void {
    try {
      fn()
    } catch (problem) {
      this.failOf(state, problem)
    }
  }

  private failOf(state: FetchState, problem: unknown): void {
    if (!isStorageError(problem)) throw problem
    this.fail(state, errorName(Errors.KAFKA_STORAGE_ERROR))
  }

  private askEpochEnds(states: readonly FetchState[]): void {
    const topics = states.map(({ partition }) => ({
      topic: partition.topic,
      partitions: [
        {
          partition: partition.index,
          currentLeaderEpoch: partition.leaderEpoch,
          leaderEpoch: partition.latestEpoch() ?? NO_EPOCH,
        },
      ],
    }))
    this.client.send(
      this.leader,
      'OffsetForLeaderEpoch',
      { replicaId: this.context.id, topics },
      {
        onResponse: ({ topics: answers }) =>
          this.run('replica-epoch-ends', () => {
            for (const [i, state] of states.entries()) this.epochEndAnswered(state, answers[i]?.partitions[0])
            this.step()
          }),
        onFailure: () =>
          this.run('replica-fetch-failed', () => {
            for (const state of states) this.delay(state)
            this.step()
          }),
      },
    )
  }

  /** The answer has an offset only: of which epoch, the follower of old never knew (KIP-279). */
  private epochEndAnswered(
    state: FetchState,
    answer: { readonly errorCode: number; readonly endOffset: number } | undefined,
  ): void {
    if (this.states.get(state.partition.key) !== state) return
    const errorCode = answer?.errorCode ?? Errors.UNKNOWN_SERVER_ERROR
    if (errorCode === Errors.FENCED_LEADER_EPOCH) return this.fail(state, errorName(errorCode))
    if (answer === undefined || errorCode !== Errors.NONE) return this.delay(state)
    const end = { epoch: NO_EPOCH, endOffset: answer.endOffset }
    this.truncate(state, truncationFor(state.partition, end, state.fetchOffset).offset)
  }

  private buildFetch(): RequestOf<'Fetch'> | undefined {
    const { config, host, id } = this.context
    this.session.begin()
    this.states.ask(this.session, host.clock.monotonicMs(), config['replica.fetch.max.bytes'], this.lastFetchedEpoch)
    const inSession = this.session.build()
    if (inSession === undefined) return undefined
    return {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: id, replicaEpoch: this.context.brokerEpoch() },
      maxWaitMs: config['replica.fetch.wait.max.ms'],
      minBytes: config['replica.fetch.min.bytes'],
      maxBytes: config['replica.fetch.response.max.bytes'],
      isolationLevel: 0,
      sessionId: inSession.sessionId,
      sessionEpoch: inSession.sessionEpoch,
      topics: inSession.topics,
      forgottenTopicsData: inSession.forgottenTopicsData,
      rackId: '',
    }
  }

  private process(response: ResponseOf<'Fetch'>): void {
    const { jobs, clock } = this.context.host
    jobs.charge(FETCH_PROCESSING_COST_US)
    if (!this.session.accept(response)) {
      // A full fetch follows, at once but for this error.
      if (response.errorCode === Errors.FETCH_SESSION_TOPIC_ID_ERROR) this.delayAll()
      return this.step()
    }
    const nowMs = clock.monotonicMs()
    for (const { topicId, partitions } of response.responses) {
      for (const data of partitions) {
        const asked = this.session.asked(topicId, data.partitionIndex)
        const state = this.states.answered(topicId, data.partitionIndex, asked, nowMs)
        if (asked === undefined || state === undefined) continue
        try {
          this.processPartition(state, asked.currentLeaderEpoch, data)
        } catch (problem) {
          this.failOf(state, problem)
        }
      }
    }
    for (const partition of this.moved) partition.wakeReaders()
    // By `pop`, which keeps the array's memory for the next answer.
    while (this.moved.length > 0) this.moved.pop()
    if (this.cutLater.length === 0) return this.step()
    this.run('replica-truncate', () => {
      for (const cut of this.cutLater.splice(0)) cut()
      this.step()
    })
  }

  private processPartition(state: FetchState, askedInEpoch: number, data: FetchedPartition): void {
    switch (data.errorCode) {
      case Errors.NONE:
        return data.divergingEpoch.epoch >= 0 ? this.diverged(state, data) : this.append(state, data)
      case Errors.OFFSET_OUT_OF_RANGE:
        return this.outOfRange(state)
      case Errors.FENCED_LEADER_EPOCH:
        // If the fenced epoch is still ours only new metadata can help.
        return askedInEpoch === state.partition.leaderEpoch
          ? this.fail(state, errorName(data.errorCode))
          : this.delay(state)
      default:
        return this.delay(state)
    }
  }

  private append(state: FetchState, data: FetchedPartition): void {
    const { partition } = state
    const records = data.records ?? NO_RECORDS
    const { highWatermark } = partition.log
    const result = partition.appendAsFollower(records, data.highWatermark, data.logStartOffset)
    switch (result.kind) {
      case 'appended':
        state.fetchOffset = partition.log.logEndOffset
        if (partition.log.highWatermark !== highWatermark) this.moved.push(partition)
        if (records.length > 0) this.states.moveToEnd(state)
        return
      case 'corrupt':
        // Refetched after a back-off, for ever.
        this.context.host.trace.emit({ type: 'bytes-refused', by: 'follower', partition: partition.key })
        return this.delay(state)
      case 'failed':
        return this.fail(state, result.reason)
    }
  }

  /** Truncates only: high watermark and log start of this response are not for us yet (KAFKA-14704, R-59). */
  private diverged(state: FetchState, data: FetchedPartition): void {
    if (!this.context.switches.adoptHwOnDivergence) return this.cut(state, data)
    // Of old, logs were cut when the whole answer had been dealt with: until then readers saw the high watermark.
    state.partition.updateFollowerHighWatermark(data.highWatermark)
    state.partition.log.maybeIncrementLogStartOffset(data.logStartOffset)
    this.cutLater.push(() => {
      if (this.states.get(state.partition.key) === state) this.orFail(state, () => this.cut(state, data))
    })
  }

  private cut(state: FetchState, data: FetchedPartition): void {
    const { partition } = state
    const truncation = truncationFor(partition, data.divergingEpoch, state.fetchOffset)
    partition.truncateTo(truncation.offset)
    // Complete or not, the next fetch carries our new last epoch and so is the next question.
    state.fetchOffset = partition.log.logEndOffset
  }

  /** Only after unclean elections or a long absence. */
  private outOfRange(state: FetchState): void {
    const { partition } = state
    this.askOffset(state, LATEST, (leaderEndOffset) => {
      if (leaderEndOffset < partition.log.logEndOffset) {
        partition.truncateTo(leaderEndOffset)
        state.fetchOffset = partition.log.logEndOffset
        return
      }
      this.askOffset(state, EARLIEST, (leaderStartOffset) => {
        if (leaderStartOffset > partition.log.logEndOffset) partition.truncateFullyAndStartAt(leaderStartOffset)
        state.fetchOffset = partition.log.logEndOffset
      })
    })
  }

  /** Not fetched again before the answer is here. */
  private askOffset(state: FetchState, timestamp: number, then: (offset: number) => void): void {
    const { partition } = state
    state.delayUntilMs = UNTIL_ANSWERED
    const settle = (errorCode: number, offset: number) => {
      this.run('replica-offset-answer', () => {
        if (this.states.get(partition.key) !== state) return
        state.delayUntilMs = 0
        if (errorCode === Errors.NONE) this.orFail(state, () => then(offset))
        else if (errorCode === Errors.FENCED_LEADER_EPOCH) this.fail(state, errorName(errorCode))
        else this.delay(state)
        this.wake()
      })
    }
    const body: RequestOf<'ListOffsets'> = {
      replicaId: this.context.id,
      isolationLevel: 0,
      topics: [
        {
          name: partition.topic,
          partitions: [{ partitionIndex: partition.index, currentLeaderEpoch: state.leaderEpoch, timestamp }],
        },
      ],
      timeoutMs: this.context.config['replica.socket.timeout.ms'],
    }
    this.client.send(this.leader, 'ListOffsets', body, {
      onResponse: (response) => {
        const answer = response.topics[0]?.partitions[0]
        settle(answer?.errorCode ?? Errors.UNKNOWN_SERVER_ERROR, answer?.offset ?? -1)
      },
      onFailure: () => settle(Errors.NETWORK_EXCEPTION, -1),
    })
  }

  private requestFailed(): void {
    this.session.fail()
    this.delayAll()
    this.step()
  }

  private delayAll(): void {
    for (const state of this.states.all()) this.delay(state)
  }

  /** One that is delayed already stays so. */
  private delay(state: FetchState): void {
    const { host, config } = this.context
    const nowMs = host.clock.monotonicMs()
    if (state.delayUntilMs <= nowMs) state.delayUntilMs = nowMs + config['replica.fetch.backoff.ms']
  }

  /** Followed no more, until metadata names a new leader epoch. */
  private fail(state: FetchState, reason: string): void {
    const { host, id } = this.context
    const { key } = state.partition
    this.states.remove(key)
    host.trace.emit({ type: 'replica-failed', broker: id, partition: key, leader: this.leader.id, reason })
  }
}

const LATEST = -1
const EARLIEST = -2
const UNTIL_ANSWERED = Number.MAX_SAFE_INTEGER
const NOBODY: FetchState[] = []
