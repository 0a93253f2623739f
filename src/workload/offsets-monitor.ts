// A process that asks again and again how far a topic may be read, and tells each answer in the trace: for one client that
// number must never go back (KIP-207, RB-17).

import { EndOffsets } from '../client/end-offsets.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

export interface OffsetsMonitorOptions {
  readonly client: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ConsumerConfig
  readonly topic: string
  readonly everyMs: number
}

export function monitorOffsets(host: KafkaHost, options: OffsetsMonitorOptions): void {
  const { client, bootstrap, config, topic, everyMs } = options
  const offsets = new EndOffsets(host, {
    clientId: client,
    bootstrap,
    config,
    topic,
    onOffset: (partition, offset, leaderEpoch) => {
      host.trace.emit({ type: 'end-offset-listed', client, partition, offset, leaderEpoch })
    },
  })
  const ask = (): void => {
    offsets.ask()
    host.clock.after(everyMs, 'monitor-ask', ask)
  }
  ask()
}
