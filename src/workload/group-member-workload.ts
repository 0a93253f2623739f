// A consumer process of a group: polls, works on each record for a while or has workers do so, commits as it is told to,
// and polls again. What goes wrong with a commit it shrugs off, as most applications do; what poll fails with ends it.

import type { LeaderLog } from '../client/assigned-partition.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { type Blocking, sleepUntil, withoutWaiting } from '../client/group/blocking.ts'
import type { PolledRecords } from '../client/group/fetch-buffer.ts'
import { GroupConsumer } from '../client/group/group-consumer.ts'
import type { OffsetToCommit } from '../client/group/offset-commits.ts'
import { ConsumerError, isWakeup } from '../client/group/pending.ts'
import type { TopicPartition } from '../protocol/consumer-protocol.ts'
import type { DeliveredRecord, KafkaHost } from '../trace/kafka-event.ts'
import { DeadLetters } from './dead-letters.ts'
import type { GroupMemberOptions, Workers } from './member-options.ts'
import { PoisonHandling, type PoisonOutcome } from './poison-handling.ts'
import { EachMessage } from './each-message.ts'
import { HandlerFailed, RecordHandler, Toil } from './record-handler.ts'
import { identify } from './record-identity.ts'
import { seekBack } from './seek-back.ts'
import { WorkerPool } from './worker-pool.ts'

/** How long the application lets poll wait; one that has workers looks after them more often. */
const POLL_MS = 500
const POLL_WITH_WORKERS_MS = 100
/** kafkajs waits for what its fetches bring. */
const FETCH_MS = 5000
/** How long an application that stops waits for its workers. */
const DRAIN_MS = 30_000
const DRAIN_STEP_MS = 10
const LOST_TO_A_REBALANCE: ReadonlySet<string> = new Set(['RebalanceInProgressException', 'CommitFailedException'])

export class GroupMemberWorkload {
  readonly group: string
  private readonly host: KafkaHost
  private readonly options: GroupMemberOptions
  private readonly consumer: GroupConsumer
  private readonly handler: RecordHandler
  private readonly toil: Toil
  private readonly poison: PoisonHandling
  private readonly pool: WorkerPool | undefined
  /** The loop of kafkajs. */
  private readonly eachMessage: EachMessage | undefined
  private readonly pollMs: number
  private stopping = false
  /** Its last synchronous commit fell into a rebalance. */
  private lostCommit = false
  /** What one of its workers met with. */
  private failed: HandlerFailed | undefined

  constructor(host: KafkaHost, options: GroupMemberOptions, buggify: Buggify = NO_BUGGIFY) {
    const { client, group, config } = options
    this.host = host
    this.group = group
    this.options = options
    this.handler = new RecordHandler(host, options)
    this.toil = new Toil(host)
    this.poison = new PoisonHandling(host, options.poison, this.deadLetters(buggify), () => this.stopping)
    this.pool = options.workers === undefined ? undefined : this.poolOf(options.workers)
    host.trace.emit({ type: 'member-started', client, group })
    this.consumer = new GroupConsumer(host, {
      clientId: client,
      groupId: group,
      topics: options.topics,
      bootstrap: options.bootstrap,
      config,
      library: options.library,
      buggify,
      ...(options.switches && { switches: options.switches }),
      listener: {
        onPartitionsRevoked: (partitions) => this.givesUp(partitions, false),
        onPartitionsLost: (partitions) => this.givesUp(partitions, true),
        onPartitionsAssigned: (added, { id, memberId }) => this.gets(added, id, memberId),
      },
      onPositionMoved: (partition, from, to, why) => {
        host.trace.emit({ type: 'position-moved', client, partition, from, to, why })
      },
      onCommitted: (kind, { id: generation }, committed, error) => {
        const offsets = committed.map(({ topic, index, offset }) => ({ partition: `${topic}-${index}`, offset }))
        host.trace.emit({
          type: 'commit-answered',
          client,
          group,
          generation,
          kind,
          offsets,
          error: error?.code ?? null,
        })
      },
      onLeft: (reason) => host.trace.emit({ type: 'member-left', client, group, reason }),
    })
    this.eachMessage = options.library === 'kafkajs' ? this.messageLoop() : undefined
    this.pollMs = this.pool !== undefined ? POLL_WITH_WORKERS_MS : this.eachMessage === undefined ? POLL_MS : FETCH_MS
    host.onTerminate(() => {
      this.stopping = true
      this.consumer.wakeup()
    })
    this.consumer.run(this.application())
  }

  /** Is it a member with an assignment, as far as it knows? */
  get isStable(): boolean {
    return this.consumer.isStable
  }

  /**
   * Does anything see to it that its coordinator knows how far it has come? A commit that fails, asynchronous or for a
   * rebalance (C-18), is not repeated: the application commits again with the next records, and there may be none.
   */
  get commits(): boolean {
    const { commit, config } = this.options
    return config['enable.auto.commit'] || ((commit === 'after' || commit === 'before') && !this.lostCommit)
  }

  /** Next offset to be handed out, by partition it owns; −1 while unknown. */
  positions(): ReadonlyMap<string, number> {
    return this.consumer.positions()
  }

  /** For observers: will this leader send it back as soon as it hears of it? */
  isOffLogOf(key: string, leader: LeaderLog): boolean {
    return this.consumer.isOffLogOf(key, leader)
  }

  /** It was asked to stop, and does not end of its own. */
  get wasAskedToStop(): boolean {
    return this.stopping
  }

  private *application(): Blocking<void> {
    try {
      while (!this.stopping) {
        const polled = yield* this.consumer.poll(this.pollMs)
        if (this.pool !== undefined) yield* this.handOver(this.pool, polled)
        else if (this.eachMessage !== undefined) yield* this.eachMessage.handle(polled)
        else if (polled.length > 0) yield* this.handle(polled)
      }
    } catch (error) {
      // Where a worker failed, it had poll return.
      const cause = isWakeup(error) && this.failed !== undefined ? this.failed : error
      if (cause instanceof HandlerFailed) {
        if (cause.end === 'crash') this.host.halt(cause.message)
      } else {
        if (!(cause instanceof ConsumerError)) throw cause
        if (!isWakeup(cause)) this.host.halt(`poll failed: ${cause.message}`)
      }
    }
    if (this.pool !== undefined) yield* whateverItFailsWith(this.drain(this.pool))
    yield* whateverItFailsWith(this.consumer.close())
    this.host.exit()
  }

  private *handle(polled: readonly PolledRecords[]): Blocking<void> {
    const { commit } = this.options
    for (const records of polled) this.tellOf(records)
    if (commit === 'before') yield* this.commitSync()
    for (const [i, records] of polled.entries()) {
      const outcome = yield* this.process(records, polled.slice(i + 1))
      if (outcome === 'stopped') return
      if (outcome === 'again') break
    }
    if (commit === 'after') yield* this.commitSync()
    if (commit === 'async') this.consumer.commitAsync()
  }

  /** The workers get it; what they have done meanwhile is committed. */
  private *handOver(pool: WorkerPool, polled: readonly PolledRecords[]): Blocking<void> {
    const { commit } = this.options
    for (const records of polled) {
      this.tellOf(records)
      pool.add(records)
    }
    for (const { topic, partition } of this.consumer.assignment()) {
      const key = `${topic}-${partition}`
      if (pool.isFull) this.consumer.pause(key)
      else this.consumer.resume(key)
    }
    if (commit === 'before' && polled.length > 0) yield* this.commitSync()
    if (commit === 'after' || commit === 'async') yield* this.commitFinished(pool.finished())
    if (this.failed !== undefined) throw this.failed
  }

  private *commitFinished(offsets: readonly OffsetToCommit[]): Blocking<void> {
    if (offsets.length === 0) return
    if (this.options.commit === 'async') this.consumer.commitAsync(undefined, offsets)
    else yield* this.commitSync(offsets)
  }

  /** Asked to stop, it lets its workers finish, unless one of them fails; after a failure it does not. */
  private *drain(pool: WorkerPool): Blocking<void> {
    const untilMs = this.host.clock.monotonicMs() + DRAIN_MS
    while (this.failed === undefined && !pool.isIdle && this.host.clock.monotonicMs() < untilMs) {
      yield* sleepUntil(this.host, this.host.clock.monotonicMs() + DRAIN_STEP_MS)
    }
    pool.stop()
    const { commit } = this.options
    const mayCommit = this.failed === undefined && (commit === 'after' || commit === 'async')
    if (mayCommit) yield* this.commitSync(pool.finished())
  }

  private tellOf({ partition, leaderEpoch, records }: PolledRecords): void {
    const { client } = this.options
    const delivered = records.map(({ offset, value }): DeliveredRecord => {
      const identity = identify(value)
      return { offset, leaderEpoch, producer: identity?.client ?? '', n: identity?.n ?? -1 }
    })
    this.host.trace.emit({ type: 'records-delivered', client, partition: partition.key, records: delivered })
  }

  /** `after`: what was polled with it and comes later. */
  private *process({ partition, records }: PolledRecords, after: readonly PolledRecords[]): Blocking<PoisonOutcome> {
    const { key } = partition
    for (const record of records) {
      const takesUs = this.handler.begin()
      this.toil.add(takesUs)
      const verdict = this.handler.verdict(record)
      if (verdict === 'handled') continue
      yield* this.toil.work()
      this.processed(key, record.offset)
      if (verdict !== 'poison') throw new HandlerFailed(`${key}@${record.offset}`, verdict)
      const outcome = yield* this.poison.deal(key, record, takesUs, () => this.consumer.lookAgain())
      if (outcome === 'again') seekBack(this.consumer, key, record.offset, after)
      if (outcome !== 'passed') return outcome
    }
    yield* this.toil.work()
    const last = records.at(-1)
    if (last !== undefined) this.processed(key, last.offset + 1)
    return 'passed'
  }

  private processed(partition: string, next: number): void {
    this.host.trace.emit({ type: 'records-processed', client: this.options.client, partition, next })
  }

  private *commitSync(offsets?: readonly OffsetToCommit[]): Blocking<void> {
    try {
      yield* this.consumer.commitSync(offsets)
      this.lostCommit = false
    } catch (error) {
      const isFatal = !(error instanceof ConsumerError) || isWakeup(error) || error.code === 'FENCED_INSTANCE_ID'
      if (isFatal) throw error
      this.lostCommit = LOST_TO_A_REBALANCE.has(error.code)
    }
  }

  private gets(added: readonly TopicPartition[], generation: number, member: string): Blocking<void> {
    const { client, group, from } = this.options
    for (const key of names(added)) {
      if (from !== undefined) this.consumer.seekToEnd(key, from === 'beginning' ? 'earliest' : 'latest')
    }
    const owned = names(this.consumer.assignment())
    const type = 'partitions-assigned'
    this.host.trace.emit({ type, client, group, member, generation, added: names(added), owned })
    return withoutWaiting()
  }

  private *givesUp(partitions: readonly TopicPartition[], lost: boolean): Blocking<void> {
    const { client, group, commit } = this.options
    const given = names(partitions)
    // What workers have done of them is committed while that can still be done.
    if (this.pool !== undefined && !lost && commit !== 'never' && commit !== 'before') {
      yield* this.commitSync(this.pool.finished(given))
    }
    this.host.trace.emit({ type: 'partitions-revoked', client, group, partitions: given, lost })
    this.pool?.drop(given)
    this.eachMessage?.drop(given)
  }

  private deadLetters(buggify: Buggify): DeadLetters | undefined {
    const { client, bootstrap, poison } = this.options
    if (poison.deadLetters === undefined) return undefined
    const { backoffMs } = poison
    return new DeadLetters(this.host, { client, bootstrap, backoffMs, buggify, ...poison.deadLetters })
  }

  private messageLoop(): EachMessage {
    return new EachMessage(this.host, this.consumer, this.handler, this.poison, {
      isStopping: () => this.stopping,
      onDelivered: (records) => this.tellOf(records),
      onProcessed: (partition, next) => this.processed(partition, next),
      commit: (offsets) => (this.options.commit === 'never' ? withoutWaiting() : this.commitSync(offsets)),
    })
  }

  private poolOf(workers: Workers): WorkerPool {
    return new WorkerPool(this.host, workers, this.handler, this.poison, {
      onProcessed: (partition, next) => this.processed(partition, next),
      onFailed: (error) => {
        if (error.end === 'crash') this.host.halt(error.message)
        this.failed = error
        this.consumer.wakeup()
      },
    })
  }
}

/** Who is about to end does not mind: another may have its instance id by now. */
function* whateverItFailsWith(lastSteps: Blocking<void>): Blocking<void> {
  try {
    yield* lastSteps
  } catch (error) {
    if (!(error instanceof ConsumerError)) throw error
  }
}

function names(partitions: readonly TopicPartition[]): string[] {
  return partitions.map(({ topic, partition }) => `${topic}-${partition}`)
}
