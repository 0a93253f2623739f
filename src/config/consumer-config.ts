// The configuration of a consumer: every key with its value, under Kafka's own name.

import type { CONSUMER_KEYS } from './client-keys.ts'
import type { ConfigOf } from './key-definition.ts'

export type ConsumerConfig = ConfigOf<typeof CONSUMER_KEYS>
