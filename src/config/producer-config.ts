// The configuration of a producer: every key with its value, under Kafka's own name.

import type { PRODUCER_KEYS } from './client-keys.ts'
import type { ConfigOf } from './key-definition.ts'

export type ProducerConfig = ConfigOf<typeof PRODUCER_KEYS>
