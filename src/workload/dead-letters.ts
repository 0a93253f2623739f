// Where an application puts the records it cannot handle: a topic that a producer of its own writes to. It waits for each
// to be acknowledged, and sends again what is not: what is passed over must not be gone.

import type { Buggify } from '../buggify/buggify.ts'
import { type Blocking, sleepUntil } from '../client/group/blocking.ts'
import { KafkaProducer, type SendResult } from '../client/producer.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { DecodedRecord } from '../records/batch-reader.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { ValueMaker } from './record-identity.ts'

export interface DeadLetterOptions {
  /** Of the application: `billing[0]`; its producer is `billing[0]/dead-letters`. */
  readonly client: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ProducerConfig
  readonly topic: string
  readonly backoffMs: number
  readonly buggify: Buggify
}

/** Nothing that wakes it is missed: this is only how far ahead a wait needs a deadline. */
const LONG_MS = 60_000

export class DeadLetters {
  private readonly host: KafkaHost
  private readonly options: DeadLetterOptions
  private readonly producer: KafkaProducer
  private readonly values: ValueMaker
  private readonly client: string
  private sent = 0
  /** Of those on their way, by number. */
  private readonly waiting = new Map<number, (result: SendResult) => void>()

  constructor(host: KafkaHost, options: DeadLetterOptions) {
    this.host = host
    this.options = options
    const name = `${options.client}/dead-letters`
    this.client = host.incarnation === 1 ? name : `${name}/${host.incarnation}`
    this.values = new ValueMaker(this.client)
    this.producer = new KafkaProducer(withOwnStreams(host, 'dead-letters'), {
      clientId: name,
      bootstrap: options.bootstrap,
      config: options.config,
      buggify: options.buggify,
      onResult: (result) => this.answered(result),
    })
  }

  /** Returns when it is acknowledged. `wake` has the thread that waits look again. */
  *send(record: DecodedRecord, wake: () => void): Blocking<void> {
    for (;;) {
      const n = this.sent++
      const answers: SendResult[] = []
      this.waiting.set(n, (answer) => {
        answers.push(answer)
        wake()
      })
      const { topic, backoffMs } = this.options
      this.host.trace.emit({ type: 'produce-invoked', client: this.client, n, topic })
      const value = this.values.make(n, record.value?.length ?? 0)
      this.producer.send(topic, null, record.key, value, this.host.clock.wallMs(), n)
      while (answers.length === 0) yield this.host.clock.monotonicMs() + LONG_MS
      if (answers[0]?.outcome === 'ok') return
      yield* sleepUntil(this.host, this.host.clock.monotonicMs() + backoffMs)
    }
  }

  private answered(result: SendResult): void {
    const { tag: n, partition, outcome, offset, error } = result
    const { acks } = this.options.config
    const type = 'produce-completed'
    this.host.trace.emit({ type, client: this.client, n, partition, outcome, offset, acks, error })
    const tell = this.waiting.get(n)
    this.waiting.delete(n)
    tell?.(result)
  }
}

/** The same host, whose streams of chance are beside those of the process's other client. */
function withOwnStreams(host: KafkaHost, name: string): KafkaHost {
  return {
    name: host.name,
    incarnation: host.incarnation,
    clock: host.clock,
    jobs: host.jobs,
    random: { stream: (purpose) => host.random.stream(`${name}/${purpose}`) },
    network: host.network,
    disk: host.disk,
    trace: host.trace,
    halt: (reason) => host.halt(reason),
    exit: () => host.exit(),
    onTerminate: (fn) => host.onTerminate(fn),
  }
}
