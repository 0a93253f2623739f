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

  async ask(call: Call, port: number): Promise<Answer> {
    const { api, version, oneWay, body } = call
    const order = JSON.stringify({ port, api, version, oneWay, body }, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    )
    const line = once(this.lines, 'line') as Promise<[string]>
    this.process.stdin.write(order + '\n')
    const [text] = await Promise.race([line, this.gone])
    const result = JSON.parse(text) as Answer | { kind: 'failed'; reason: string }
    if (result.kind === 'failed') throw new Error(`${call.title}: ${result.reason}`)
    if (result.kind !== 'answer') return result
    return { kind: 'answer', body: withBytes(result.body) as JsonObject }
  }

  async close(): Promise<void> {
    const exited = once(this.process, 'exit')
    this.process.stdin.end()
    await exited
    this.lines.close()
  }
}

/** Record batches come in base64. */
function withBytes(value: Json, field = ''): Json {
  if (field === 'records' && typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'))
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withBytes(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBytes(inner, name)]))
}
