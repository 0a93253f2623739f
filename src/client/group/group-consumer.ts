// A consumer of a group, as Java's classic KafkaConsumer: subscribe, poll, commit, pause, seek, close. Its calls block the
// thread that makes them; between them nothing happens but what the heartbeat thread does (C-1). Left out: topics by
// pattern, changing the subscription, manual assignment.

import { NO_BUGGIFY } from '../../buggify/buggify.ts'
import { ExponentialBackoff } from '../../network/exponential-backoff.ts'
import { NetworkClient } from '../../network/network-client.ts'
import type { TopicPartition } from '../../protocol/consumer-protocol.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import type { AssignedPartition, LeaderLog } from '../assigned-partition.ts'
import { assignorNamed, commonProtocol } from '../assignors/assignors.ts'
import { ClientMetadata } from '../client-metadata.ts'
import { Fetcher } from '../fetcher.ts'
import { SOUGHT } from '../position-requests.ts'
import { ApplicationCalls } from './application-calls.ts'
import type { Blocking } from './blocking.ts'
import { CommittedOffsetsSource } from './committed-offsets.ts'
import { CoordinatorLink } from './coordinator-link.ts'
import type { GroupConsumerOptions } from './group-consumer-options.ts'
import { FetchBuffer, type PolledRecords } from './fetch-buffer.ts'
import type { Generation } from './generation.ts'
import { HeartbeatThread } from './heartbeat-thread.ts'
import { HeartbeatTimers } from './heartbeat-timers.ts'
import { Membership } from './membership.ts'
import { OffsetCommits, type OffsetToCommit } from './offset-commits.ts'
import { ConsumerError } from './pending.ts'
import { PolledNetwork } from './polled-network.ts'
import { Rebalancing } from './rebalancing.ts'
import { StartingPositions } from './starting-positions.ts'
import { isFetchable, Subscription } from './subscription.ts'

/** More than a consumer ever has: fetches, questions about positions, and what it asks its coordinator. */
const MAX_IN_FLIGHT = 100

export class GroupConsumer {
  private readonly host: KafkaHost
  private readonly options: GroupConsumerOptions
  private readonly network: PolledNetwork
  private readonly metadata: ClientMetadata
  private readonly fetcher: Fetcher
  private readonly buffer = new FetchBuffer()
  private readonly link: CoordinatorLink
  private readonly timers: HeartbeatTimers
  private readonly membership: Membership
  private readonly heartbeats: HeartbeatThread
  private readonly subscription: Subscription
  private readonly rebalancing: Rebalancing
  private readonly commits: OffsetCommits
  private readonly start: StartingPositions
  private readonly calls: ApplicationCalls
  private closing = false

  constructor(host: KafkaHost, options: GroupConsumerOptions) {
    const { config, groupId, switches = {} } = options
    this.host = host
    this.options = options
    this.calls = new ApplicationCalls(host)
    const client = new NetworkClient(
      host,
      {
        clientId: options.clientId,
        requestTimeoutMs: config['request.timeout.ms'],
        reconnectBackoffMs: config['reconnect.backoff.ms'],
        reconnectBackoffMaxMs: config['reconnect.backoff.max.ms'],
        connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        maxInFlight: MAX_IN_FLIGHT,
        buggify: options.buggify ?? NO_BUGGIFY,
      },
      host.random.stream('network-client'),
      (change) => {
        if (change === 'lost') this.metadata.requestUpdate()
        this.changed()
      },
    )
    this.network = new PolledNetwork(client, () => this.changed())
    const retryBackoffMs = config['retry.backoff.ms']
    const retryBackoffMaxMs = config['retry.backoff.max.ms']
    const backoff = { groupId, retryBackoffMs, retryBackoffMaxMs }
    this.metadata = new ClientMetadata(host, client, host.random.stream('metadata'), {
      bootstrap: options.bootstrap,
      maxAgeMs: config['metadata.max.age.ms'],
      retryBackoffMs,
      retryBackoffMaxMs,
      rebootstraps: config['metadata.recovery.strategy'] === 'rebootstrap',
      onUpdate: () => this.changed(),
    })
    this.fetcher = new Fetcher(host, this.network, this.metadata, config, {
      wants: (partition) => isFetchable(partition) && !this.buffer.has(partition),
      onBytes: (partition, bytes) => {
        const isIntact = this.buffer.add(partition, bytes, config['check.crcs'])
        if (!isIntact) host.trace.emit({ type: 'bytes-refused', by: 'consumer', partition: partition.key })
        // It is kept, and whoever polls is told of it.
        return true
      },
      onUncertain: (partition) => this.buffer.drop(partition),
      onPositionMoved: (partition, from, why) => options.onPositionMoved(partition.key, from, partition.position, why),
      onChange: () => this.changed(),
    })
    this.subscription = new Subscription(
      options.topics,
      this.fetcher.partitions,
      switches.consumerValidatesPosition ?? true,
    )
    const rng = host.random.stream('coordinator')
    this.timers = new HeartbeatTimers(
      host,
      {
        heartbeatMs: config['heartbeat.interval.ms'],
        sessionMs: config['session.timeout.ms'],
        pollMs: config['max.poll.interval.ms'],
      },
      new ExponentialBackoff(retryBackoffMs, retryBackoffMaxMs, rng),
    )
    this.link = new CoordinatorLink(host, client, this.network, this.metadata, rng, {
      ...backoff,
      forgetsFailedLookup: switches.forgetFailedLookup ?? true,
      onFound: () => this.timers.restartSession(),
    })
    const assignors = config['partition.assignment.strategy'].map((name) => {
      const assignor = assignorNamed(name, {
        claims: switches.stickyClaims ?? 'byGeneration',
        checksOlderOwner: switches.checkOlderOwner ?? true,
      })
      if (assignor === undefined) throw new ConsumerError('ConfigException', false, `no assignor ${name}`)
      return assignor
    })
    const protocol = commonProtocol(assignors)
    if (protocol === undefined) throw new ConsumerError('ConfigException', false, 'assignors without a common protocol')
    this.rebalancing = new Rebalancing(host, this.link, this.metadata, this.subscription, options.listener, {
      clientId: options.clientId,
      groupId,
      assignors,
      protocol,
      rackId: config['client.rack'],
      rebalanceTimeoutMs: config['max.poll.interval.ms'],
      retryBackoffMs,
      withholds: switches.withholdBeforeRevocation ?? true,
      remembersCommit: switches.rememberPrepareCommit ?? true,
      trustsCooperativeSticky: switches.trustCooperativeSticky ?? true,
    })
    const instanceId = config['group.instance.id']
    this.membership = new Membership(
      host,
      this.network,
      this.link,
      {
        groupId,
        instanceId,
        sessionTimeoutMs: config['session.timeout.ms'],
        rebalanceTimeoutMs: config['max.poll.interval.ms'],
        requestTimeoutMs: config['request.timeout.ms'],
        retryBackoffMs,
        preparesBeforeEachJoin: switches.prepareBeforeEachJoin ?? true,
        rechecksGeneration: switches.recheckGeneration ?? true,
        resetsOnFailedSync: switches.resetOnFailedSync ?? false,
      },
      this.rebalancing,
    )
    this.heartbeats = new HeartbeatThread(
      host,
      this.link,
      this.network,
      this.timers,
      {
        isJoined: () => options.library !== 'kafkajs' && this.membership.isJoined,
        isLocked: () => this.membership.isLeading,
        sendHeartbeat: () => this.membership.sendHeartbeat(),
        onPollTimeout: () => this.leave('consumer poll timeout has expired.'),
      },
      retryBackoffMs,
    )
    this.membership.heartbeats = this.heartbeats
    // What kafkajs commits by itself, its loop around the handler does.
    const isAutomatic = config['enable.auto.commit'] && options.library !== 'kafkajs'
    const autoCommitIntervalMs = isAutomatic ? config['auto.commit.interval.ms'] : undefined
    this.commits = new OffsetCommits(host, this.network, this.link, this.membership, rng, {
      ...backoff,
      clientId: options.clientId,
      instanceId,
      autoCommitIntervalMs,
      commitsInBackground: options.library === 'librdkafka',
      consumed: () => this.subscription.consumed(),
      onCommitted: (...told) => options.onCommitted(...told),
    })
    const committed = new CommittedOffsetsSource(host, this.network, this.link, rng, backoff)
    this.start = new StartingPositions(this.subscription, this.membership, committed, config['auto.offset.reset'])
    this.rebalancing.connect(this.membership, this.commits)
    if (options.library === 'librdkafka' && autoCommitIntervalMs !== undefined) {
      host.clock.every(autoCommitIntervalMs, 'background-commit', () => {
        if (!this.closing) this.commits.commitInBackground()
      })
    }
    for (const topic of options.topics) this.metadata.add(topic)
  }

  /** Runs the application on the thread that makes all the calls. */
  run(application: Blocking<void>): void {
    this.calls.run(application)
  }

  get generation(): Generation {
    return this.membership.generation
  }

  /** Is it a member with an assignment, as far as it knows? */
  get isStable(): boolean {
    return this.membership.state === 'stable' && !this.membership.rejoinNeededOrPending
  }

  /** Next offset to hand out, by partition; −1 while unknown. */
  positions(): ReadonlyMap<string, number> {
    return new Map([...this.fetcher.partitions].map(([key, { position }]) => [key, position]))
  }

  /** For observers: will this leader send it back as soon as it hears of it? */
  isOffLogOf(key: string, leader: LeaderLog): boolean {
    return this.fetcher.partitions.get(key)?.isOffLogOf(leader) === true
  }

  /** Records, as soon as there are any; none when the time is up. */
  *poll(timeoutMs: number): Blocking<PolledRecords[]> {
    return yield* this.calls.call(this.polled(this.nowMs() + timeoutMs))
  }

  /**
   * Of a client without a heartbeat thread (kafkajs): the thread that works sends one if it is due, and waits for the answer.
   * False: this member must join anew, and what it works on may be somebody else's.
   */
  *heartbeatIfDue(): Blocking<boolean> {
    if (this.membership.isJoined && this.timers.heartbeatIsDue()) {
      this.timers.sent()
      const answer = this.membership.sendHeartbeat()
      const untilMs = this.nowMs() + this.options.config['request.timeout.ms']
      yield* this.calls.call(this.link.until(() => answer.done, untilMs))
      if (answer.done && answer.error === undefined) this.timers.received()
    }
    return this.membership.isJoined && !this.membership.rejoinNeededOrPending
  }

  /** Everything handed over so far, or what is said. */
  *commitSync(offsets: readonly OffsetToCommit[] = this.subscription.consumed()): Blocking<void> {
    const deadlineMs = this.nowMs() + this.options.config['default.api.timeout.ms']
    const done = yield* this.calls.call(this.commits.commitSync(offsets, deadlineMs))
    if (!done) throw new ConsumerError('TimeoutException', true, 'offsets could not be committed in time')
  }

  commitAsync(
    callback: (error: ConsumerError | undefined) => void = () => {},
    offsets: readonly OffsetToCommit[] = this.subscription.consumed(),
  ): void {
    this.commits.commitAsync(offsets, 'async', callback)
  }

  assignment(): readonly TopicPartition[] {
    return this.subscription.assigned()
  }

  pause(key: string): void {
    this.partition(key).paused = true
  }

  resume(key: string): void {
    this.partition(key).paused = false
  }

  seek(key: string, offset: number): void {
    const partition = this.partition(key)
    const from = partition.position
    partition.seek(offset)
    if (from !== offset) this.options.onPositionMoved(key, from, offset, SOUGHT)
  }

  /** To an end of the log, whatever was committed. */
  seekToEnd(key: string, of: 'earliest' | 'latest'): void {
    this.partition(key).seekToEnd(of)
  }

  /** The call that blocks, or the next one that would, throws (C-23); closing is not disturbed. */
  wakeup(): void {
    this.calls.wakeup()
  }

  /** What its application waits for on its own may have happened. */
  lookAgain(): void {
    this.calls.wake()
  }

  /** Commits if that is automatic, gives up what it has, leaves. */
  *close(timeoutMs = 30_000): Blocking<void> {
    const deadlineMs = this.nowMs() + timeoutMs
    this.closing = true
    this.calls.goOnUndisturbed()
    yield* this.calls.call(this.closed(deadlineMs))
  }

  private *closed(deadlineMs: number): Blocking<void> {
    yield* this.commits.commitFinally(deadlineMs)
    this.heartbeats.close()
    yield* this.rebalancing.giveUpForGood()
    const coordinator = this.link.coordinator()
    this.leave('the consumer is being closed')
    // What was sent is given the time to be answered.
    if (coordinator !== undefined) yield* this.link.untilAnswered(coordinator, deadlineMs)
  }

  private *polled(deadlineMs: number): Blocking<PolledRecords[]> {
    const isAssigned = (partition: AssignedPartition) => this.fetcher.partitions.get(partition.key) === partition
    const most = this.options.config['max.poll.records']
    do {
      // While it joins, it reads on where it knows how, and asks for no position, whosever it is (C-21).
      const mayAsk = (yield* this.updateAssignment(deadlineMs)) && (yield* this.start.find(deadlineMs))
      let records = this.buffer.take(most, isAssigned)
      if (records.length === 0) {
        this.fetcher.run(mayAsk)
        if (!this.network.hasArrivals && !this.buffer.hasAvailable(isAssigned)) yield this.waitUntilMs(deadlineMs)
        this.network.drain()
        records = this.buffer.take(most, isAssigned)
      }
      // The next fetches leave before these records are looked at.
      if (records.length > 0) {
        this.fetcher.run(mayAsk)
        return records
      }
    } while (this.nowMs() < deadlineMs)
    return []
  }

  private waitUntilMs(deadlineMs: number): number {
    const nowMs = this.nowMs()
    let untilMs = deadlineMs
    // Nothing is committed before it has joined, however long that has been due: Kafka's client spins until then.
    if (!this.membership.rejoinNeededOrPending) untilMs = Math.min(untilMs, this.commits.autoCommitAtMs)
    if (this.membership.isJoined) untilMs = Math.min(untilMs, this.timers.heartbeatAtMs)
    if (!this.subscription.hasAllPositions) untilMs = Math.min(untilMs, nowMs + this.options.config['retry.backoff.ms'])
    // A heartbeat that is due is the other thread's business: this one does not spin.
    return Math.max(untilMs, nowMs + 1)
  }

  /** Drives joins, but does not wait for them (C-1). True if it is a member with an assignment. */
  private *updateAssignment(deadlineMs: number): Blocking<boolean> {
    this.network.drain()
    this.rebalancing.noticeMetadata()
    this.commits.runCallbacks()
    this.heartbeats.throwFailure()
    if (this.options.library === 'kafkajs') yield* this.heartbeatIfDue()
    else if (this.timers.heartbeatIsDue()) this.heartbeats.notify()
    this.timers.polled()
    if (!(yield* this.link.ensureReady(deadlineMs))) return false
    if (this.membership.rejoinNeededOrPending && !(yield* this.membership.ensureActive(this.nowMs()))) return false
    this.commits.autoCommitIfDue()
    return true
  }

  private leave(reason: string): void {
    const wasMember = this.membership.generation.memberId !== '' && this.membership.state !== 'unjoined'
    this.membership.leave(reason)
    if (wasMember) this.options.onLeft(reason)
  }

  /** What is to be done whenever something happened: whoever looks at the network is told. */
  private changed(): void {
    if (this.calls.inCall) this.calls.wake()
    else this.heartbeats.notice()
  }

  private partition(key: string): AssignedPartition {
    const partition = this.fetcher.partitions.get(key)
    if (partition !== undefined) return partition
    throw new ConsumerError('IllegalStateException', false, `no partition ${key} is assigned`)
  }

  private nowMs(): number {
    return this.host.clock.monotonicMs()
  }
}
