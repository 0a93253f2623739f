// How a broker stops when asked to: it tells the controller, which moves leaderships away and says when nobody needs
// it any more; then it ends its services, brings its logs in order, and leaves the marker of a clean shutdown. If
// the controller does not agree in time it stops all the same. A kill at any moment is a kill.

import type { Timer } from '../../sim/index.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { LogDirectories } from '../log/log-directories.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { BrokerLifecycle } from './broker-lifecycle.ts'
import type { ReplicaManager } from './replica-manager.ts'

export interface StoppingBroker {
  readonly host: KafkaHost
  readonly config: BrokerConfig
  readonly lifecycle: BrokerLifecycle
  readonly replicas: ReplicaManager
  readonly logs: LogDirectories
  /** What runs, in the order in which it is to end. */
  readonly services: readonly { close(): void }[]
}

/** How long the controller may take to agree. */
const CONTROLLED_SHUTDOWN_TIMEOUT_MS = 5 * 60 * 1000

export class BrokerShutdown {
  private readonly broker: StoppingBroker
  private timeout: Timer | undefined
  private begun = false

  constructor(broker: StoppingBroker) {
    this.broker = broker
  }

  begin(): void {
    const { host, config, lifecycle, replicas } = this.broker
    if (!config['controlled.shutdown.enable']) return this.shutDown()
    replicas.beginControlledShutdown()
    lifecycle.beginControlledShutdown()
    this.timeout = host.clock.after(CONTROLLED_SHUTDOWN_TIMEOUT_MS, 'controlled-shutdown-timeout', () =>
      this.shutDown(),
    )
  }

  /** Stops, agreed or not. */
  shutDown(): void {
    if (this.begun) return
    this.begun = true
    this.timeout?.cancel()
    const { host, lifecycle, logs, services } = this.broker
    // Of the last registration: asked for now, the life cycle will not know another.
    const { brokerEpoch } = lifecycle
    lifecycle.close()
    for (const service of services) service.close()
    const thread = host.jobs.pool('log-closing', 1)
    for (const step of logs.shutdownSteps(brokerEpoch).flat()) thread.run('close-logs', step)
    thread.run('exit', () => host.exit())
  }
}
