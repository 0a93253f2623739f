// Plays the script on a simulated cluster: a client process asks over the simulated network, and the world runs until
// it has its answer.

import { resolveConfig } from '../src/config/resolve-config.ts'
import type { KafkaVersion } from '../src/config/versions.ts'
import { NetworkClient, type NodeAddress } from '../src/network/network-client.ts'
import { API_NAMES, API_VERSIONS, type ApiName } from '../src/protocol/api-keys.ts'
import type { RequestOf } from '../src/protocol/messages.ts'
import {
  BROKER_PORT,
  CONTROLLER_ID,
  CONTROLLER_PORT,
  SimulatedCluster,
} from '../src/scenario/cluster/simulated-cluster.ts'
import { METADATA_VERSIONS, resolveFeatures } from '../src/switches/features.ts'
import { resolveSwitches } from '../src/switches/switches.ts'
import { brokerConfig } from './cluster-config.ts'
import type { Answer, Call, JsonObject, Play, Script, Target } from './step.ts'
import { Transcript } from './transcript.ts'

const MS = 1000
const CLUSTER_ID = 'conformance-cluster-01'
const ANSWER_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 30_000
/** How long the connection of a request without an answer is watched. */
const SILENCE_MS = 500

export class SimulatedPlayer {
  private readonly cluster: SimulatedCluster
  private readonly clients = new Map<string, NetworkClient>()
  private connect: ((name: string) => NetworkClient) | undefined
  /** Requests that were begun, and what was heard of them. */
  private readonly begun = new Map<Call, Answer[]>()

  constructor(version: KafkaVersion, brokers: readonly number[], seed = 1) {
    this.cluster = new SimulatedCluster({ seed })
    const config = resolveConfig('broker', version, brokerConfig(brokers.length))
    const switches = resolveSwitches(version)
    const port = CONTROLLER_PORT
    const metadataVersion = METADATA_VERSIONS[resolveFeatures(version)['metadata.version']].level
    this.cluster.addController({
      nodeId: CONTROLLER_ID,
      clusterId: CLUSTER_ID,
      port,
      config,
      switches,
      metadataVersion,
    })
    const controller = addressOf('controller')
    for (const brokerId of brokers) {
      this.cluster.addBroker({
        brokerId,
        clusterId: CLUSTER_ID,
        rack: null,
        port: BROKER_PORT,
        controller,
        config,
        switches,
      })
    }
    const client = this.cluster.addProcess('client-1', (host) => {
      this.connect = (name) =>
        new NetworkClient(
          host,
          {
            clientId: 'conformance',
            requestTimeoutMs: ANSWER_TIMEOUT_MS,
            reconnectBackoffMs: 1,
            reconnectBackoffMaxMs: 1,
            connectionSetupTimeoutMs: 1000,
            maxInFlight: 1,
          },
          host.random.stream(`conformance/${name}`),
        )
    })
    this.cluster.startServers()
    client.start()
  }

  play(play: Play): Transcript {
    const transcript = new Transcript()
    for (const { name, play: begin } of play.chapters) this.playChapter(name, begin(), transcript)
    return transcript
  }

  private playChapter(name: string, script: Script, transcript: Transcript): void {
    let next = script.next({ kind: 'silence' })
    while (next.done !== true) {
      const step = next.value
      let answer: Answer = { kind: 'silence' }
      switch (step.kind) {
        case 'call':
          answer = step.oneWay ? this.tell(step) : this.ask(step)
          transcript.add(name, step, answer)
          break
        case 'begin':
          this.begun.set(step.call, this.sent(step.call))
          break
        case 'hear':
          answer = this.outcome(step.call, this.begun.get(step.call) ?? [])
          transcript.add(name, step.call, answer)
          break
        case 'pause':
          this.run(step.ms)
          break
        case 'kill':
          this.processOf(step.broker).crash()
          break
        case 'stop':
          this.stop(step.broker)
          break
        case 'start':
          this.processOf(step.broker).start()
          break
        default:
          step satisfies never
      }
      next = script.next(answer)
    }
  }

  private ask(call: Call): Answer {
    return this.outcome(call, this.sent(call))
  }

  /** What is heard of a request goes into the list. */
  private sent({ to, api, body, connection }: Call): Answer[] {
    const heard: Answer[] = []
    this.connected(connection).send(addressOf(to), builtApi(api), requestBody(body), {
      // Structures of answers are JSON, but for record batches, which are bytes here as well.
      onResponse: (response) => heard.push({ kind: 'answer', body: response as unknown as JsonObject }),
      onFailure: (reason) => heard.push({ kind: reason === 'timeout' ? 'silence' : 'closed' }),
    })
    return heard
  }

  private outcome({ api }: Call, heard: readonly Answer[]): Answer {
    for (let waitedMs = 0; waitedMs <= 2 * ANSWER_TIMEOUT_MS; waitedMs++) {
      if (heard[0] !== undefined) return heard[0]
      this.run(1)
    }
    throw new Error(`${api} has no outcome`)
  }

  private tell({ to, api, body, connection }: Call): Answer {
    const address = addressOf(to)
    for (let waitedMs = 0; !this.connected(connection).ready(address); waitedMs++) {
      if (waitedMs > ANSWER_TIMEOUT_MS) return { kind: 'closed' }
      this.run(1)
    }
    this.connected(connection).sendOneWay(address, builtApi(api), requestBody(body))
    this.run(SILENCE_MS)
    return { kind: this.connected(connection).ready(address) ? 'silence' : 'closed' }
  }

  private stop(broker: number): void {
    const process = this.processOf(broker)
    process.terminate()
    for (let waitedMs = 0; process.alive; waitedMs++) {
      if (waitedMs > STOP_TIMEOUT_MS) throw new Error(`broker ${broker} does not stop`)
      this.run(1)
    }
  }

  private connected(name: string): NetworkClient {
    const known = this.clients.get(name)
    if (known !== undefined) return known
    if (this.connect === undefined) throw new Error('the client has not started')
    const client = this.connect(name)
    this.clients.set(name, client)
    return client
  }

  private processOf(broker: number) {
    return this.cluster.world.process(`broker-${broker}`)
  }

  private run(ms: number): void {
    this.cluster.world.run(this.cluster.world.loop.nowUs + ms * MS)
  }
}

function addressOf(target: Target): NodeAddress {
  return target === 'controller'
    ? { id: CONTROLLER_ID, host: `controller-${CONTROLLER_ID}`, port: CONTROLLER_PORT }
    : { id: target, host: `broker-${target}`, port: BROKER_PORT }
}

function builtApi(name: string): ApiName {
  const api = API_NAMES.find((known) => known === name)
  if (api === undefined) throw new Error(`${name} is not built`)
  return api
}

/** The script builds whole bodies by the rules of each API, which a generic player cannot see. */
function requestBody(body: JsonObject): RequestOf<ApiName> {
  return body as unknown as RequestOf<ApiName>
}

/** The version at which our nodes are asked, for the check that it is the script's. */
export function ourVersionOf(api: string): number {
  return API_VERSIONS[builtApi(api)]
}
