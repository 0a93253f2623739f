// Runs ExtractConfigs.java with the jars of a release and reads what it prints.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { kafkaClassPath } from '../../conformance/real/kafka-jars.ts'
import type { JarRow } from './jar-row.ts'

const PROGRAM = fileURLToPath(new URL('ExtractConfigs.java', import.meta.url))

export interface ReleaseFacts {
  readonly keys: readonly JarRow[]
  /** Broker keys that can be changed while it runs. */
  readonly updateModes: ReadonlyMap<string, string>
  /** The broker keys behind each topic key, with what they are to be multiplied by. */
  readonly topicSynonyms: ReadonlyMap<string, readonly { readonly key: string; readonly times: number }[]>
  readonly brokerSynonyms: ReadonlyMap<string, readonly string[]>
}

type Line =
  | JarRow
  | { readonly of: string; readonly mode: string }
  | { readonly of: string; readonly synonyms: readonly { readonly key: string; readonly one: string }[] }
  | { readonly of: string; readonly brokerSynonyms: readonly string[] }

export function releaseFacts(jars: string): ReleaseFacts {
  const java = spawnSync('java', ['-cp', kafkaClassPath(jars), PROGRAM], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (java.error !== undefined) throw new Error('Java 17 or later (java) is needed', { cause: java.error })
  if (java.status !== 0) throw new Error(`Kafka ${jars} cannot be read:\n${java.stderr}`)
  const keys: JarRow[] = []
  const updateModes = new Map<string, string>()
  const topicSynonyms = new Map<string, { key: string; times: number }[]>()
  const brokerSynonyms = new Map<string, readonly string[]>()
  for (const text of java.stdout.trim().split('\n')) {
    // Our own program wrote it.
    const line = JSON.parse(text) as Line
    if ('scope' in line) keys.push(line)
    else if ('mode' in line) {
      if (line.mode !== 'read-only') updateModes.set(line.of, line.mode)
    } else if ('synonyms' in line) {
      topicSynonyms.set(
        line.of,
        line.synonyms.map(({ key, one }) => ({ key, times: Number(one) })),
      )
    } else brokerSynonyms.set(line.of, line.brokerSynonyms)
  }
  return { keys, updateModes, topicSynonyms, brokerSynonyms }
}
