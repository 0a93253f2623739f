// A broker's life as it tells the controller: register, catch up with the metadata log, recover, be unfenced, run,
// stop in agreement with it (R-88… ), and which of its log directories have failed.

import { assert, unreachable, type Timer } from '../../sim/index.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { ExponentialBackoff } from '../network/exponential-backoff.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

export type BrokerLifeState = 'STARTING' | 'RECOVERY' | 'RUNNING' | 'PENDING_CONTROLLED_SHUTDOWN' | 'SHUTTING_DOWN'

export interface LifecycleOptions {
  readonly brokerId: number
  readonly clusterId: string
  readonly incarnationId: string
  /** Ids of the log directories that work. */
  directoryIds(): readonly string[]
  readonly rack: string | null
  readonly host: string
  readonly port: number
  /** Epoch in the clean-shutdown marker; −1 after an unclean stop. */
  readonly previousBrokerEpoch: number
  readonly controller: NodeAddress
  readonly config: BrokerConfig
  readonly buggify?: Buggify
  highestMetadataOffset(): number
  /** The controller says we have replayed our own registration: logs may be loaded now. */
  onCaughtUp(): void
  /** The controller agrees that we stop: nobody needs us any more. */
  onShouldShutDown(): void
}

const RESEND_BACKOFF_MS = 100
const RESEND_JITTER_PER_MILLE = 20
/** After the first heartbeats, so that a start without recovery is quick. */
const STARTING_HEARTBEAT_MS = 10
/** After the first answer to a wish to stop, so that a stop that is quick is told soon. */
const FIRST_SHUTDOWN_HEARTBEAT_MS = 50
const SUPPORTED_FEATURES = [{ name: 'metadata.version', minSupportedVersion: 1, maxSupportedVersion: 25 }]

export class BrokerLifecycle {
  state: BrokerLifeState = 'STARTING'
  /** Offset of our registration; −1 until registered. */
  brokerEpoch = -1
  private readonly host: KafkaHost
  private readonly options: LifecycleOptions
  private readonly client: NetworkClient
  private readonly buggify: Buggify
  private readonly backoff: ExponentialBackoff
  private readyToUnfence = false
  private toldOfShutdown = false
  /** Ids of the log directories that have failed, and whether the controller knows. */
  private readonly offlineDirs = new Map<string, boolean>()
  private failures = 0
  private inFlight = false
  private immediate = false
  private timer: Timer | undefined

  constructor(host: KafkaHost, options: LifecycleOptions) {
    const { config } = options
    const rng = host.random.stream('lifecycle')
    this.host = host
    this.options = options
    this.buggify = options.buggify ?? NO_BUGGIFY
    const sessionMs = config['broker.session.timeout.ms']
    this.backoff = new ExponentialBackoff(RESEND_BACKOFF_MS, sessionMs, rng, RESEND_JITTER_PER_MILLE)
    this.client = new NetworkClient(
      host,
      {
        clientId: `broker-${options.brokerId}-lifecycle`,
        // So that a lost heartbeat can be made good within the session (KAFKA-14392).
        requestTimeoutMs: Math.floor(sessionMs / 2),
        reconnectBackoffMs: 50,
        reconnectBackoffMaxMs: 50,
        connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        maxInFlight: 1,
        buggify: this.buggify,
      },
      rng,
    )
    host.clock.after(config['initial.broker.registration.timeout.ms'], 'initial-registration-timeout', () => {
      if (this.brokerEpoch === -1) host.halt('no controller accepted the registration in time')
    })
    this.register()
  }

  get incarnationId(): string {
    return this.options.incarnationId
  }

  /** Logs are loaded and the first image is applied: ask to be unfenced. */
  setReadyToUnfence(): void {
    this.readyToUnfence = true
    this.communicateNow()
  }

  /** We wish to stop: the controller moves what we lead to others, and says when. */
  beginControlledShutdown(): void {
    assert(this.state === 'RUNNING', `a broker that is ${this.state} begins a controlled shutdown`)
    this.state = 'PENDING_CONTROLLED_SHUTDOWN'
    this.communicateNow()
  }

  /** A log directory has failed: if the controller is not told in time, we had better stop. */
  directoryFailed(id: string): void {
    const { host, options } = this
    this.offlineDirs.set(id, false)
    if (this.brokerEpoch !== -1) this.communicateNow()
    host.clock.after(options.config['log.dir.failure.timeout.ms'], 'log-dir-failure-timeout', () => {
      if (this.offlineDirs.get(id) !== true && this.state !== 'SHUTTING_DOWN') options.onShouldShutDown()
    })
  }

  /** The controller hears nothing of us any more. */
  close(): void {
    this.state = 'SHUTTING_DOWN'
    this.timer?.cancel()
    this.client.close()
  }

  private register(): void {
    const { options } = this
    this.inFlight = true
    this.client.send(
      options.controller,
      'BrokerRegistration',
      {
        brokerId: options.brokerId,
        clusterId: options.clusterId,
        incarnationId: options.incarnationId,
        listeners: [{ name: 'PLAINTEXT', host: options.host, port: options.port, securityProtocol: 0 }],
        features: SUPPORTED_FEATURES,
        rack: options.rack,
        isMigratingZkBroker: false,
        logDirs: options.directoryIds(),
        previousBrokerEpoch: options.previousBrokerEpoch,
      },
      { onResponse: (response) => this.registered(response), onFailure: () => this.failed() },
    )
  }

  private registered(response: ResponseOf<'BrokerRegistration'>): void {
    if (response.errorCode !== Errors.NONE) return this.failed()
    this.brokerEpoch = response.brokerEpoch
    this.succeeded(0)
  }

  private heartbeat(): void {
    const { options } = this
    const offline = [...this.offlineDirs.keys()]
    this.inFlight = true
    this.client.send(
      options.controller,
      'BrokerHeartbeat',
      {
        brokerId: options.brokerId,
        brokerEpoch: this.brokerEpoch,
        currentMetadataOffset: options.highestMetadataOffset(),
        wantFence: !this.readyToUnfence,
        wantShutDown: this.state === 'PENDING_CONTROLLED_SHUTDOWN',
        offlineLogDirs: offline,
      },
      { onResponse: (response) => this.heartbeatAnswered(response, offline), onFailure: () => this.failed() },
    )
  }

  private heartbeatAnswered(response: ResponseOf<'BrokerHeartbeat'>, told: readonly string[]): void {
    if (response.errorCode !== Errors.NONE) return this.failed()
    for (const id of told) this.offlineDirs.set(id, true)
    switch (this.state) {
      case 'STARTING':
        if (response.isCaughtUp) {
          this.state = 'RECOVERY'
          this.options.onCaughtUp()
        }
        return this.succeeded(STARTING_HEARTBEAT_MS)
      case 'RECOVERY':
        if (!response.isFenced) {
          this.state = 'RUNNING'
        }
        return this.succeeded(this.options.config['broker.heartbeat.interval.ms'])
      case 'RUNNING':
        return this.succeeded(this.options.config['broker.heartbeat.interval.ms'])
      case 'PENDING_CONTROLLED_SHUTDOWN': {
        if (response.shouldShutDown) return this.options.onShouldShutDown()
        const isFirst = !this.toldOfShutdown
        this.toldOfShutdown = true
        return this.succeeded(
          isFirst ? FIRST_SHUTDOWN_HEARTBEAT_MS : this.options.config['broker.heartbeat.interval.ms'],
        )
      }
      case 'SHUTTING_DOWN':
        return undefined
      default:
        return unreachable(this.state, 'broker life-cycle state')
    }
  }

  private succeeded(nextInMs: number): void {
    this.failures = 0
    this.inFlight = false
    this.schedule(nextInMs)
  }

  private failed(): void {
    this.inFlight = false
    // Never at once after a failure.
    this.immediate = false
    this.schedule(this.backoff.delayMs(this.failures))
    this.failures += 1
  }

  private communicateNow(): void {
    if (this.inFlight) this.immediate = true
    else this.schedule(0)
  }

  /** Never later than it was to be, and not at once: a heartbeat is answered before the next. */
  private early(delayMs: number): number {
    if (delayMs < 2 || this.brokerEpoch === -1) return delayMs
    const drawnMs = this.buggify.delayMs('early-heartbeat')
    return drawnMs === 0 ? delayMs : Math.min(delayMs, drawnMs)
  }

  private schedule(delayMs: number): void {
    this.timer?.cancel()
    const waitMs = this.immediate ? 0 : this.early(delayMs)
    this.immediate = false
    this.timer = this.host.clock.after(waitMs, 'broker-heartbeat', () => {
      if (this.brokerEpoch === -1) this.register()
      else this.heartbeat()
    })
  }
}
