// Metadata of what is there and what is not.

import { createTopic, metadata, type Request } from '../requests.ts'
import { ask, type Chapter } from '../step.ts'
import { topicReady } from '../waiting.ts'

const B = 1
const UNKNOWN_ID = 'dW5rbm93bi10b3BpYy1pZA'

export const METADATA: Chapter = {
  name: 'metadata',
  *play() {
    yield* ask('all topics when there are none', B, metadata(null))
    yield* ask('no topics', B, metadata([]))
    const id = yield* topicReady([B], 'known', { partitions: 2, replicas: 1 })
    yield* topicReady([B], 'other')
    yield* ask('a known topic by name', B, metadata(['known']))
    yield* ask('a known topic by id', B, metadata([{ id }]))
    yield* ask('all topics', B, metadata(null))
    yield* ask('an unknown topic', B, metadata(['absent']))
    yield* ask('an unknown id', B, metadata([{ id: UNKNOWN_ID }]))
    yield* ask('a known and an unknown topic', B, metadata(['known', 'absent']))
    yield* ask('the same topic twice', B, metadata(['known', 'known']))
    yield* ask('a name that no topic can have', B, metadata(['no/topic']))
    yield* ask('an empty name', B, metadata(['']))
    yield* ask('a name and an id', B, both('known', id))
    yield* ask('an unknown topic that might be created', B, creating(metadata(['absent'])))
    yield* ask('it was not', 'controller', createTopic('absent'))
  },
}

function both(name: string, topicId: string): Request {
  const { api, body } = metadata([name])
  return { api, body: { ...body, topics: [{ name, topicId }] } }
}

function creating({ api, body }: Request): Request {
  return { api, body: { ...body, allowAutoTopicCreation: true } }
}
