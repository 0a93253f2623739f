// Administrative requests, sent to the controller (KIP-919). Left out: everything but the creation of topics.

import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

export interface NewTopic {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Replica lists by partition; empty lets the controller place them. */
  readonly assignment: readonly (readonly number[])[]
  readonly configs: ReadonlyMap<string, string>
}

export interface CreateTopicsResult {
  readonly topic: string
  readonly errorCode: number
  readonly message: string
}

const REQUEST_TIMEOUT_MS = 30_000

export class AdminClient {
  private readonly controller: NodeAddress
  private readonly client: NetworkClient

  constructor(host: KafkaHost, controller: NodeAddress) {
    this.controller = controller
    this.client = new NetworkClient(
      host,
      {
        clientId: host.name,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        reconnectBackoffMs: 50,
        reconnectBackoffMaxMs: 1000,
        connectionSetupTimeoutMs: 10_000,
        maxInFlight: 1,
      },
      host.random.stream('admin'),
    )
  }

  /** Answers once: the result of each topic, or undefined if the controller could not be asked. */
  createTopics(topics: readonly NewTopic[], then: (results: readonly CreateTopicsResult[] | undefined) => void): void {
    const body = {
      topics: topics.map(({ name, partitions, replicationFactor, assignment, configs }) => ({
        name,
        numPartitions: assignment.length > 0 ? -1 : partitions,
        replicationFactor: assignment.length > 0 ? -1 : replicationFactor,
        assignments: assignment.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
        configs: [...configs].map(([key, value]) => ({ name: key, value })),
      })),
      timeoutMs: REQUEST_TIMEOUT_MS,
      validateOnly: false,
    }
    this.client.send(this.controller, 'CreateTopics', body, {
      onResponse: (response) =>
        then(
          response.topics.map(({ name, errorCode, errorMessage }) => ({
            topic: name,
            errorCode,
            message: errorMessage ?? (errorCode === Errors.NONE ? '' : String(errorCode)),
          })),
        ),
      onFailure: () => then(undefined),
    })
  }
}
