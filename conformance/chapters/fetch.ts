// Fetch at every border of a log, with every kind of epoch, as consumer and as a follower nobody knows.

import { batch, BASE_TIMESTAMP_MS } from '../batches.ts'
import {
  deleteRecords,
  EARLIEST,
  fetch,
  type FetchFields,
  LATEST,
  listOffsets,
  produce,
  type Request,
} from '../requests.ts'
import { ask, type Chapter } from '../step.ts'
import { topicReady } from '../waiting.ts'

const B = 1
const UNKNOWN_ID = 'dW5rbm93bi10b3BpYy1pZA'

export const FETCH: Chapter = {
  name: 'fetch',
  *play() {
    const id = yield* topicReady([B], 'read', { partitions: 2, replicas: 1 })
    const get = (fields: FetchFields = {}): Request => fetch(id, 0, fields)
    yield* ask('an empty log', B, get())
    yield* ask('beyond an empty log', B, get({ offset: 1 }))
    for (let n = 0; n < 4; n++) {
      const timestamps = [0, 1, 2].map((i) => BASE_TIMESTAMP_MS + 1000 * n + i)
      yield* ask(`batch ${n}`, B, produce('read', 0, -1, batch({ records: 3, timestamps })))
    }
    yield* ask('from the start', B, get())
    yield* ask('from the second batch', B, get({ offset: 3 }))
    yield* ask('from the middle of the second batch', B, get({ offset: 4 }))
    yield* ask('from the last record', B, get({ offset: 11 }))
    yield* ask('from the log end', B, get({ offset: 12 }))
    yield* ask('beyond the log end', B, get({ offset: 13 }))
    yield* ask('from −1', B, get({ offset: -1 }))
    yield* ask('one byte at most, of the partition', B, get({ partitionMaxBytes: 1 }))
    yield* ask('one byte at most, in all', B, get({ maxBytes: 1 }))
    yield* ask('no bytes at most', B, get({ maxBytes: 0, partitionMaxBytes: 0 }))
    yield* ask('a batch and a bit', B, get({ partitionMaxBytes: 130 }))
    yield* ask('what is committed by transactions', B, get({ offset: 9, isolationLevel: 1 }))
    yield* ask('the right epoch', B, get({ offset: 9, currentLeaderEpoch: 0 }))
    yield* ask('an epoch too high', B, get({ offset: 9, currentLeaderEpoch: 1 }))
    yield* ask('epoch −2', B, get({ offset: 9, currentLeaderEpoch: -2 }))
    yield* ask('last fetched in epoch 0', B, get({ offset: 9, lastFetchedEpoch: 0 }))
    yield* ask('last fetched in epoch 0 beyond the end', B, get({ offset: 20, lastFetchedEpoch: 0 }))
    yield* ask('last fetched in epoch 3', B, get({ offset: 9, lastFetchedEpoch: 3 }))
    yield* ask('an unknown topic id', B, fetch(UNKNOWN_ID, 0))
    yield* ask('an unknown partition', B, fetch(id, 7))
    yield* ask('the other, empty partition', B, fetch(id, 1))
    yield* ask('as a replica nobody knows', B, get({ replicaId: 9, replicaEpoch: 1 }))
    yield* ask('as the leader itself', B, get({ replicaId: 1 }))
    yield* ask('as a debugging consumer', B, get({ offset: 9, replicaId: -2 }))
  },
}

export const DELETE_RECORDS: Chapter = {
  name: 'delete records',
  *play() {
    const id = yield* topicReady([B], 'cut')
    for (let n = 0; n < 3; n++) yield* ask(`batch ${n}`, B, produce('cut', 0, -1, batch({ records: 3 })))
    yield* ask('up to offset 0', B, deleteRecords('cut', 0, 0))
    yield* ask('up to the middle of the second batch', B, deleteRecords('cut', 0, 4))
    yield* ask('what the log holds then', B, listOffsets('cut', 0, EARLIEST))
    yield* ask('fetch below the start', B, fetch(id, 0, { offset: 3 }))
    yield* ask('fetch at the start', B, fetch(id, 0, { offset: 4 }))
    yield* ask('produce', B, produce('cut', 0, -1, batch()))
    yield* ask('back to offset 2', B, deleteRecords('cut', 0, 2))
    yield* ask('offset −2', B, deleteRecords('cut', 0, -2))
    yield* ask('beyond the high watermark', B, deleteRecords('cut', 0, 11))
    yield* ask('up to the high watermark, by −1', B, deleteRecords('cut', 0, -1))
    yield* ask('the start is the end', B, listOffsets('cut', 0, EARLIEST))
    yield* ask('the end', B, listOffsets('cut', 0, LATEST))
    yield* ask('fetch from the end', B, fetch(id, 0, { offset: 10 }))
    yield* ask('an unknown topic', B, deleteRecords('unknown', 0, 1))
    yield* ask('an unknown partition', B, deleteRecords('cut', 5, 1))
    yield* topicReady([B], 'kept', { configs: { 'cleanup.policy': 'compact' } })
    yield* ask('of a compacted topic', B, deleteRecords('kept', 0, 0))
  },
}
