// Which released Kafka judges which of our versions.

import type { KafkaVersion } from '../src/config/versions.ts'

export interface Judge {
  readonly kafka: string
  readonly ours: KafkaVersion
}

export const JUDGES: readonly Judge[] = [
  { kafka: '4.0.2', ours: '4.0' },
  { kafka: '4.1.2', ours: '4.1' },
  // Newer than what is modelled: says whether ours is still Kafka's.
  { kafka: '4.4.0', ours: '4.1' },
]
