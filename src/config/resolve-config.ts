// From what a file sets to a whole configuration: defaults of the release, then the overrides, then what Kafka itself
// changes when keys depend on each other. Overrides must have been checked (`checkConfig`); a bad one is a defect here.

import { assert } from '../../sim/index.ts'
import type { BrokerConfig } from './broker-config.ts'
import { CONFIG_TABLES, keyDefinition } from './config-tables.ts'
import type { ConfigOf, ConfigScope, ConfigValue, KeyDefinition } from './key-definition.ts'
import { adjustConsumer, adjustProducer } from './key-rules.ts'
import { parseValue } from './parse-value.ts'
import type { TopicConfig } from './topic-config.ts'
import { isAtLeast, type KafkaVersion, type Release, valueSince } from './versions.ts'

/** What a file sets: Kafka's keys, values as YAML gives them. */
export type ConfigOverrides = { readonly [key: string]: unknown }

export type ConfigIn<Scope extends ConfigScope> = ConfigOf<(typeof CONFIG_TABLES)[Scope]>

/**
 * All keys of the scope, frozen. A topic's defaults are the release's; `resolveTopicConfig` takes them from a broker.
 * E.g. `resolveConfig('producer', '4.0', { acks: 1 })['linger.ms']` is 5.
 */
export function resolveConfig<Scope extends ConfigScope>(
  scope: Scope,
  version: KafkaVersion,
  overrides: ConfigOverrides = {},
): ConfigIn<Scope> {
  const values = withDefaults(CONFIG_TABLES[scope], version)
  override(scope, version, values, overrides)
  const isSet = (key: string): boolean => overrides[key] !== undefined
  if (scope === 'producer') adjustProducer(values, isSet, version)
  if (scope === 'consumer') adjustConsumer(values, isSet, version)
  // The table gives each key exactly the type that parseValue and its default have.
  return Object.freeze(Object.fromEntries(values)) as ConfigIn<Scope>
}

/** A topic on brokers of this configuration: what the topic does not set, they do. */
export function resolveTopicConfig(
  version: KafkaVersion,
  broker: BrokerConfig,
  overrides: ConfigOverrides = {},
): TopicConfig {
  const values = withDefaults(CONFIG_TABLES.topic, version)
  const brokerValues: { readonly [key: string]: ConfigValue } = broker
  for (const [key, definition] of Object.entries<KeyDefinition>(CONFIG_TABLES.topic)) {
    for (const { key: brokerKey, times } of definition.broker ?? []) {
      const value = brokerValues[brokerKey]
      if (value === undefined || value === null) continue
      // −1 hours are no limit, just as −1 ms are.
      values.set(key, times !== undefined && typeof value === 'number' && value >= 0 ? value * times : value)
      break
    }
  }
  override('topic', version, values, overrides)
  // As above.
  return Object.freeze(Object.fromEntries(values)) as TopicConfig
}

/** The default of a key in a release; in one that lacks the key, what holds there instead. */
export function defaultOf(definition: KeyDefinition, version: Release): ConfigValue {
  const { since, before } = definition
  if (since !== undefined && before !== undefined && !isAtLeast(version, since)) return before
  return valueSince(definition.defaultSince, version, definition.default)
}

function withDefaults(
  table: { readonly [key: string]: KeyDefinition },
  version: KafkaVersion,
): Map<string, ConfigValue> {
  return new Map(Object.entries(table).map(([key, definition]) => [key, defaultOf(definition, version)]))
}

function override(
  scope: ConfigScope,
  version: KafkaVersion,
  values: Map<string, ConfigValue>,
  overrides: ConfigOverrides,
): void {
  for (const [key, raw] of Object.entries(overrides)) {
    if (raw === undefined) continue
    const definition = keyDefinition(scope, key)
    assert(definition !== undefined, `'${key}' is no ${scope} config`)
    const parsed = parseValue(definition, version, raw)
    assert(parsed.ok, `${scope} config '${key}' is ${String(raw)}`)
    values.set(key, parsed.value)
  }
}
