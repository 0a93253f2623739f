import { beforeEach, describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { producerId, baseSequence, producerEpoch } from '../../src/records/record-batch.ts'
import { bytesFor, epochsOf, PID, ProducerRig, sequencesOf } from './producer-rig.ts'
import { answerProduce } from './rig.ts'

describe('an idempotent producer', () => {
  let rig: ProducerRig

  beforeEach(() => {
    rig = new ProducerRig()
  })

  it('asks for a producer id before its first batch, and numbers batches from 0 by their records (P-15)', () => {
    rig.start({ 'linger.ms': 5 })
    rig.send()
    rig.send()
    rig.clock.advance(5)
    rig.send()
    rig.clock.advance(5)
    expect(rig.network.requests('InitProducerId')).toHaveLength(1)
    expect(producerId(bytesFor(rig.produce[0]!), 0)).toBe(PID)
    expect(sequencesOf(rig)).toEqual([0, 2])
  })

  it('asks for the id again until it has one', () => {
    rig.start()
    rig.network.always('InitProducerId', (request) =>
      request.answer({ throttleTimeMs: 0, errorCode: 14, producerId: -1, producerEpoch: -1 }),
    )
    rig.send()
    rig.clock.advance(1000)
    expect(rig.network.requests('InitProducerId').length).toBeGreaterThan(8)
    expect(rig.network.requests('InitProducerId').length).toBeLessThan(12)
    expect(rig.produce).toHaveLength(0)
  })

  it('keeps the order with five in flight: retries leave in sequence, one at a time (P-16)', () => {
    rig.start()
    for (let i = 0; i < 5; i++) rig.send()
    expect(sequencesOf(rig)).toEqual([0, 1, 2, 3, 4])
    rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
    for (let i = 0; i < 4; i++) rig.refuse(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    rig.clock.advance(200)
    expect(sequencesOf(rig).slice(5)).toEqual([0])
    for (let offset = 0; offset < 5; offset++) {
      rig.ack(offset)
      rig.clock.advance(200)
    }
    expect(sequencesOf(rig).slice(5)).toEqual([0, 1, 2, 3, 4])
    expect(epochsOf(rig)).toEqual(Array.from({ length: 10 }, () => 0))
    expect(rig.outcomes()).toEqual(['0 ok 0', '1 ok 1', '2 ok 2', '3 ok 3', '4 ok 4'])
  })

  it('takes DUPLICATE_SEQUENCE_NUMBER for success without an offset (P-17)', () => {
    rig.start()
    rig.send()
    rig.refuse(Errors.DUPLICATE_SEQUENCE_NUMBER)
    expect(rig.outcomes()).toEqual(['0 ok -1'])
  })

  it('raises its epoch, and begins at 0, when the very next sequence is out of order (P-18, P-20)', () => {
    rig.start()
    rig.send()
    rig.ack()
    rig.send()
    rig.refuse(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    rig.clock.advance(200)
    expect(sequencesOf(rig)).toEqual([0, 1, 0])
    expect(epochsOf(rig)).toEqual([0, 0, 1])
  })

  describe('at UNKNOWN_PRODUCER_ID, of brokers before 2.5 (P-19),', () => {
    const UNKNOWN = Errors.UNKNOWN_PRODUCER_ID

    it('sends the batch again as it is while the start of the log is unknown', () => {
      rig.start()
      rig.send()
      rig.refuse(UNKNOWN, { logStartOffset: -1 })
      rig.clock.advance(200)
      expect([epochsOf(rig), sequencesOf(rig)]).toEqual([
        [0, 0],
        [0, 0],
      ])
    })

    it.each([0, 100])(
      'begins anew under a higher epoch, whether or not retention took its data (log start %d)',
      (start) => {
        rig.start()
        rig.send()
        rig.ack(50)
        rig.send()
        rig.refuse(UNKNOWN, { logStartOffset: start })
        rig.clock.advance(200)
        expect([epochsOf(rig), sequencesOf(rig)]).toEqual([
          [0, 0, 1],
          [0, 1, 0],
        ])
        rig.ack(51)
        expect(rig.outcomes()).toEqual(['0 ok 50', '1 ok 51'])
      },
    )

    it('raises its epoch once for all batches that were on their way', () => {
      rig.start()
      rig.send()
      rig.ack()
      rig.send()
      rig.send()
      rig.refuse(UNKNOWN)
      rig.refuse(UNKNOWN)
      rig.clock.advance(200)
      rig.ack(1)
      rig.clock.advance(200)
      expect([epochsOf(rig), sequencesOf(rig)]).toEqual([
        [0, 0, 0, 1, 1],
        [0, 1, 2, 0, 1],
      ])
    })
  })

  it('raises its epoch after a batch that failed for good: its sequences are a gap (P-22)', () => {
    rig.start()
    rig.send()
    rig.refuse(Errors.INVALID_RECORD)
    rig.send()
    expect([sequencesOf(rig), epochsOf(rig)]).toEqual([
      [0, 0],
      [0, 1],
    ])
  })

  it('goes on in sequence after a batch whose retries are used up: the broker may have it (P-22)', () => {
    rig.start({ retries: 1 })
    rig.send()
    rig.refuse(Errors.REQUEST_TIMED_OUT)
    rig.clock.advance(200)
    rig.refuse(Errors.REQUEST_TIMED_OUT)
    rig.send()
    expect([sequencesOf(rig), epochsOf(rig)]).toEqual([
      [0, 0, 1],
      [0, 0, 0],
    ])
  })

  it('other partitions go on as they were, in the new epoch once nothing of theirs is in flight (P-16, P-20)', () => {
    rig.leaders = [0, 1].map((i) => ({ leader: i + 1, epoch: 5 }))
    rig.start()
    rig.send(1)
    rig.send(0)
    answerProduce(
      rig.produce.find(({ to }) => to === 'broker-1')!,
      Errors.INVALID_RECORD,
    )
    rig.settle()
    rig.send(1)
    const toOne = () => rig.produce.filter(({ to }) => to === 'broker-2').map((request) => bytesFor(request, 1))
    expect(toOne().map((bytes) => [producerEpoch(bytes, 0), baseSequence(bytes, 0)])).toEqual([[0, 0]])
    rig.ack()
    expect(toOne().map((bytes) => [producerEpoch(bytes, 0), baseSequence(bytes, 0)])).toEqual([
      [0, 0],
      [1, 0],
    ])
  })

  it('sends nothing new after a retried batch expired before its fate is settled, then begins anew (P-21)', () => {
    rig.start({ 'delivery.timeout.ms': 2000, 'request.timeout.ms': 2000 })
    rig.send()
    rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
    rig.clock.advance(1000)
    rig.send()
    expect(sequencesOf(rig)).toEqual([0, 0, 1])
    rig.clock.advance(1000)
    expect(rig.outcomes()).toEqual(['0 unknown delivery timeout'])
    rig.send()
    expect(rig.produce).toHaveLength(3)
    // The one behind it is out of order: so the expired one never arrived.
    answerProduce(rig.produce[1]!, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    answerProduce(rig.produce[2]!, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    rig.clock.advance(200)
    expect(epochsOf(rig).slice(3, 4)).toEqual([1])
    expect(sequencesOf(rig).slice(3, 4)).toEqual([0])
  })
})
