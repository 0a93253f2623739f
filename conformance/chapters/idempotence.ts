// Idempotent produce: what a leader remembers of a producer, and what it refuses (R-45 – R-49, P-15).

import { batch } from '../batches.ts'
import { fetch, initProducerId, produce, type Request } from '../requests.ts'
import { ask, type Chapter } from '../step.ts'
import { producerId, topicReady } from '../waiting.ts'

const B = 1

export const IDEMPOTENCE: Chapter = {
  name: 'idempotence',
  *play() {
    const id = yield* topicReady([B], 'once')
    const pid = yield* producerId(B)
    const send = (sequence: number, records = 2, producerEpoch = 0, producer = pid): Request =>
      produce('once', 0, -1, batch({ producerId: producer, producerEpoch, sequence, records }))
    for (let n = 0; n < 6; n++) yield* ask(`sequence ${2 * n}`, B, send(2 * n))
    for (let n = 5; n >= 1; n--) yield* ask(`a duplicate of batch ${n}`, B, send(2 * n))
    yield* ask('a duplicate of batch 0, six batches ago', B, send(0))
    yield* ask('half of the last batch', B, send(11, 1))
    yield* ask('the last two batches in one', B, send(8, 4))
    yield* ask('a gap', B, send(14))
    yield* ask('in turn again', B, send(12))
    yield* ask('a lower epoch', B, send(14, 2, -1))
    yield* ask('a new epoch that does not begin with 0', B, send(5, 2, 1))
    yield* ask('a new epoch that begins with 0', B, send(0, 2, 1))
    yield* ask('in turn in the new epoch', B, send(2, 2, 1))
    yield* ask('the old epoch', B, send(14, 2, 0))
    yield* ask('a duplicate from the old epoch', B, send(12, 2, 0))
    yield* ask('an epoch far ahead', B, send(0, 1, 7))
    yield* ask('an unknown producer that begins with 0', B, send(0, 1, 0, 4_000_000))
    yield* ask('an unknown producer that begins with 9', B, send(9, 1, 0, 4_000_001))
    yield* ask('it goes on with 10', B, send(10, 1, 0, 4_000_001))
    yield* ask('an unknown producer in epoch 3', B, send(0, 1, 3, 4_000_002))
    yield* ask('the largest sequence', B, send(2_147_483_646, 2, 0, 4_000_003))
    yield* ask('after which comes 0', B, send(0, 1, 0, 4_000_003))
    yield* ask('without idempotence in between', B, produce('once', 0, -1, batch()))
    yield* ask('what the log holds', B, fetch(id, 0))
  },
}

export const PRODUCER_IDS: Chapter = {
  name: 'producer ids',
  *play() {
    yield* ask('the very first', B, initProducerId())
    yield* producerId(B)
    yield* ask('a new producer', B, initProducerId())
    yield* ask('another', B, initProducerId())
    yield* ask('an id of its own', B, initProducerId(5, 0))
    yield* ask('an epoch without an id', B, initProducerId(-1, 3))
    yield* ask('an id without an epoch', B, initProducerId(5, -1))
    yield* ask('an empty transactional id', B, initProducerId(-1, -1, ''))
  },
}
