// Answers as an application sees them: only while one of its threads looks at the network. What arrives while the
// application is busy waits, as in Java's ConsumerNetworkClient; the heartbeat thread looks, too, while it is enabled.

import type { NetworkClient, NodeAddress, RequestFailure, ResponseCallbacks } from '../../network/network-client.ts'
import type { ApiName } from '../../protocol/api-keys.ts'
import type { RequestOf } from '../../protocol/messages.ts'

export class PolledNetwork {
  private readonly client: NetworkClient
  private readonly onArrival: () => void
  private arrived: (() => void)[] = []

  constructor(client: NetworkClient, onArrival: () => void) {
    this.client = client
    this.onArrival = onArrival
  }

  get hasArrivals(): boolean {
    return this.arrived.length > 0
  }

  send<A extends ApiName>(
    node: NodeAddress,
    api: A,
    body: RequestOf<A>,
    callbacks: ResponseCallbacks<A>,
    timeoutMs?: number,
  ): void {
    this.client.send(
      node,
      api,
      body,
      {
        onResponse: (response) => this.add(() => callbacks.onResponse(response)),
        onFailure: (reason: RequestFailure) => this.add(() => callbacks.onFailure(reason)),
      },
      timeoutMs,
    )
  }

  /** Deals with all that arrived, and with what that leads to at once. */
  drain(): void {
    while (this.arrived.length > 0) {
      const { arrived } = this
      this.arrived = []
      for (const deal of arrived) deal()
    }
  }

  private add(deal: () => void): void {
    this.arrived.push(deal)
    this.onArrival()
  }
}
