// The configuration of brokers under test.

import { BROKER_KEYS } from '../../src/config/broker-keys.ts'
import type { BrokerConfig } from '../../src/config/broker-config.ts'

/** Kafka's defaults. */
export function testConfig(): BrokerConfig {
  const defaults = Object.entries(BROKER_KEYS).map(([key, definition]) => [key, definition.default])
  // The table's keys with values of the table's types.
  return Object.fromEntries(defaults) as BrokerConfig
}
