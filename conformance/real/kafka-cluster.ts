// A real cluster on the loopback interface: one dedicated KRaft controller and brokers, each a Java process with its
// directory below a temporary one. Everything is killed and removed at the end, however that comes.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerConfig, REAL_BROKER_CONFIG } from '../cluster-config.ts'

const CONTROLLER_ID = 3000
const CLUSTER_ID = 'Y29uZm9ybWFuY2UtMDAwMQ'
const STOP_TIMEOUT_MS = 30_000
/** Small and quick to start, for brokers that live a minute. */
const JAVA_FLAGS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

export class KafkaCluster {
  private readonly classPath: string
  private readonly dir = mkdtempSync(join(tmpdir(), 'kafkasim-conformance-'))
  private readonly ports = new Map<number, number>()
  private readonly processes = new Map<number, ChildProcess>()

  private constructor(classPath: string) {
    this.classPath = classPath
    // Also when this process is told to end, or ends by an error nobody caught.
    process.once('exit', this.clearAway)
    for (const signal of SIGNALS) process.once(signal, exitBySignal)
  }

  static async start(classPath: string, brokers: readonly number[]): Promise<KafkaCluster> {
    const cluster = new KafkaCluster(classPath)
    try {
      for (const id of [CONTROLLER_ID, ...brokers]) cluster.ports.set(id, await freePort())
      for (const id of [CONTROLLER_ID, ...brokers]) {
        writeFileSync(cluster.settingsOf(id), cluster.settings(id))
        await cluster.format(id)
      }
      for (const id of [CONTROLLER_ID, ...brokers]) cluster.startNode(id)
    } catch (error) {
      await cluster.close()
      throw error
    }
    return cluster
  }

  /** The port of a broker, or of the controller. */
  portOf(node: number | 'controller'): number {
    const port = this.ports.get(node === 'controller' ? CONTROLLER_ID : node)
    if (port === undefined) throw new Error(`no node ${node}`)
    return port
  }

  startNode(id: number): void {
    const log = openSync(join(this.dir, `node-${id}.log`), 'a')
    const node = this.java(['kafka.Kafka', this.settingsOf(id)], log)
    closeSync(log)
    this.processes.set(id, node)
  }

  async kill(id: number): Promise<void> {
    await this.end(id, 'SIGKILL')
  }

  /** Controlled shutdown, as by a service manager. */
  async stop(id: number): Promise<void> {
    const timer = setTimeout(() => this.processes.get(id)?.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await this.end(id, 'SIGTERM')
    clearTimeout(timer)
  }

  async close(): Promise<void> {
    for (const id of this.processes.keys()) await this.kill(id)
    this.clearAway()
    process.off('exit', this.clearAway)
    for (const signal of SIGNALS) process.off(signal, exitBySignal)
  }

  private readonly clearAway = (): void => {
    for (const node of this.processes.values()) node.kill('SIGKILL')
    // A process that was just killed may still be writing.
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  private async end(id: number, signal: NodeJS.Signals): Promise<void> {
    const node = this.processes.get(id)
    if (node === undefined || node.exitCode !== null || node.signalCode !== null) return
    const exited = once(node, 'exit')
    node.kill(signal)
    await exited
  }

  private async format(id: number): Promise<void> {
    const args = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', this.settingsOf(id)]
    const [status] = (await once(this.java(args, 'ignore'), 'exit')) as [number | null]
    if (status !== 0) throw new Error(`the storage of node ${id} was not formatted`)
  }

  private java(args: readonly string[], output: number | 'ignore'): ChildProcess {
    const all = [...JAVA_FLAGS, '-cp', this.classPath, ...args]
    return spawn('java', all, { cwd: this.dir, stdio: ['ignore', output, output] })
  }

  private settingsOf(id: number): string {
    return join(this.dir, `node-${id}.properties`)
  }

  private settings(id: number): string {
    const isController = id === CONTROLLER_ID
    const lines = {
      'process.roles': isController ? 'controller' : 'broker',
      'node.id': id,
      'controller.quorum.voters': `${CONTROLLER_ID}@127.0.0.1:${this.portOf('controller')}`,
      'controller.listener.names': 'CONTROLLER',
      listeners: `${isController ? 'CONTROLLER' : 'PLAINTEXT'}://127.0.0.1:${this.portOf(id)}`,
      'log.dirs': join(this.dir, `node-${id}`),
      ...brokerConfig(this.ports.size - 1),
      ...REAL_BROKER_CONFIG,
    }
    return Object.entries(lines)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('')
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function exitBySignal(): never {
  process.exit(130)
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
