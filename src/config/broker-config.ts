// The configuration of a broker: every key with its value, under Kafka's own name.

import type { BROKER_KEYS } from './broker-keys.ts'
import type { ConfigOf } from './key-definition.ts'

export type BrokerConfig = ConfigOf<typeof BROKER_KEYS>
