// Carries ISR changes from leaders to the controller: one request in flight a broker, one item a partition, sent
// again until answered. It never gives up, and so never tells a leader a lie about what the controller did.

import type { Pool } from '../../sim/index.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { AlterPartitions, ControllerChannel, IsrChange, IsrChangeOutcome } from './broker-context.ts'
import { ALTER_PARTITION_ANSWER_COST_US } from './costs.ts'

type Topic = RequestOf<'AlterPartition'>['topics'][number]
type PartitionAnswer = ResponseOf<'AlterPartition'>['topics'][number]['partitions'][number]

/** Pause after a top-level error (facts J). */
const RETRY_MS = 50
/** `leaderRecoveryState`: whoever leads has recovered. */
const RECOVERED = 0

interface Item {
  readonly change: IsrChange
  readonly done: (outcome: IsrChangeOutcome) => void
}

export class AlterPartitionManager implements AlterPartitions {
  private readonly host: KafkaHost
  private readonly brokerId: number
  private readonly brokerEpoch: () => number
  private readonly channel: ControllerChannel
  private readonly thread: Pool
  private readonly buggify: Buggify
  /** Not answered yet, by partition; those of the request in flight included. */
  private readonly items = new Map<string, Item>()
  private inFlight = false
  private closed = false

  constructor(
    host: KafkaHost,
    brokerId: number,
    brokerEpoch: () => number,
    channel: ControllerChannel,
    buggify: Buggify = NO_BUGGIFY,
  ) {
    this.host = host
    this.brokerId = brokerId
    this.brokerEpoch = brokerEpoch
    this.channel = channel
    this.buggify = buggify
    this.thread = host.jobs.pool('alter-partition', 1)
  }

  submit(change: IsrChange, done: (outcome: IsrChangeOutcome) => void): void {
    if (this.items.has(change.key)) return done(NOT_ATTEMPTED)
    this.items.set(change.key, { change, done })
    this.propagate()
  }

  /**
   * An item on its way is forgotten too, so that another may be submitted; and the answer to the first then takes the
   * second for its own and drops it, unsent (KAFKA-12686).
   */
  forget(key: string): void {
    this.items.delete(key)
  }

  /** Asks for nothing any more, and passes no answers on. */
  close(): void {
    this.closed = true
  }

  private propagate(): void {
    if (this.closed || this.inFlight || this.items.size === 0) return
    this.inFlight = true
    const sent = [...this.items.values()]
    const body = {
      brokerId: this.brokerId,
      brokerEpoch: this.brokerEpoch(),
      topics: requestTopics(sent.map((item) => item.change)),
    }
    const send = () =>
      this.channel.send('AlterPartition', body, (response) =>
        this.thread.run('alter-partition-answer', () => this.answered(sent, response)),
      )
    const lateMs = this.buggify.delayMs('delay-alter-partition')
    if (lateMs === 0) send()
    else this.host.clock.after(lateMs, 'late-alter-partition', send)
  }

  private answered(sent: readonly Item[], response: ResponseOf<'AlterPartition'>): void {
    if (this.closed) return
    this.host.jobs.charge(ALTER_PARTITION_ANSWER_COST_US)
    if (response.errorCode !== Errors.NONE || this.buggify.now('lose-alter-partition-answer')) {
      this.inFlight = false
      this.host.clock.after(RETRY_MS, 'alter-partition-retry', () => this.propagate())
      return
    }
    for (const { change, done } of sent) {
      const answer = answerFor(response, change)
      // Left out of the answer: it stays, and goes into the next request.
      if (answer === undefined) continue
      // Before `done`, which may submit the next change.
      this.items.delete(change.key)
      done(answer)
    }
    this.inFlight = false
    this.propagate()
  }
}

const NOT_ATTEMPTED: IsrChangeOutcome = Object.freeze({
  errorCode: Errors.OPERATION_NOT_ATTEMPTED,
  isr: [],
  leaderEpoch: -1,
  partitionEpoch: -1,
})

function requestTopics(changes: readonly IsrChange[]): Topic[] {
  const byTopic = new Map<string, Topic['partitions'][number][]>()
  for (const { topicId, index, leaderEpoch, partitionEpoch, newIsr } of changes) {
    const partitions = byTopic.get(topicId) ?? []
    byTopic.set(topicId, partitions)
    partitions.push({
      partitionIndex: index,
      leaderEpoch,
      newIsrWithEpochs: newIsr,
      leaderRecoveryState: RECOVERED,
      partitionEpoch,
    })
  }
  return [...byTopic].map(([topicId, partitions]) => ({ topicId, partitions }))
}

function answerFor(response: ResponseOf<'AlterPartition'>, change: IsrChange): PartitionAnswer | undefined {
  return response.topics
    .find((topic) => topic.topicId === change.topicId)
    ?.partitions.find((partition) => partition.partitionIndex === change.index)
}
