// A broker's requests to the active controller that must get through: sent again until answered, one at a time.

import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import type { ApiName } from '../protocol/api-keys.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { ControllerChannel } from './broker-context.ts'

/** Kafka's pause between attempts to reach the controller. */
const RETRY_MS = 50

export class BrokerToController implements ControllerChannel {
  private readonly host: KafkaHost
  private readonly controller: NodeAddress
  private readonly client: NetworkClient
  private closed = false

  constructor(
    host: KafkaHost,
    brokerId: number,
    name: string,
    controller: NodeAddress,
    config: BrokerConfig,
    buggify: Buggify = NO_BUGGIFY,
  ) {
    this.host = host
    this.controller = controller
    this.client = new NetworkClient(
      host,
      {
        clientId: `broker-${brokerId}-${name}`,
        requestTimeoutMs: config['request.timeout.ms'],
        reconnectBackoffMs: 50,
        reconnectBackoffMaxMs: 50,
        connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        maxInFlight: 1,
        buggify,
      },
      host.random.stream(name),
    )
  }

  /** Sends nothing any more; what is on its way is never answered. */
  close(): void {
    this.closed = true
    this.client.close()
  }

  send<A extends ApiName>(api: A, body: RequestOf<A>, onResponse: (response: ResponseOf<A>) => void): void {
    if (this.closed) return
    this.client.send(this.controller, api, body, {
      onResponse,
      onFailure: () => {
        this.host.clock.after(RETRY_MS, 'controller-retry', () => this.send(api, body, onResponse))
      },
    })
  }
}
