// The tables by scope, and look-ups over all of them: what a key is, and where else it would belong.

import { BROKER_KEYS } from './broker-keys.ts'
import { CONSUMER_KEYS, PRODUCER_KEYS } from './client-keys.ts'
import { ADMIN } from './generated/admin.ts'
import { GROUP } from './generated/group.ts'
import {
  ALL_SCOPES,
  type AnyScope,
  CONFIG_SCOPES,
  type ConfigScope,
  type KeyDefinition,
  type KeyTable,
} from './key-definition.ts'
import { joined } from './key-note.ts'
import { ADMIN_NOTES } from './notes/admin.ts'
import { GROUP_NOTES } from './notes/group.ts'
import { TOPIC_KEYS } from './topic-keys.ts'

export const CONFIG_TABLES = {
  broker: BROKER_KEYS,
  topic: TOPIC_KEYS,
  producer: PRODUCER_KEYS,
  consumer: CONSUMER_KEYS,
} as const satisfies { readonly [Scope in ConfigScope]: KeyTable }

/** Those, too, that a scenario has no place for. */
export const ALL_CONFIG_TABLES: { readonly [Scope in AnyScope]: KeyTable } = {
  ...CONFIG_TABLES,
  admin: joined(ADMIN, ADMIN_NOTES),
  group: joined(GROUP, GROUP_NOTES),
}

/** Undefined if the scope has no such key. */
export function keyDefinition(scope: AnyScope, key: string): KeyDefinition | undefined {
  const table = ALL_CONFIG_TABLES[scope]
  return Object.hasOwn(table, key) ? table[key] : undefined
}

export function keysOf(scope: AnyScope): readonly string[] {
  return Object.keys(ALL_CONFIG_TABLES[scope])
}

/** The scopes with a place in scenarios that have a key of this name. */
export function scopesOf(key: string): readonly ConfigScope[] {
  return CONFIG_SCOPES.filter((scope) => keyDefinition(scope, key) !== undefined)
}

/** All that have one. */
export function everyScopeOf(key: string): readonly AnyScope[] {
  return ALL_SCOPES.filter((scope) => keyDefinition(scope, key) !== undefined)
}

/** The topic key that a broker key gives the default of, or the broker key behind a topic key; undefined if neither. */
export function counterpart(scope: 'broker' | 'topic', key: string): string | undefined {
  if (scope === 'topic') return keyDefinition('topic', key)?.broker?.[0]?.key
  return keysOf('topic').find((topicKey) => keyDefinition('topic', topicKey)?.broker?.some((b) => b.key === key))
}
