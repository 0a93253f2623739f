// Asks real brokers through KafkaWire.java, a process that turns JSON into Kafka's bytes and back.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Answer, Call, Json, JsonObject } from '../step.ts'

const SOURCE = fileURLToPath(new URL('../KafkaWire.java', import.meta.url))

export class KafkaWire {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>
  private readonly lines: Interface
  /** Fails when the process ends. */
  private readonly gone: Promise<never>

  constructor(classPath: string) {
    const args = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classPath, SOURCE]
    this.process = spawn('java', args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.lines = createInterface({ input: this.process.stdout })
    this.gone = once(this.process, 'exit').then(() => {
      throw new Error('the Java side has ended')
    })
    // It ends in the end, when nobody asks any more.
    this.gone.catch(() => {})
  }

  /** Sends a request, or waits for the answer to one that was sent before, or both. */
  async ask(call: Call, port: number, phase: 'ask' | 'begin' | 'hear' = 'ask'): Promise<Answer> {
    const { api, version, oneWay, body, connection } = call
    const order = JSON.stringify({ port, connection, phase, api, version, oneWay, body }, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    )
    const line = once(this.lines, 'line') as Promise<[string]>
    this.process.stdin.write(order + '\n')
    const [text] = await Promise.race([line, this.gone])
    const result = JSON.parse(text) as Answer | { kind: 'failed'; reason: string }
    if (result.kind === 'failed') throw new Error(`${call.title}: ${result.reason}`)
    if (result.kind !== 'answer') return result
    return { kind: 'answer', body: withBytes(result.body, call.api) as JsonObject }
  }

  async close(): Promise<void> {
    const exited = once(this.process, 'exit')
    this.process.stdin.end()
    await exited
    this.lines.close()
  }
}

/** Bytes come in base64. */
const BYTES: { readonly [api: string]: ReadonlySet<string> } = {
  Fetch: new Set(['records']),
  JoinGroup: new Set(['metadata']),
  SyncGroup: new Set(['assignment']),
  DescribeGroups: new Set(['memberMetadata', 'memberAssignment']),
}

function withBytes(value: Json, api: string, field = ''): Json {
  if (typeof value === 'string' && BYTES[api]?.has(field) === true) return new Uint8Array(Buffer.from(value, 'base64'))
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withBytes(item, api))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBytes(inner, api, name)]))
}
