// The recorded answers: one file a Kafka version, one line an exchange.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Exchange } from './transcript.ts'

export interface Recording {
  readonly kafka: string
  readonly plays: { readonly [name: string]: readonly Exchange[] }
}

export function readRecording(kafka: string): Recording | undefined {
  const file = fileOf(kafka)
  // Written by `writeRecording`.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : undefined
}

export function writeRecording({ kafka, plays }: Recording): void {
  const written = Object.entries(plays).map(([name, exchanges]) => {
    const lines = exchanges.map((exchange) => `  ${JSON.stringify(exchange)}`)
    return ` ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n ]`
  })
  writeFileSync(fileOf(kafka), `{\n"kafka": ${JSON.stringify(kafka)},\n"plays": {\n${written.join(',\n')}\n}\n}\n`)
}

function fileOf(kafka: string): string {
  return fileURLToPath(new URL(`./recorded/kafka-${kafka}.json`, import.meta.url))
}
