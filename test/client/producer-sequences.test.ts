import { describe, expect, it } from 'vitest'
import { BuilderPool } from '../../src/client/builder-pool.ts'
import { ProducerBatch } from '../../src/client/producer-batch.ts'
import { ProducerSequences, type ProducerSwitches } from '../../src/client/producer-sequences.ts'

const KEY = 'orders-0'
const TODAY: ProducerSwitches = { renumberInOrder: true, trackBatchesByEpoch: true }

/** Five batches in flight, of a record each. */
function inFlight(switches: ProducerSwitches) {
  const sequences = new ProducerSequences(switches)
  sequences.initialize(77, 0)
  const builders = new BuilderPool()
  const batches = Array.from({ length: 5 }, (_, tag) => {
    const batch = new ProducerBatch(KEY, 0, 0, builders)
    batch.tryAppend(0, null, null, tag, 1000)
    sequences.assign(KEY, batch)
    return batch
  })
  return { sequences, batches }
}

const numbersOf = (batches: readonly ProducerBatch[]) =>
  batches.map(({ producerEpoch, baseSequence }) => `${producerEpoch}:${baseSequence}`)

describe('renumberInOrder (B-24): after the first of five was refused for good, those behind it are numbered', () => {
  function renumbered(renumberInOrder: boolean): string[] {
    const { sequences, batches } = inFlight({ ...TODAY, renumberInOrder })
    sequences.failed(KEY, batches[0]!, true)
    sequences.bumpIfNeeded()
    return numbersOf(batches.slice(1))
  }

  it('in the order in which they were sent', () => {
    expect(renumbered(true)).toEqual(['1:0', '1:1', '1:2', '1:3'])
  })

  it('or in that of a heap', () => {
    expect(renumbered(false)).toEqual(['1:0', '1:2', '1:1', '1:3'])
  })

  it('which is what may leave first', () => {
    const { sequences, batches } = inFlight({ ...TODAY, renumberInOrder: false })
    sequences.failed(KEY, batches[0]!, true)
    sequences.bumpIfNeeded()
    sequences.acknowledged(KEY, batches[1]!)
    expect(batches.slice(2).map((batch) => sequences.mayDrain(KEY, batch))).toEqual([false, true, false])
  })
})

describe('trackBatchesByEpoch (B-25): the late answer to a batch that was given up', () => {
  function tracked(trackBatchesByEpoch: boolean): boolean[] {
    const { sequences, batches } = inFlight({ ...TODAY, trackBatchesByEpoch })
    const [, second, third, fourth] = batches
    // The third gets the number that the second had.
    sequences.expired(KEY, batches[0]!)
    sequences.failed(KEY, second!, true)
    sequences.bumpIfNeeded()
    expect(numbersOf([second!, third!, fourth!])).toEqual(['0:1', '1:0', '1:1'])
    sequences.acknowledged(KEY, second!)
    return [third!, fourth!].map((batch) => sequences.isTracked(KEY, batch))
  }

  it('leaves those behind it alone', () => {
    expect(tracked(true)).toEqual([true, true])
  })

  it('or is taken for one to another that has its number now', () => {
    expect(tracked(false)).toEqual([true, false])
  })
})

describe('when all epochs are used up (P-20)', () => {
  it('another id is asked for, and what is in flight is numbered anew under it', () => {
    const { sequences, batches } = inFlight(TODAY)
    sequences.initialize(77, 32767)
    sequences.failed(KEY, batches[0]!, true)
    expect([sequences.bumpIfNeeded(), sequences.hasProducerId]).toEqual([false, false])
    sequences.initialize(78, 0)
    expect(sequences.bumpIfNeeded()).toBe(true)
    expect(batches.slice(1).map(({ producerId, baseSequence }) => [producerId, baseSequence])).toEqual(
      [0, 1, 2, 3].map((sequence) => [78, sequence]),
    )
  })
})

describe('a late success of a batch that was given up under another epoch', () => {
  it('counts as the last sequence acknowledged, as in Kafka: a gap before it is not seen', () => {
    const { sequences, batches } = inFlight(TODAY)
    const [first, second, third] = batches
    for (const batch of [first!, second!]) sequences.expired(KEY, batch)
    sequences.failed(KEY, third!, true)
    sequences.bumpIfNeeded()
    const epoch = sequences.producerEpoch
    sequences.acknowledged(KEY, second!)
    // It was 0:1, so that 1:0 does not come next: it is sent again as it is (P-18).
    sequences.outOfOrder(KEY, batches[3]!)
    batches[3]!.reopened = false
    sequences.outOfOrder(KEY, batches[3]!)
    sequences.bumpIfNeeded()
    expect(sequences.producerEpoch).toBe(epoch)
  })
})
