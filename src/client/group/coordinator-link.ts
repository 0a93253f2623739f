// Who the group's coordinator is: asked of any broker, believed until it is unreachable or says otherwise (G-5). Requests
// to it have a connection of their own, beside that for fetching from the same broker.

import type { Rng } from '../../../sim/index.ts'
import { ExponentialBackoff } from '../../network/exponential-backoff.ts'
import type { NetworkClient, NodeAddress } from '../../network/network-client.ts'
import { Errors } from '../../protocol/error-codes.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import type { ClientMetadata } from '../client-metadata.ts'
import { type Blocking, sleepUntil } from './blocking.ts'
import { type ConsumerError, DISCONNECTED, NO_COORDINATOR, Pending, protocolError } from './pending.ts'
import type { PolledNetwork } from './polled-network.ts'

const GROUP = 0
/** Kafka numbers the second connection to a broker down from here. */
const INT_MAX = 2 ** 31 - 1

export interface LinkOptions {
  readonly groupId: string
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  /** Today's clients do. */
  readonly forgetsFailedLookup: boolean
  /** A coordinator was found. */
  onFound(): void
}

export class CoordinatorLink {
  private readonly host: KafkaHost
  private readonly client: NetworkClient
  private readonly network: PolledNetwork
  private readonly metadata: ClientMetadata
  private readonly options: LinkOptions
  private readonly backoff: ExponentialBackoff
  private node: NodeAddress | undefined
  private lookup: Pending<void> | undefined
  private isOfHeartbeats = false
  private fatal: ConsumerError | undefined

  constructor(
    host: KafkaHost,
    client: NetworkClient,
    network: PolledNetwork,
    metadata: ClientMetadata,
    rng: Rng,
    options: LinkOptions,
  ) {
    this.host = host
    this.client = client
    this.network = network
    this.metadata = metadata
    this.options = options
    this.backoff = new ExponentialBackoff(options.retryBackoffMs, options.retryBackoffMaxMs, rng)
  }

  /** Undefined while it is not known, or cannot be reached. */
  coordinator(): NodeAddress | undefined {
    if (this.node !== undefined && this.client.isUnavailable(this.node.id)) this.forget(true)
    return this.node
  }

  get isLookingUp(): boolean {
    return this.lookup !== undefined
  }

  /** What is on its way to it fails; unless the connection is gone anyway, it is closed. */
  forget(isDisconnected = false): void {
    const { node } = this
    if (node === undefined) return
    this.node = undefined
    if (!isDisconnected) this.client.disconnect(node.id)
  }

  clearLookup(): void {
    const stays = this.isOfHeartbeats && this.lookup?.error !== undefined && !this.options.forgetsFailedLookup
    if (!stays) this.lookup = undefined
  }

  /** Asks some broker; one question at a time. `ofHeartbeats`: it is the thread beside the application's that asks. */
  lookUp(ofHeartbeats = false): Pending<void> {
    if (this.lookup !== undefined) return this.lookup
    this.isOfHeartbeats = ofHeartbeats
    const node = this.metadata.leastLoadedNode()
    if (node === undefined) return Pending.failed(NO_COORDINATOR)
    const lookup = new Pending<void>()
    this.lookup = lookup
    this.network.send(
      node,
      'FindCoordinator',
      { keyType: GROUP, coordinatorKeys: [this.options.groupId] },
      {
        onResponse: ({ coordinators }) => {
          const found = coordinators[0]
          const errorCode = found?.errorCode ?? Errors.COORDINATOR_NOT_AVAILABLE
          if (found === undefined || errorCode !== Errors.NONE) return this.failed(lookup, protocolError(errorCode))
          this.node = { id: INT_MAX - found.nodeId, host: found.host, port: found.port }
          this.client.ready(this.node)
          this.options.onFound()
          lookup.complete()
        },
        onFailure: () => this.failed(lookup, DISCONNECTED),
      },
    )
    return lookup
  }

  /** As `ensureReady`, without waiting: forgets a question that has been answered, and asks if it must. */
  isReadyNow(): boolean {
    if (this.coordinator() !== undefined) return true
    if (this.lookUp().done) this.clearLookup()
    return false
  }

  /** True once it is known; false when the time is up. */
  *ensureReady(deadlineMs: number): Blocking<boolean> {
    for (let attempts = 0; this.coordinator() === undefined; attempts++) {
      const { fatal } = this
      this.fatal = undefined
      if (fatal !== undefined) throw fatal
      const lookup = this.lookUp()
      yield* this.until(() => lookup.done, deadlineMs)
      if (!lookup.done) return false
      if (lookup.error?.retriable === true) {
        yield* this.sleep(attempts, deadlineMs)
        yield* this.refreshMetadata(deadlineMs)
      } else if (this.node !== undefined && this.client.isUnavailable(this.node.id)) {
        this.forget(true)
        yield* this.sleep(attempts, deadlineMs)
      }
      this.clearLookup()
      if (lookup.error?.retriable === false) {
        this.fatal = undefined
        throw lookup.error
      }
      if (this.host.clock.monotonicMs() >= deadlineMs) break
    }
    return this.coordinator() !== undefined
  }

  /** Until nothing is on its way to this node any more. */
  *untilAnswered(node: NodeAddress, deadlineMs: number): Blocking<void> {
    yield* this.until(() => this.client.inFlight(node.id) === 0, deadlineMs)
  }

  /** Looks at the network until this is so or the time is up; at least once. */
  *until(isSo: () => boolean, deadlineMs: number): Blocking<void> {
    for (;;) {
      this.network.drain()
      if (isSo() || this.host.clock.monotonicMs() >= deadlineMs) return
      yield deadlineMs
    }
  }

  *refreshMetadata(deadlineMs: number): Blocking<void> {
    const { version } = this.metadata
    this.metadata.requestUpdate()
    yield* this.until(() => this.metadata.version !== version, deadlineMs)
  }

  private *sleep(attempts: number, deadlineMs: number): Blocking<void> {
    yield* sleepUntil(this.host, Math.min(deadlineMs, this.host.clock.monotonicMs() + this.backoff.delayMs(attempts)))
  }

  private failed(lookup: Pending<void>, error: ConsumerError): void {
    if (!error.retriable) this.fatal = error
    lookup.fail(error)
  }
}
