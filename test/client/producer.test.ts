import { beforeEach, describe, expect, it } from 'vitest'
import { mayHaveAppended } from '../../src/client/producer-outcome.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { bytesFor, ProducerRig, recordsIn } from './producer-rig.ts'
import { answerProduce } from './rig.ts'

describe('a producer', () => {
  let rig: ProducerRig

  beforeEach(() => {
    rig = new ProducerRig()
  })

  describe('batches records (P-3, P-4)', () => {
    it('of one partition while they linger, and sends them when linger.ms is over', () => {
      rig.start({ 'linger.ms': 20 })
      rig.send()
      rig.clock.advance(10)
      rig.send()
      rig.send()
      rig.clock.advance(9)
      expect(rig.produce).toHaveLength(0)
      rig.clock.advance(1)
      expect(rig.produce.map((request) => recordsIn(request))).toEqual([3])
    })

    it('up to batch.size bytes, and does not let a full batch linger', () => {
      rig.start({ 'linger.ms': 20, 'batch.size': 200 })
      rig.send(0, 70)
      expect(rig.produce).toHaveLength(0)
      rig.send(0, 70)
      // The second one did not fit: the first batch is closed, and leaves.
      expect(rig.produce.map((request) => recordsIn(request))).toEqual([1])
    })

    it('one batch of a partition in a request, those of all partitions of a broker, lingering or not', () => {
      rig.leaders = [0, 1, 2].map((i) => ({ leader: i === 2 ? 2 : 1, epoch: 5 }))
      rig.start({ 'linger.ms': 20, 'batch.size': 200 })
      for (const partition of [1, 2, 0, 0]) rig.send(partition, 100)
      expect(rig.produce.map(({ to }) => to)).toEqual(['broker-1'])
      expect([0, 1, 2].map((index) => recordsIn(rig.produce[0]!, index))).toEqual([1, 1, 0])
      rig.clock.advance(20)
      expect(rig.produce.map(({ to }) => to)).toEqual(['broker-1', 'broker-1', 'broker-2'])
    })

    it('up to max.request.size in a request, where the first always fits', () => {
      rig.leaders = [0, 1].map(() => ({ leader: 1, epoch: 5 }))
      rig.start({ 'linger.ms': 20, 'max.request.size': 300 })
      rig.send(0, 200)
      rig.send(1, 200)
      rig.clock.advance(20)
      expect(rig.produce).toHaveLength(2)
    })

    it('and begins no more than max.in.flight.requests.per.connection requests at once (P-5)', () => {
      rig.start({ 'max.in.flight.requests.per.connection': 2 })
      for (let i = 0; i < 3; i++) rig.send()
      expect(rig.produce).toHaveLength(2)
      rig.ack()
      expect(rig.produce).toHaveLength(3)
    })
  })

  describe('waits at most max.block.ms', () => {
    it('for metadata', () => {
      rig.network.always('Metadata', () => {})
      rig.start({ 'max.block.ms': 1000 })
      rig.send()
      rig.clock.advance(999)
      expect(rig.results).toEqual([])
      rig.clock.advance(1)
      expect(rig.outcomes()).toEqual(['0 fail TimeoutException: no metadata within max.block.ms'])
      expect(rig.isIdle).toBe(true)
    })

    it('for memory, first come first served', () => {
      rig.start({ 'buffer.memory': 400, 'batch.size': 200, 'linger.ms': 0 })
      for (let i = 0; i < 4; i++) rig.send(0, 100)
      expect(rig.produce).toHaveLength(2)
      rig.ack(0)
      expect(rig.produce).toHaveLength(3)
      rig.ack(1)
      rig.ack(2)
      rig.ack(3)
      expect(rig.outcomes()).toEqual(['0 ok 0', '1 ok 1', '2 ok 2', '3 ok 3'])
    })

    it('for memory that nobody frees, each record as long as it was kept waiting itself', () => {
      rig.start({ 'buffer.memory': 200, 'batch.size': 200, 'linger.ms': 0, 'max.block.ms': 1000 })
      rig.send(0, 100)
      rig.clock.advance(1)
      rig.send(0, 100)
      rig.clock.advance(10)
      rig.send(0, 100)
      rig.clock.advance(989)
      expect(rig.outcomes()).toEqual([])
      rig.clock.advance(1)
      expect(rig.outcomes()).toEqual(['1 fail BufferExhaustedException: no memory within max.block.ms'])
      rig.clock.advance(10)
      expect(rig.outcomes().slice(1)).toEqual(['2 fail BufferExhaustedException: no memory within max.block.ms'])
    })

    it('and lets in who needs less when the first of them gives up', () => {
      rig.start({ 'buffer.memory': 400, 'batch.size': 200, 'linger.ms': 0, 'max.block.ms': 1000 })
      rig.send(0, 100)
      rig.send(0, 300)
      rig.clock.advance(500)
      rig.send(0, 100)
      expect(rig.produce).toHaveLength(1)
      rig.clock.advance(500)
      expect(rig.outcomes()).toEqual(['1 fail BufferExhaustedException: no memory within max.block.ms'])
      expect(rig.produce).toHaveLength(2)
    })

    it('and while somebody waits for memory nothing lingers', () => {
      rig.start({ 'buffer.memory': 300, 'batch.size': 200, 'linger.ms': 10_000 })
      rig.send(0, 50)
      expect(rig.produce).toHaveLength(0)
      rig.send(0, 100)
      expect(rig.produce).toHaveLength(1)
    })
  })

  it('refuses a record larger than max.request.size', () => {
    rig.start({ 'max.request.size': 500 })
    rig.send(0, 600)
    expect(rig.outcomes()).toEqual(['0 fail RecordTooLargeException'])
  })

  it('does nothing at all while it has nothing to send', () => {
    rig.start()
    rig.settle()
    const before = rig.clock.pending
    rig.clock.advance(60_000)
    expect(rig.clock.pending).toBe(before)
    expect(rig.network.requests('InitProducerId')).toHaveLength(0)
  })

  describe('when a batch fails', () => {
    it('sends the same bytes again after the back-off (P-8, P-15)', () => {
      rig.start()
      rig.send()
      rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
      rig.clock.advance(79)
      expect(rig.produce).toHaveLength(1)
      rig.clock.advance(41)
      expect(rig.produce).toHaveLength(2)
      expect(bytesFor(rig.produce[1]!)).toEqual(bytesFor(rig.produce[0]!))
    })

    it('sends it again when the connection broke, to the leader of the time', () => {
      rig.start()
      rig.send()
      rig.leaders = [{ leader: 2, epoch: 6 }]
      rig.network.next('Produce').connection.lose()
      rig.network.always('Produce', (request) => request.to === 'broker-1' && request.connection.lose())
      rig.clock.advance(500)
      expect(rig.produce.at(-1)?.to).toBe('broker-2')
      rig.ack(4)
      expect(rig.outcomes()).toEqual(['0 ok 4'])
    })

    it('tells of every attempt: what was sent to whom, and why again', () => {
      rig.start()
      rig.send()
      rig.leaders = [{ leader: 2, epoch: 6 }]
      rig.network.next('Produce').connection.lose()
      rig.clock.advance(500)
      rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
      rig.clock.advance(500)
      rig.ack(4)
      expect(rig.attempts).toEqual([
        '0 of orders-0 sent to 1, attempt 1',
        'attempt 1: NETWORK_EXCEPTION, not answered',
        '0 of orders-0 sent to 1, attempt 2',
        'attempt 2: NOT_ENOUGH_REPLICAS, told',
        '0 of orders-0 sent to 2, attempt 3',
      ])
    })

    it('asks for metadata, and sends it to the new leader', () => {
      rig.start()
      rig.send()
      rig.leaders = [{ leader: 3, epoch: 6 }]
      rig.refuse(Errors.NOT_LEADER_OR_FOLLOWER)
      rig.network.always('Produce', (request) => {
        if (request.to === 'broker-1') answerProduce(request, Errors.NOT_LEADER_OR_FOLLOWER)
      })
      rig.clock.advance(500)
      expect(rig.produce.at(-1)?.to).toBe('broker-3')
    })

    it('turns to the leader that the answer names at once, without back-off (KIP-951)', () => {
      rig.start()
      rig.send()
      const leader = { leaderId: 2, leaderEpoch: 6 }
      answerProduce(rig.network.next('Produce'), Errors.NOT_LEADER_OR_FOLLOWER, { leader })
      rig.settle()
      rig.settle()
      expect(rig.produce.map(({ to }) => to)).toEqual(['broker-1', 'broker-2'])
    })

    it('waits while there is no leader, as long as the delivery timeout allows', () => {
      rig.start()
      rig.leaders = [{ leader: -1, epoch: 6 }]
      rig.send()
      rig.clock.advance(10_000)
      expect(rig.produce).toHaveLength(0)
      rig.leaders = [{ leader: 2, epoch: 7 }]
      rig.clock.advance(1500)
      expect(rig.produce).toHaveLength(1)
    })

    it('gives up after `retries` more attempts', () => {
      rig.start({ retries: 2 })
      rig.send()
      for (let i = 0; i < 3; i++) {
        rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
        rig.clock.advance(500)
      }
      expect(rig.produce).toHaveLength(3)
      expect(rig.outcomes()).toEqual(['0 fail NOT_ENOUGH_REPLICAS'])
    })

    it('gives up at once on an error that will not pass', () => {
      rig.start()
      rig.send()
      rig.refuse(Errors.INVALID_RECORD)
      expect(rig.outcomes()).toEqual(['0 fail INVALID_RECORD'])
    })

    it('keeps the order with one request in flight, also without idempotence (P-5)', () => {
      rig.start({ 'enable.idempotence': false, 'max.in.flight.requests.per.connection': 1 })
      rig.send(0, 11)
      rig.send(0, 12)
      expect(rig.produce).toHaveLength(1)
      rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
      rig.settle()
      expect(rig.produce).toHaveLength(1)
      rig.clock.advance(200)
      expect(bytesFor(rig.produce[1]!)).toEqual(bytesFor(rig.produce[0]!))
    })

    it('may reorder with more, without idempotence (D-5)', () => {
      rig.start({ 'enable.idempotence': false })
      rig.send(0, 11)
      rig.send(0, 12)
      rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
      rig.ack(0)
      rig.clock.advance(200)
      rig.ack(1)
      expect(rig.outcomes()).toEqual(['1 ok 0', '0 ok 1'])
    })
  })

  describe('delivery.timeout.ms (P-7)', () => {
    const TIMES = { 'delivery.timeout.ms': 2000, 'request.timeout.ms': 1000 }

    it('ends a batch that never left: a definite failure', () => {
      rig.start(TIMES)
      rig.leaders = [{ leader: -1, epoch: 6 }]
      rig.send()
      rig.clock.advance(1999)
      expect(rig.results).toEqual([])
      rig.clock.advance(1)
      expect(rig.outcomes()).toEqual(['0 fail delivery timeout'])
    })

    it('ends a batch in the turn in which it is due, and it is sent all the same: batches are taken before they are too old', () => {
      rig.start({ 'delivery.timeout.ms': 2000, 'request.timeout.ms': 2000 })
      const [leader] = rig.leaders
      rig.leaders = [leader!, { leader: -1, epoch: 6 }]
      rig.send()
      rig.ack()
      const held: (() => void)[] = []
      rig.network.always('Metadata', (request) => held.push(() => request.answer(rig.metadata())))
      rig.clock.after(2000, 'leader-elected', () => {
        rig.leaders = [leader!, { leader: 1, epoch: 7 }]
        for (const answer of held.splice(0)) answer()
      })
      rig.send(1)
      rig.clock.advance(1999)
      expect(rig.network.requests('Produce')).toHaveLength(1)
      rig.clock.advance(1)
      expect(rig.network.requests('Produce')).toHaveLength(2)
      expect(rig.outcomes()).toEqual(['0 ok 0', '1 unknown delivery timeout'])
    })

    it('lets whoever hears of a batch that is given up send the next record at once', () => {
      rig.start({ 'delivery.timeout.ms': 2000, 'request.timeout.ms': 2000 })
      rig.send()
      rig.onResult = () => {
        rig.onResult = () => {}
        rig.send()
      }
      rig.clock.advance(2000)
      expect(rig.outcomes()).toEqual(['0 unknown delivery timeout'])
      expect(rig.network.requests('Produce')).toHaveLength(2)
    })

    it('ends a batch that is on its way: nobody knows what became of it, whatever the broker says later', () => {
      rig.start({ ...TIMES, 'request.timeout.ms': 2000 })
      rig.send()
      rig.clock.advance(2000)
      expect(rig.outcomes()).toEqual(['0 unknown delivery timeout'])
      rig.ack()
      expect(rig.outcomes()).toHaveLength(1)
      expect(rig.isIdle).toBe(true)
    })

    it('ends a batch that waits for its next attempt: unknown after an attempt of unknown outcome', () => {
      rig.start(TIMES)
      rig.send()
      rig.network.mode = 'hang'
      rig.network.next('Produce').connection.lose()
      rig.clock.advance(2000)
      expect(rig.outcomes()).toEqual(['0 unknown delivery timeout'])
    })
  })

  describe('outcomes as histories know them (R-41)', () => {
    it('acks=0: sent, and never acknowledged (P-9)', () => {
      rig.start({ acks: 0 })
      for (let i = 0; i < 3; i++) rig.send()
      expect(rig.outcomes()).toEqual(['0 unknown -1', '1 unknown -1', '2 unknown -1'])
    })

    it('acks=0 with a short memory lets each record in once', () => {
      rig.network.always('Metadata', () => {})
      rig.start({ acks: 0, 'buffer.memory': 300, 'batch.size': 200 })
      for (let i = 0; i < 4; i++) rig.send(0, 100)
      rig.network.next('Metadata').answer(rig.metadata())
      rig.settle()
      expect(rig.results.map(({ tag }) => tag)).toEqual([0, 1, 2, 3])
    })

    // prettier-ignore
    it.each([
      [Errors.NOT_ENOUGH_REPLICAS, false, false],
      [Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND, true, true],
      [Errors.REQUEST_TIMED_OUT, true, true],
      [Errors.NETWORK_EXCEPTION, true, true],
      [Errors.NOT_LEADER_OR_FOLLOWER, true, false],
      [Errors.UNKNOWN_TOPIC_OR_PARTITION, true, false],
      [Errors.CORRUPT_MESSAGE, false, false],
      [Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, false, false],
      [Errors.MESSAGE_TOO_LARGE, false, false],
    ])('error %i may come after the append: with acks=all %s, with acks=1 %s', (code, withAll, withOne) => {
      expect(mayHaveAppended(code, -1)).toBe(withAll)
      expect(mayHaveAppended(code, 1)).toBe(withOne)
    })

    it('a failure after an unknown attempt stays unknown', () => {
      rig.start({ retries: 1 })
      rig.send()
      rig.refuse(Errors.REQUEST_TIMED_OUT)
      rig.clock.advance(200)
      rig.refuse(Errors.NOT_ENOUGH_REPLICAS)
      expect(rig.outcomes()).toEqual(['0 unknown NOT_ENOUGH_REPLICAS'])
    })
  })
})
