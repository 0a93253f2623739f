// The four tables by scope, and look-ups over all of them: what a key is, and where else it would belong.

import { BROKER_KEYS } from './broker-keys.ts'
import { CONSUMER_KEYS, PRODUCER_KEYS } from './client-keys.ts'
import { CONFIG_SCOPES, type ConfigScope, type KeyDefinition, type KeyTable } from './key-definition.ts'
import { TOPIC_KEYS } from './topic-keys.ts'

export const CONFIG_TABLES = {
  broker: BROKER_KEYS,
  topic: TOPIC_KEYS,
  producer: PRODUCER_KEYS,
  consumer: CONSUMER_KEYS,
} as const satisfies { readonly [Scope in ConfigScope]: KeyTable }

/** Undefined if the scope has no such key. */
export function keyDefinition(scope: ConfigScope, key: string): KeyDefinition | undefined {
  const table: KeyTable = CONFIG_TABLES[scope]
  return Object.hasOwn(table, key) ? table[key] : undefined
}

export function keysOf(scope: ConfigScope): readonly string[] {
  return Object.keys(CONFIG_TABLES[scope])
}

/** The scopes that have a key of this name. */
export function scopesOf(key: string): readonly ConfigScope[] {
  return CONFIG_SCOPES.filter((scope) => keyDefinition(scope, key) !== undefined)
}

/** The topic key that a broker key gives the default of, or the broker key behind a topic key; undefined if neither. */
export function counterpart(scope: 'broker' | 'topic', key: string): string | undefined {
  if (scope === 'topic') return keyDefinition('topic', key)?.broker?.[0]?.key
  return keysOf('topic').find((topicKey) => keyDefinition('topic', topicKey)?.broker?.some((b) => b.key === key))
}
