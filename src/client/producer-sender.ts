// The producer's I/O side: which batches leave when, to whom, in what request (P-4…P-7, P-16). Kafka runs it as a loop on
// a thread; here it runs when something happened, and a timer stands for the loop's poll time-out.

import { assert, DefectError, type Timer } from '../../sim/index.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { NetworkClient, NodeAddress, RequestFailure } from '../network/network-client.ts'
import { Errors, refreshesMetadata } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { partitionInEpoch } from '../protocol/produce-epoch.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { BatchOutcomes } from './batch-outcomes.ts'
import type { ClientMetadata } from './client-metadata.ts'
import type { NodeLatency } from './node-latency.ts'
import type { ProducerBatch } from './producer-batch.ts'
import type { ProducerIdSource } from './producer-id-source.ts'
import type { ProducerSequences } from './producer-sequences.ts'
import type { PartitionQueue, RecordAccumulator } from './record-accumulator.ts'

type ProducePartition = RequestOf<'Produce'>['topicData'][number]['partitionData'][number]
type PartitionAnswer = ResponseOf<'Produce'>['responses'][number]['partitionResponses'][number]

/** A batch that leaves, and where it came from. */
interface Departure {
  readonly queue: PartitionQueue
  readonly batch: ProducerBatch
}

export interface SenderParts {
  readonly client: NetworkClient
  readonly metadata: ClientMetadata
  readonly accumulator: RecordAccumulator
  readonly latency: NodeLatency
  readonly outcomes: BatchOutcomes
  /** Both absent without idempotence. */
  readonly sequences: ProducerSequences | undefined
  readonly ids: ProducerIdSource | undefined
}

export class ProducerSender {
  private readonly host: KafkaHost
  private readonly config: ProducerConfig
  private readonly parts: SenderParts
  /** By broker: the place among its partitions where the last request stopped (P-4). */
  private readonly drainStarts = new Map<number, number>()
  /** Brokers worth a request, of the latest look. */
  private readonly readyNodes: NodeAddress[] = []
  private timer: Timer | undefined
  private timerAtMs = NEVER
  private running = false
  /** Somebody wants another turn: whose batch was given up may have sent the next record. */
  private isCalledFor = false
  /** By broker: produce requests without an answer. */
  private readonly requestsTo = new Map<number, number>()

  constructor(host: KafkaHost, config: ProducerConfig, parts: SenderParts) {
    this.host = host
    this.config = config
    this.parts = parts
  }

  /**
   * Does what can be done now, and arms the timer for what comes next. To be called whenever something changed; a listener
   * called from within may do so too: then there is another turn.
   */
  run(): void {
    this.isCalledFor = true
    if (this.running) return
    this.running = true
    const nextMs = this.takeTurns(this.host.clock.monotonicMs())
    this.running = false
    this.arm(nextMs)
  }

  /**
   * Sends as long as somebody is ready and can take more. As in Kafka, each turn takes batches from their queues before it
   * looks which are too old: one that is taken and given up in the same turn is sent all the same (P-7). Returns when to
   * look again.
   */
  private takeTurns(nowMs: number): number {
    const { ids, outcomes } = this.parts
    for (;;) {
      this.isCalledFor = false
      const idsAtMs = ids?.prepare(nowMs)
      if (idsAtMs !== undefined) return Math.min(idsAtMs, outcomes.expire(nowMs))
      const readyAtMs = this.findReadyNodes(nowMs)
      const hasSent = this.drain(nowMs)
      const expiryAtMs = outcomes.expire(nowMs)
      if (!hasSent && !this.isCalledFor) return Math.min(readyAtMs, expiryAtMs)
    }
  }

  private arm(atMs: number): void {
    if (atMs === this.timerAtMs) return
    this.timer?.cancel()
    this.timerAtMs = atMs
    if (atMs === NEVER) return
    this.timer = this.host.clock.at(atMs, 'producer-poll', () => {
      this.timerAtMs = NEVER
      this.run()
    })
  }

  /** One request to each broker that is ready; false if there was nothing to send. */
  private drain(nowMs: number): boolean {
    let hasSent = false
    for (const node of this.readyNodes) {
      const canSend = this.parts.client.ready(node)
      this.parts.latency.note(node.id, nowMs, canSend)
      if (!canSend) continue
      const departures = this.takeFor(node.id, nowMs)
      if (departures.length === 0) continue
      this.send(node, departures)
      hasSent = true
    }
    return hasSent
  }

  /** Brokers that lead a partition with a batch that is due. Returns when the next one will be. */
  private findReadyNodes(nowMs: number): number {
    const { accumulator, metadata } = this.parts
    let nextMs = NEVER
    while (this.readyNodes.length > 0) this.readyNodes.pop()
    for (const queue of accumulator.queues.values()) {
      if (queue.batches.length === 0 || this.isMuted(queue)) continue
      const info = metadata.partition(queue.topic, queue.index)
      if (info?.leader === undefined) {
        metadata.requestUpdate()
        continue
      }
      const readyAtMs = accumulator.readyAtMs(queue, info.leaderEpoch) ?? NEVER
      if (readyAtMs <= nowMs) this.addReady(info.leader)
      else nextMs = Math.min(nextMs, readyAtMs)
    }
    return nextMs
  }

  /** Each broker once; should addresses differ, the one of its last partition counts. */
  private addReady(node: NodeAddress): void {
    const at = this.readyNodes.findIndex(({ id }) => id === node.id)
    if (at < 0) this.readyNodes.push(node)
    else this.readyNodes[at] = node
  }

  /**
   * One batch of each partition the broker leads, lingering ones too, round robin, up to max.request.size (P-4). As in
   * Kafka, a partition that must not send for the sake of its sequences ends the round for the whole broker.
   */
  private takeFor(nodeId: number, nowMs: number): readonly Departure[] {
    const { accumulator, metadata, sequences } = this.parts
    const led: PartitionQueue[] = []
    for (const queue of accumulator.queues.values()) {
      if (metadata.partition(queue.topic, queue.index)?.leader?.id === nodeId) led.push(queue)
    }
    const departures: Departure[] = []
    let bytes = 0
    const start = this.drainStarts.get(nodeId) ?? 0
    for (let i = 0; i < led.length; i++) {
      const at = (start + i) % led.length
      this.drainStarts.set(nodeId, at)
      const queue = led[at]!
      const batch = queue.batches[0]
      if (batch === undefined || this.isMuted(queue)) continue
      if (batch.backsOffUntilMs(metadata.partition(queue.topic, queue.index)?.leaderEpoch ?? -1) > nowMs) continue
      // The first always fits.
      if (departures.length > 0 && bytes + batch.sizeBytes > this.config['max.request.size']) break
      if (sequences?.mayDrain(queue.key, batch) === false) break
      queue.batches.shift()
      departures.push({ queue, batch })
      bytes += batch.sizeBytes
    }
    return departures
  }

  private isMuted(queue: PartitionQueue): boolean {
    return this.config['max.in.flight.requests.per.connection'] === 1 && queue.inFlight > 0
  }

  private send(node: NodeAddress, departures: readonly Departure[]): void {
    const { client, metadata, outcomes, sequences } = this.parts
    const requests = this.countRequest(node.id, 1)
    const topicData: { readonly name: string; readonly partitionData: ProducePartition[] }[] = []
    for (const { queue, batch } of departures) {
      if (sequences !== undefined && !batch.hasSequence) sequences.assign(queue.key, batch)
      batch.attempts += 1
      batch.reopened = false
      batch.sentLeaderEpoch = metadata.partition(queue.topic, queue.index)?.leaderEpoch ?? -1
      queue.inFlight += 1
      outcomes.sent(batch, node.id, requests)
      let topic = topicData.find(({ name }) => name === queue.topic)
      if (topic === undefined) {
        topic = { name: queue.topic, partitionData: [] }
        topicData.push(topic)
      }
      topic.partitionData.push(partitionInEpoch(queue.index, batch.bytes(), batch.sentLeaderEpoch))
    }
    const body: RequestOf<'Produce'> = {
      transactionalId: null,
      acks: this.config.acks,
      timeoutMs: this.config['request.timeout.ms'],
      topicData,
    }
    if (this.config.acks === 0) {
      client.sendOneWay(node, 'Produce', body)
      this.countRequest(node.id, -1)
      for (const { queue, batch } of departures) {
        queue.inFlight -= 1
        outcomes.sentForGood(batch)
      }
      return
    }
    client.send(node, 'Produce', body, {
      onResponse: (response) => {
        this.countRequest(node.id, -1)
        this.settle(() => this.answered(response, departures))
      },
      onFailure: (reason) => {
        this.countRequest(node.id, -1)
        this.settle(() => this.unanswered(reason, departures))
      },
    })
  }

  /** Counts one more, or one less; returns how many there are. */
  private countRequest(nodeId: number, by: 1 | -1): number {
    const requests = (this.requestsTo.get(nodeId) ?? 0) + by
    this.requestsTo.set(nodeId, requests)
    return requests
  }

  /** Nothing leaves before all of an answer is taken in. */
  private settle(takeIn: () => void): void {
    assert(!this.running, 'an answer came while the sender was at work')
    this.running = true
    takeIn()
    this.running = false
    this.run()
  }

  private answered(response: ResponseOf<'Produce'>, departures: readonly Departure[]): void {
    const { metadata, outcomes } = this.parts
    for (const { queue, batch } of departures) {
      const answer = findAnswer(response, queue)
      const { errorCode, currentLeader } = answer
      queue.inFlight -= 1
      outcomes.answered(queue, batch, errorCode, answer.baseOffset, answer.logStartOffset)
      if (errorCode === Errors.NOT_LEADER_OR_FOLLOWER || errorCode === Errors.FENCED_LEADER_EPOCH) {
        metadata.learnLeader(queue.topic, queue.index, currentLeader, response.nodeEndpoints)
      }
      if (refreshesMetadata(errorCode)) metadata.requestUpdate()
    }
  }

  private unanswered(reason: RequestFailure, departures: readonly Departure[]): void {
    for (const { queue, batch } of departures) {
      queue.inFlight -= 1
      this.parts.outcomes.unanswered(queue, batch, reason)
    }
    this.parts.metadata.requestUpdate()
  }
}

const NEVER = Number.MAX_SAFE_INTEGER

function findAnswer(response: ResponseOf<'Produce'>, queue: PartitionQueue): PartitionAnswer {
  for (const topic of response.responses) {
    if (topic.name !== queue.topic) continue
    const answer = topic.partitionResponses.find(({ index }) => index === queue.index)
    if (answer !== undefined) return answer
  }
  throw new DefectError(`a produce response says nothing of ${queue.key}`)
}
