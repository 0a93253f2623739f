// The configuration of a topic: every key with its value, under Kafka's own name.

import type { TOPIC_KEYS } from './topic-keys.ts'
import type { ConfigOf } from './key-definition.ts'

export type TopicConfig = ConfigOf<typeof TOPIC_KEYS>
