// Configurations and switches as scenarios of 4.0 have them, with what a test changes.

import type { BrokerConfig } from '../../src/config/broker-config.ts'
import type { ConsumerConfig } from '../../src/config/consumer-config.ts'
import type { ProducerConfig } from '../../src/config/producer-config.ts'
import { type ConfigOverrides, resolveConfig } from '../../src/config/resolve-config.ts'
import { resolveSwitches, type Switches } from '../../src/switches/switches.ts'

export function brokerConfig(overrides: ConfigOverrides = {}): BrokerConfig {
  return resolveConfig('broker', '4.0', overrides)
}

export function producerConfig(overrides: ConfigOverrides = {}): ProducerConfig {
  return resolveConfig('producer', '4.0', overrides)
}

export function consumerConfig(overrides: ConfigOverrides = {}): ConsumerConfig {
  return resolveConfig('consumer', '4.0', overrides)
}

export function switches(overrides: Partial<Switches> = {}): Switches {
  return resolveSwitches('4.0', overrides)
}
