import { beforeEach, describe, expect, it } from 'vitest'
import { NO_BUGGIFY } from '../../src/buggify/buggify.ts'
import { BuilderPool } from '../../src/client/builder-pool.ts'
import { ProducerBatch } from '../../src/client/producer-batch.ts'
import { ProducerSequences } from '../../src/client/producer-sequences.ts'
import { PartitionQueue, RecordAccumulator } from '../../src/client/record-accumulator.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { decodeBatch } from '../../src/records/batch-reader.ts'
import { ProducerRig, recordsIn } from './producer-rig.ts'
import { answerProduce } from './rig.ts'

const TOO_LARGE = Errors.MESSAGE_TOO_LARGE
const KEY = 'orders-0'

/** `records` records of 100 bytes. */
function batchOf(records: number, tag = 0): ProducerBatch {
  const batch = new ProducerBatch(KEY, 7, 1000, new BuilderPool())
  for (let i = 0; i < records; i++) batch.tryAppend(1000 + i, null, new Uint8Array(100).fill(tag + i), tag + i, 1000)
  return batch
}

describe('the parts of a batch (P-23)', () => {
  it('hold its records in order, as many as fit batch.size, and take no more', () => {
    const parts = batchOf(5).split(300)
    expect(parts.map(({ tags }) => tags)).toEqual([[0, 1], [2, 3], [4]])
    const records = parts.map((part) => decodeBatch(part.bytes(), 0)).flat()
    expect(records).toMatchObject([0, 1, 2, 3, 4].map((n) => ({ timestampMs: 1000 + n, value: { 0: n } })))
    expect(parts.every((part) => part.isFull(1e6) && !part.tryAppend(1, null, null, 9, 1e6))).toBe(true)
  })

  it('are as old as it was, take no memory, and have never been sent', () => {
    const [part] = batchOf(5).split(300)
    expect(part).toMatchObject({ createdMs: 7, memoryBytes: 0, attempts: 0, inRetry: false })
  })

  it('may be in the log if it may be', () => {
    const batch = batchOf(5)
    batch.maybeAppended = true
    expect(batch.split(300).every(({ maybeAppended }) => maybeAppended)).toBe(true)
  })

  it('are numbered as its records were, and in flight in its place', () => {
    const sequences = new ProducerSequences()
    sequences.initialize(77, 0)
    const [first, second, third] = [batchOf(1), batchOf(5, 1), batchOf(1, 6)]
    for (const batch of [first, second, third]) sequences.assign(KEY, batch)
    const parts = second.split(300)
    expect(
      parts.map(({ producerId, producerEpoch, baseSequence }) => [producerId, producerEpoch, baseSequence]),
    ).toEqual([1, 3, 5].map((sequence) => [77, 0, sequence]))
    sequences.split(KEY, second, parts)
    sequences.acknowledged(KEY, first)
    // Retries leave in sequence, one at a time.
    expect([...parts, third].map((batch) => sequences.mayDrain(KEY, batch))).toEqual([true, false, false, false])
    for (const part of parts) sequences.acknowledged(KEY, part)
    expect(sequences.mayDrain(KEY, third)).toBe(true)
  })

  it('go to the front of the queue in order, with and without sequences', () => {
    const options = { batchSizeBytes: 300, lingerMs: 0, bufferMemoryBytes: 1e6, buggify: NO_BUGGIFY }
    const accumulator = new RecordAccumulator(options)
    const queue = new PartitionQueue('orders', 0)
    queue.batches.push(batchOf(1, 9))
    const plain = batchOf(5)
    accumulator.replaceBy(plain.split(300), queue, plain)
    expect(queue.batches.map(({ tags }) => tags[0])).toEqual([0, 2, 4, 9])

    const numbered = new PartitionQueue('orders', 0)
    const earlier = batchOf(1, 8)
    earlier.assign(77, 0, 0)
    numbered.batches.push(earlier, batchOf(1, 9))
    const large = batchOf(5)
    large.assign(77, 0, 1)
    accumulator.replaceBy(large.split(300), numbered, large)
    expect(numbered.batches.map(({ tags }) => tags[0])).toEqual([8, 0, 2, 4, 9])
  })
})

describe('a producer whose batch is too large (P-23)', () => {
  let rig: ProducerRig
  beforeEach(() => {
    rig = new ProducerRig()
  })

  function sendLargeBatch(config: { readonly [key: string]: unknown } = {}): void {
    rig.start({ 'batch.size': 1000, 'linger.ms': 5, ...config })
    for (let i = 0; i < 5; i++) rig.send(0, 100)
    rig.clock.advance(5)
  }

  it('gives it up if it holds one record', () => {
    rig.start()
    rig.send()
    rig.refuse(TOO_LARGE)
    expect(rig.outcomes()).toEqual(['0 fail MESSAGE_TOO_LARGE'])
  })

  it('sends the parts at once, and not as a retry: parts that are no smaller are refused until their time is over', () => {
    sendLargeBatch({ retries: 5 })
    for (let i = 0; i < 6; i++) rig.refuse(TOO_LARGE)
    expect(rig.produce.map((request) => recordsIn(request))).toEqual([5, 5, 5, 5, 5, 5, 5])
    expect(rig.clock.monotonicMs()).toBeLessThan(50)
    rig.network.always('Produce', (request) => rig.clock.after(500, 'late', () => answerProduce(request, TOO_LARGE)))
    rig.refuse(TOO_LARGE)
    rig.clock.advance(119_000)
    expect(rig.outcomes()).toEqual([])
    rig.clock.advance(1001)
    expect(rig.outcomes()[0]).toBe('0 unknown delivery timeout')
  })

  it('has memory for others again, and is idle when the parts are through', () => {
    sendLargeBatch({ 'buffer.memory': 1000 })
    rig.send(0, 300)
    expect(rig.produce).toHaveLength(1)
    rig.refuse(TOO_LARGE)
    expect(rig.isIdle).toBe(false)
    rig.ack()
    rig.clock.advance(5)
    rig.ack(5)
    expect(rig.outcomes()).toEqual(['0 ok 0', '1 ok 1', '2 ok 2', '3 ok 3', '4 ok 4', '5 ok 5'])
    expect(rig.isIdle).toBe(true)
  })
})
