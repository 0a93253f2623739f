// ListOffsets by every kind of timestamp, and OffsetForLeaderEpoch.

import { BASE_TIMESTAMP_MS, batch } from '../batches.ts'
import {
  EARLIEST,
  EARLIEST_LOCAL,
  epochEnd,
  LATEST,
  listOffsets,
  MAX_TIMESTAMP,
  produce,
  type Request,
} from '../requests.ts'
import { ask, type Chapter } from '../step.ts'
import { topicReady } from '../waiting.ts'

const B = 1

export const LIST_OFFSETS: Chapter = {
  name: 'list offsets',
  *play() {
    yield* topicReady([B], 'timed', { partitions: 2, replicas: 1 })
    const at = (timestamp: number, epoch?: number): Request => listOffsets('timed', 0, timestamp, epoch)
    yield* ask('the start of an empty log', B, at(EARLIEST))
    yield* ask('the end of an empty log', B, at(LATEST))
    yield* ask('the largest timestamp of an empty log', B, at(MAX_TIMESTAMP))
    yield* ask('a time in an empty log', B, at(BASE_TIMESTAMP_MS))
    const times = [
      [100, 110, 120],
      [400, 300, 310],
      [200, 210, 400],
    ]
    for (const [n, offsets] of times.entries()) {
      const timestamps = offsets.map((ms) => BASE_TIMESTAMP_MS + ms)
      yield* ask(`batch ${n}`, B, produce('timed', 0, -1, batch({ records: 3, timestamps })))
    }
    yield* ask('the start', B, at(EARLIEST))
    yield* ask('the end', B, at(LATEST))
    yield* ask('the largest timestamp, which two records have', B, at(MAX_TIMESTAMP))
    yield* ask('the start of what is local', B, at(EARLIEST_LOCAL))
    yield* ask('timestamp −5', B, at(-5))
    yield* ask('timestamp −7', B, at(-7))
    yield* ask('timestamp 0', B, at(0))
    for (const ms of [50, 100, 105, 120, 121, 310, 350, 400, 401]) {
      yield* ask(`${ms} ms after the base`, B, at(BASE_TIMESTAMP_MS + ms))
    }
    yield* ask('the end by transactions', B, listOffsets('timed', 0, LATEST, -1, 1))
    yield* ask('in the right epoch', B, at(LATEST, 0))
    yield* ask('in an epoch too high', B, at(LATEST, 1))
    yield* ask('in epoch −2', B, at(LATEST, -2))
    yield* ask('of an unknown topic', B, listOffsets('unknown', 0, LATEST))
    yield* ask('of an unknown partition', B, listOffsets('timed', 9, LATEST))
    yield* ask('as a follower', B, listOffsets('timed', 0, LATEST, -1, 0, 2))
    yield* ask('as a debugging consumer', B, listOffsets('timed', 0, LATEST, -1, 0, -2))
  },
}

export const EPOCH_ENDS: Chapter = {
  name: 'epoch ends',
  *play() {
    yield* topicReady([B], 'epochs')
    yield* ask('epoch 0 of an empty log', B, epochEnd('epochs', 0, 0))
    yield* ask('a batch', B, produce('epochs', 0, -1, batch({ records: 3 })))
    yield* ask('epoch 0', B, epochEnd('epochs', 0, 0))
    yield* ask('epoch 1, which is to come', B, epochEnd('epochs', 0, 1))
    yield* ask('epoch −1', B, epochEnd('epochs', 0, -1))
    yield* ask('epoch 0 in the right epoch', B, epochEnd('epochs', 0, 0, 0))
    yield* ask('epoch 0 in an epoch too high', B, epochEnd('epochs', 0, 0, 1))
    yield* ask('of an unknown topic', B, epochEnd('unknown', 0, 0))
    yield* ask('of an unknown partition', B, epochEnd('epochs', 3, 0))
  },
}
