// Topic configs: what the jars say, with our notes.

import { TOPIC } from './generated/topic.ts'
import { joined } from './key-note.ts'
import { TOPIC_NOTES } from './notes/topic.ts'

export const TOPIC_KEYS = joined(TOPIC, TOPIC_NOTES)
