// A consumer process of a group: polls, works on each record for a while, commits as it is told to, and polls again. What
// goes wrong with a commit it shrugs off, as most applications do; what poll fails with ends it.

import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { type Blocking, sleepUntil, withoutWaiting } from '../client/group/blocking.ts'
import type { PolledRecords } from '../client/group/fetch-buffer.ts'
import { GroupConsumer, isWakeup } from '../client/group/group-consumer.ts'
import { ConsumerError } from '../client/group/pending.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { TopicPartition } from '../protocol/consumer-protocol.ts'
import type { Switches } from '../switches/switches.ts'
import type { DeliveredRecord, KafkaHost } from '../trace/kafka-event.ts'
import { identify } from './record-identity.ts'

/** When the application commits what a poll returned; with enable.auto.commit the client does so as well. */
export const COMMIT_MODES = ['after', 'async', 'before', 'never'] as const
export type CommitMode = (typeof COMMIT_MODES)[number]

/** What an application does with a record that it cannot handle: closes its consumer, as by `finally`, or dies. */
export const FAILURE_ENDS = ['close', 'crash'] as const

export interface HandlerFailure {
  /** The n-th record that this process handles, from 1. */
  readonly at: number
  readonly end: (typeof FAILURE_ENDS)[number]
}

export interface GroupMemberOptions {
  /** `billing[0]`. */
  readonly client: string
  readonly group: string
  readonly topics: readonly string[]
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ConsumerConfig
  /** Of one record. */
  readonly processUs: number
  readonly commit: CommitMode
  /** Of the first process only: who is started again has been mended. */
  readonly failure: HandlerFailure | undefined
  readonly switches?: Switches
}

/** How long the application lets poll wait. */
const POLL_MS = 500

export class GroupMemberWorkload {
  readonly group: string
  private readonly host: KafkaHost
  private readonly options: GroupMemberOptions
  private readonly consumer: GroupConsumer
  private stopping = false
  /** Work done that does not make up a whole ms yet. */
  private owedUs = 0
  /** Records handled. */
  private handled = 0

  constructor(host: KafkaHost, options: GroupMemberOptions, buggify: Buggify = NO_BUGGIFY) {
    const { client, group, config } = options
    this.host = host
    this.group = group
    this.options = options
    host.trace.emit({ type: 'member-started', client, group })
    this.consumer = new GroupConsumer(host, {
      clientId: client,
      groupId: group,
      topics: options.topics,
      bootstrap: options.bootstrap,
      config,
      buggify,
      validatesPosition: options.switches?.consumerValidatesPosition ?? true,
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

  /** Does anything tell its coordinator how far it has come? */
  get commits(): boolean {
    return this.options.commit !== 'never' || this.options.config['enable.auto.commit']
  }

  /** Next offset to be handed out, by partition it owns; −1 while unknown. */
  positions(): ReadonlyMap<string, number> {
    return this.consumer.positions()
  }

  private *application(): Blocking<void> {
    try {
      while (!this.stopping) {
        const polled = yield* this.consumer.poll(POLL_MS)
        if (polled.length > 0) yield* this.handle(polled)
      }
    } catch (error) {
      if (error instanceof HandlerFailed) {
        if (this.options.failure?.end === 'crash') this.host.halt(error.message)
      } else {
        if (!(error instanceof ConsumerError)) throw error
        if (!isWakeup(error)) this.host.halt(`poll failed: ${error.message}`)
      }
    }
    yield* this.consumer.close()
    this.host.exit()
  }

  private *handle(polled: readonly PolledRecords[]): Blocking<void> {
    const { commit } = this.options
    for (const records of polled) this.tellOf(records)
    if (commit === 'before') yield* this.commitSync()
    for (const records of polled) yield* this.process(records)
    if (commit === 'after') yield* this.commitSync()
    if (commit === 'async') this.consumer.commitAsync()
  }

  private tellOf({ partition, leaderEpoch, records }: PolledRecords): void {
    const { client } = this.options
    const delivered = records.map(({ offset, value }): DeliveredRecord => {
      const identity = identify(value)
      return { offset, leaderEpoch, producer: identity?.client ?? '', n: identity?.n ?? -1 }
    })
    this.host.trace.emit({ type: 'records-delivered', client, partition: partition.key, records: delivered })
  }

  private *process({ partition, records }: PolledRecords): Blocking<void> {
    const last = records.at(-1)
    if (last === undefined) return
    const failing = this.failingIn(records.length)
    if (failing !== undefined) {
      const bad = records[failing]
      if (bad !== undefined) this.processed(partition.key, bad.offset)
      throw new HandlerFailed(`the handler failed on ${partition.key}@${bad?.offset}`)
    }
    this.handled += records.length
    this.owedUs += this.options.processUs * records.length
    const wholeMs = Math.floor(this.owedUs / 1000)
    this.owedUs -= wholeMs * 1000
    if (wholeMs > 0) yield* sleepUntil(this.host, this.host.clock.monotonicMs() + wholeMs)
    this.processed(partition.key, last.offset + 1)
  }

  /** Which of the next records it cannot handle. */
  private failingIn(count: number): number | undefined {
    const { failure } = this.options
    if (failure === undefined || this.host.incarnation > 1) return undefined
    const index = failure.at - this.handled - 1
    return index >= 0 && index < count ? index : undefined
  }

  private processed(partition: string, next: number): void {
    this.host.trace.emit({ type: 'records-processed', client: this.options.client, partition, next })
  }

  private *commitSync(): Blocking<void> {
    try {
      yield* this.consumer.commitSync()
    } catch (error) {
      const isFatal = !(error instanceof ConsumerError) || isWakeup(error) || error.code === 'FENCED_INSTANCE_ID'
      if (isFatal) throw error
    }
  }

  private gets(added: readonly TopicPartition[], generation: number, member: string): Blocking<void> {
    const { client, group } = this.options
    const owned = names(this.consumer.assignment())
    const type = 'partitions-assigned'
    this.host.trace.emit({ type, client, group, member, generation, added: names(added), owned })
    return withoutWaiting()
  }

  private givesUp(partitions: readonly TopicPartition[], lost: boolean): Blocking<void> {
    const { client, group } = this.options
    this.host.trace.emit({ type: 'partitions-revoked', client, group, partitions: names(partitions), lost })
    return withoutWaiting()
  }
}

class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed'
}

function names(partitions: readonly TopicPartition[]): string[] {
  return partitions.map(({ topic, partition }) => `${topic}-${partition}`)
}
