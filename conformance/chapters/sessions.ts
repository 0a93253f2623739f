// Fetch sessions: a full fetch opens one, later ones name only what has changed.

import { batch } from '../batches.ts'
import { fetch, fetchSession, produce } from '../requests.ts'
import { ask, type Chapter } from '../step.ts'
import { topicReady } from '../waiting.ts'

const B = 1

export const FETCH_SESSIONS: Chapter = {
  name: 'fetch sessions',
  *play() {
    const id = yield* topicReady([B], 'session', { partitions: 2, replicas: 1 })
    yield* ask('a batch', B, produce('session', 0, -1, batch()))
    yield* ask('an unknown session', B, fetch(id, 0, { sessionId: 12_345, sessionEpoch: 1 }))
    yield* ask('an unknown session, to be closed', B, fetch(id, 0, { sessionId: 12_345, sessionEpoch: -1 }))
    yield* ask('epoch 1 without a session', B, fetch(id, 0, { sessionId: 0, sessionEpoch: 1 }))
    const opened = yield* ask('a session is opened', B, fetch(id, 0, { sessionId: 0, sessionEpoch: 0 }))
    const sessionId = opened.kind === 'answer' ? Number(opened.body['sessionId']) : 0
    yield* ask('nothing new is asked', B, fetchSession({ sessionId, sessionEpoch: 1 }))
    yield* ask('an epoch left out', B, fetchSession({ sessionId, sessionEpoch: 3 }))
    yield* ask('from the end', B, fetch(id, 0, { sessionId, sessionEpoch: 2, offset: 1 }))
    yield* ask('nothing to tell', B, fetchSession({ sessionId, sessionEpoch: 3 }))
    yield* ask('another partition joins', B, fetch(id, 1, { sessionId, sessionEpoch: 4 }))
    yield* ask('an unknown partition joins', B, fetch(id, 7, { sessionId, sessionEpoch: 5 }))
    yield* ask('it is told of again', B, fetchSession({ sessionId, sessionEpoch: 6 }))
    yield* ask('a new record', B, produce('session', 1, -1, batch()))
    yield* ask('is told', B, fetchSession({ sessionId, sessionEpoch: 7 }))
    yield* ask('the session is closed', B, fetchSession({ sessionId, sessionEpoch: -1 }))
    yield* ask('and unknown', B, fetchSession({ sessionId, sessionEpoch: 8 }))
  },
}
