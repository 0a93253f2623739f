// A producer whose brokers the test plays by hand.

import { KafkaProducer, type SendResult } from '../../src/client/producer.ts'
import type { ClientLibrary } from '../../src/client/partitioners/make-partitioner.ts'
import type { ProducerInterceptor } from '../../src/client/producer-interceptor.ts'
import type { ConfigOverrides } from '../../src/config/resolve-config.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { decodeBatches } from '../../src/records/batch-reader.ts'
import { baseSequence, producerEpoch } from '../../src/records/record-batch.ts'
import type { ScriptedRequest } from '../support/scripted-host.ts'
import { producerConfig } from '../support/configs.ts'
import { answerProduce, BOOTSTRAP, ClientRig } from './rig.ts'

export const PID = 77

export class ProducerRig extends ClientRig {
  readonly results: SendResult[] = []
  /** Every attempt, as the producer tells it. */
  readonly attempts: string[] = []
  /** To be set before `start`. */
  interceptors: readonly ProducerInterceptor[] | undefined
  /** What the application does when it hears of a record. */
  onResult: () => void = () => {}
  private producer: KafkaProducer | undefined
  private sent = 0

  start(config: ConfigOverrides = {}, library: ClientLibrary = 'java'): void {
    this.network.always('InitProducerId', (request) =>
      request.answer({ throttleTimeMs: 0, errorCode: 0, producerId: PID, producerEpoch: 0 }),
    )
    this.producer = new KafkaProducer(this, {
      clientId: 'test',
      bootstrap: BOOTSTRAP,
      config: producerConfig({ 'linger.ms': 0, ...config }),
      library,
      ...(this.interceptors && { interceptors: this.interceptors }),
      onResult: (result) => {
        this.results.push(result)
        this.onResult()
      },
      attempts: {
        onSent: (batch, broker) =>
          void this.attempts.push(`${batch.tags.join()} of ${batch.key} sent to ${broker}, attempt ${batch.attempts}`),
        onRetry: (batch, error, isTold) =>
          void this.attempts.push(`attempt ${batch.attempts}: ${error}, ${isTold ? 'told' : 'not answered'}`),
      },
    })
  }

  /** Sends a record with 10 bytes to a partition; they are numbered from 0. */
  send(partition: number | null = 0, bytes = 10, key: Uint8Array | null = null): void {
    this.producer!.send('orders', partition, key, new Uint8Array(bytes), 1000, this.sent++)
    this.settle()
  }

  get isIdle(): boolean {
    return this.producer!.isIdle
  }

  get produce(): ScriptedRequest<'Produce'>[] {
    return this.network.requests('Produce')
  }

  outcomes(): string[] {
    return this.results.map(({ tag, outcome, offset, error }) => `${tag} ${outcome} ${error ?? offset}`)
  }

  ack(baseOffset = 0): void {
    answerProduce(this.network.next('Produce'), Errors.NONE, { baseOffset })
    this.settle()
  }

  refuse(errorCode: number, changes: { logStartOffset?: number } = {}): void {
    answerProduce(this.network.next('Produce'), errorCode, changes)
    this.settle()
  }
}

/** The bytes a request carries for a partition. */
export function bytesFor(request: ScriptedRequest<'Produce'>, index = 0): Uint8Array {
  const data = request.body.topicData.flatMap((topic) => topic.partitionData).find((entry) => entry.index === index)
  return data?.records ?? new Uint8Array(0)
}

export function recordsIn(request: ScriptedRequest<'Produce'>, index = 0): number {
  const records = decodeBatches(bytesFor(request, index))
  return typeof records === 'string' ? -1 : records.length
}

export const sequencesOf = (rig: ProducerRig) => rig.produce.map((request) => baseSequence(bytesFor(request), 0))
export const epochsOf = (rig: ProducerRig) => rig.produce.map((request) => producerEpoch(bytesFor(request), 0))
