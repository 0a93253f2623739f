// Topics of Kafka's own, which a broker has the controller create when the first client needs them. One request a topic is
// under way at a time; what becomes of it shows in metadata, and whoever needs the topic asks again.
// Left out: topics of users that come into being by being asked for.

import type { BrokerConfig } from '../config/broker-config.ts'
import type { RequestOf } from '../protocol/messages.ts'
import type { ControllerChannel } from './broker-context.ts'

export const OFFSETS_TOPIC = '__consumer_offsets'
const TRANSACTIONS_TOPIC = '__transaction_state'

export function isInternalTopic(name: string): boolean {
  return name === OFFSETS_TOPIC || name === TRANSACTIONS_TOPIC
}

export class InternalTopics {
  private readonly config: BrokerConfig
  private readonly channel: ControllerChannel
  private asking = false

  constructor(config: BrokerConfig, channel: ControllerChannel) {
    this.config = config
    this.channel = channel
  }

  /** Has __consumer_offsets created, if nobody asked yet (G-5). */
  createOffsetsTopic(): void {
    if (this.asking) return
    this.asking = true
    const { config } = this
    const topic: RequestOf<'CreateTopics'>['topics'][number] = {
      name: OFFSETS_TOPIC,
      numPartitions: config['offsets.topic.num.partitions'],
      replicationFactor: config['offsets.topic.replication.factor'],
      assignments: [],
      configs: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'compression.type', value: 'producer' },
        { name: 'segment.bytes', value: String(config['offsets.topic.segment.bytes']) },
      ],
    }
    const body = { topics: [topic], timeoutMs: config['request.timeout.ms'], validateOnly: false }
    this.channel.send('CreateTopics', body, () => {
      this.asking = false
    })
  }
}
