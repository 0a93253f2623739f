// Configs of producers and consumers: what the jars say, with our notes.

import { CONSUMER } from './generated/consumer.ts'
import { PRODUCER } from './generated/producer.ts'
import { joined } from './key-note.ts'
import { CONSUMER_NOTES } from './notes/consumer.ts'
import { PRODUCER_NOTES } from './notes/producer.ts'

export const PRODUCER_KEYS = joined(PRODUCER, PRODUCER_NOTES)
export const CONSUMER_KEYS = joined(CONSUMER, CONSUMER_NOTES)
