// Produce without idempotence: every acks, good and broken batches, and the bytes that end in the log (R-1, R-35, W-46).

import {
  BASE_TIMESTAMP_MS,
  batch,
  joined,
  legacyMessage,
  withAttributes,
  withBadCrc,
  withBaseOffset,
  withLastOffsetDelta,
  withLength,
  withMagic,
  withoutRecords,
  withRecordsCount,
} from '../batches.ts'
import { fetch, LATEST, listOffsets, produce, type Request } from '../requests.ts'
import { ask, type Chapter, tell } from '../step.ts'
import { committed, topicReady } from '../waiting.ts'

const B = 1
const DAYS_MS = 86_400_000

export const PRODUCE: Chapter = {
  name: 'produce',
  *play() {
    const id = yield* topicReady([B], 'orders', { partitions: 1, replicas: 1 })
    yield* ask('acks=all', B, produce('orders', 0, -1, batch()))
    yield* ask('acks=1', B, produce('orders', 0, 1, batch({ records: 3 })))
    yield* tell('acks=0', B, produce('orders', 0, 0, batch({ records: 2 })))
    yield* committed(B, 'orders', 0, 6)
    yield* ask('the log end after them', B, listOffsets('orders', 0, LATEST))
    yield* ask('acks=2', B, produce('orders', 0, 2, batch()))
    yield* ask('acks=−2', B, produce('orders', 0, -2, batch()))
    yield* ask('an unknown topic', B, produce('unknown', 0, -1, batch()))
    yield* ask('an unknown partition', B, produce('orders', 1, -1, batch()))
    yield* ask('partition −1', B, produce('orders', -1, -1, batch()))
    yield* tell('an unknown topic with acks=0', B, produce('unknown', 0, 0, batch()))
    yield* ask('a record without a key', B, produce('orders', 0, -1, batch({ key: null })))
    yield* ask(
      'timestamps that go back',
      B,
      produce('orders', 0, -1, batch({ records: 3, timestamps: timestamps(50, 20, 30) })),
    )
    yield* ask('a good and an unknown partition', B, two(produce('orders', 0, -1, batch()), 1))
    yield* ask('a transactional id', B, produce('orders', 0, -1, batch(), 'tx'))
    yield* ask('what the log holds', B, fetch(id, 0))
  },
}

export const BROKEN_BATCHES: Chapter = {
  name: 'broken batches',
  *play() {
    const id = yield* topicReady([B], 'broken', { configs: { 'max.message.bytes': '500' } })
    const good = batch({ records: 2 })
    const send = (records: Uint8Array | null): Request => produce('broken', 0, -1, records)
    yield* ask('a good one', B, send(good))
    yield* ask('two batches in one', B, send(joined(good, batch())))
    yield* ask('a wrong checksum', B, send(withBadCrc(good)))
    yield* tell('a wrong checksum with acks=0', B, produce('broken', 0, 0, withBadCrc(good)))
    yield* ask('base offset 5', B, send(withBaseOffset(good, 5)))
    yield* ask('base offset −1', B, send(withBaseOffset(good, -1)))
    yield* ask('magic 1', B, send(legacyMessage(1)))
    yield* ask('magic 0', B, send(legacyMessage(0)))
    yield* ask('magic 1 in a batch of magic 2', B, send(withMagic(good, 1)))
    yield* ask('magic 3', B, send(withMagic(good, 3)))
    yield* ask('no bytes', B, send(new Uint8Array(0)))
    yield* ask('a batch without records', B, send(withoutRecords(good)))
    yield* ask('half a batch', B, send(good.slice(0, 40)))
    yield* ask('all but its last byte', B, send(good.slice(0, good.length - 1)))
    yield* ask('one byte too many', B, send(joined(good, new Uint8Array(1))))
    yield* ask('a length of 10', B, send(withLength(good, 10)))
    yield* ask('a length of −1', B, send(withLength(good, -1)))
    yield* ask('a last offset delta too large', B, send(withLastOffsetDelta(good, 5)))
    yield* ask('a last offset delta too small', B, send(withLastOffsetDelta(good, 0)))
    yield* ask('more records promised than sent', B, send(withRecordsCount(good, 3)))
    yield* ask('a record that is not counted', B, send(withRecordsCount(withLastOffsetDelta(good, 0), 1)))
    yield* ask('a control batch', B, send(batch({ control: true, producerId: 77, sequence: 0 })))
    yield* ask('the append time as timestamp type', B, send(withAttributes(good, 0x08)))
    yield* ask('an unknown codec', B, send(withAttributes(good, 0x07)))
    yield* ask('a producer id without a sequence', B, send(batch({ producerId: 77, producerEpoch: 0 })))
    yield* ask('a sequence without a producer id', B, send(batch({ sequence: 3 })))
    yield* ask('more than max.message.bytes', B, send(batch({ values: ['x'.repeat(600)] })))
    yield* ask('a timestamp of −1', B, send(batch({ timestamps: [-1] })))
    yield* ask('a timestamp in 1970', B, send(batch({ timestamps: [1] })))
    yield* ask('what the log holds', B, fetch(id, 0))
  },
}

export const UNCHECKED_BATCHES: Chapter = {
  name: 'batches whose records nobody reads here',
  *play() {
    yield* topicReady([B], 'zipped')
    yield* ask('gzip without gzip', B, produce('zipped', 0, -1, withAttributes(batch(), 0x01)))
    yield* topicReady([B], 'future')
    const timestamps = [BASE_TIMESTAMP_MS + 75 * 365 * DAYS_MS]
    yield* ask('a timestamp in 2100', B, produce('future', 0, -1, batch({ timestamps })))
    yield* topicReady([B], 'compacted', { configs: { 'cleanup.policy': 'compact' } })
    yield* ask('a key in a compacted topic', B, produce('compacted', 0, -1, batch()))
    yield* ask('no key in a compacted topic', B, produce('compacted', 0, -1, batch({ key: null })))
  },
}

function timestamps(...offsetsMs: readonly number[]): BatchTimes {
  return offsetsMs.map((ms) => BASE_TIMESTAMP_MS + ms)
}

type BatchTimes = readonly number[]

/** The same request with its records for another partition too. */
function two({ api, body }: Request, otherIndex: number): Request {
  const [topic] = body['topicData'] as unknown as readonly [
    { name: string; partitionData: readonly [{ records: Uint8Array }] },
  ]
  const [{ records }] = topic.partitionData
  const partitionData = [...topic.partitionData, { index: otherIndex, records }]
  return { api, body: { ...body, topicData: [{ name: topic.name, partitionData }] } }
}
