// A consumer process with assigned partitions: every record handed to it is told in the trace.

import type { LeaderLog } from '../client/assigned-partition.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { KafkaConsumer } from '../client/consumer.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { Switches } from '../switches/switches.ts'
import type { DeliveredRecord, KafkaHost } from '../trace/kafka-event.ts'
import { identify } from './record-identity.ts'

export interface ConsumerWorkloadOptions {
  /** `audit[0]`. */
  readonly client: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ConsumerConfig
  readonly assignment: ReadonlyMap<string, readonly number[] | 'all'>
  readonly switches?: Switches
}

export class ConsumerWorkload {
  /** Partition indexes by topic. */
  readonly assignment: ConsumerWorkloadOptions['assignment']
  private readonly consumer: KafkaConsumer

  constructor(host: KafkaHost, options: ConsumerWorkloadOptions, buggify: Buggify = NO_BUGGIFY) {
    const { client, bootstrap, config, assignment, switches } = options
    this.assignment = assignment
    this.consumer = new KafkaConsumer(host, {
      clientId: client,
      bootstrap,
      config,
      assignment,
      buggify,
      ...(switches === undefined ? {} : { switches }),
      onRecords: (partition, batch) => {
        const records: DeliveredRecord[] = batch.records.map(({ offset, value }) => {
          const identity = identify(value)
          return { offset, leaderEpoch: batch.leaderEpoch, producer: identity?.client ?? '', n: identity?.n ?? -1 }
        })
        host.trace.emit({ type: 'records-delivered', client, partition, records })
      },
      onPositionMoved: (partition, from, to, why) => {
        host.trace.emit({ type: 'position-moved', client, partition, from, to, why })
      },
    })
  }

  /** Next offset to be handed out, by partition; −1 while unknown. */
  positions(): ReadonlyMap<string, number> {
    return this.consumer.positions()
  }

  /** For observers: will this leader send it back as soon as it hears of it? */
  isOffLogOf(key: string, leader: LeaderLog): boolean {
    return this.consumer.isOffLogOf(key, leader)
  }

  /** Partitions it reads no more, and why. */
  failures(): ReadonlyMap<string, string> {
    return this.consumer.failures()
  }
}
