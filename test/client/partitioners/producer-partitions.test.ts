import { beforeEach, describe, expect, it } from 'vitest'
import { NodeLatency } from '../../../src/client/node-latency.ts'
import { Errors } from '../../../src/protocol/error-codes.ts'
import { ProducerRig } from '../producer-rig.ts'
import { answerProduce } from '../rig.ts'
import { utf8 } from './topics.ts'

const ROUND_ROBIN = 'org.apache.kafka.clients.producer.RoundRobinPartitioner'

let rig: ProducerRig
beforeEach(() => {
  rig = new ProducerRig()
})

/** Partitions of all requests so far, in order. */
const partitions = () =>
  rig.produce.flatMap(({ body }) => body.topicData.flatMap((topic) => topic.partitionData.map(({ index }) => index)))

function lead(count: number, leaderOf: (index: number) => number = () => 1): void {
  rig.leaders = Array.from({ length: count }, (_, index) => ({ leader: leaderOf(index), epoch: 5 }))
}

describe('a producer asks its partitioner', () => {
  it('once more for each record that begins a batch, so that round robin passes partitions over (KAFKA-9965)', () => {
    lead(4)
    rig.start({ 'partitioner.class': ROUND_ROBIN, 'linger.ms': 1000 })
    for (let i = 0; i < 8; i++) rig.send(null)
    rig.clock.advance(1000)
    expect(partitions().toSorted((a, b) => a - b)).toEqual([1, 3])
  })

  it('with a partitioner.class for keyed records too', () => {
    lead(4)
    rig.start({ 'partitioner.class': ROUND_ROBIN })
    rig.send(null, 10, utf8('foobar'))
    rig.send(null, 10, utf8('foobar'))
    expect(partitions()).toEqual([1, 3])
  })

  it('never for a record that names its partition', () => {
    lead(4)
    rig.start({ 'partitioner.class': ROUND_ROBIN })
    rig.send(2, 10, utf8('foobar'))
    expect(partitions()).toEqual([2])
  })

  it('once for a record that waits for memory: what was decided stays (P-1)', () => {
    lead(4)
    rig.start({ 'partitioner.class': ROUND_ROBIN, 'buffer.memory': 200, 'batch.size': 200 })
    for (let i = 0; i < 3; i++) rig.send(null, 100)
    for (let i = 0; i < 3; i++) rig.ack()
    // The first is asked for twice: 0, then 1. The others wait with what they were told: 3, and 1 again.
    expect(partitions()).toEqual([1, 3, 1])
  })

  it('of librdkafka or kafkajs, when that is what it is written with', () => {
    lead(10)
    rig.start({}, 'librdkafka')
    rig.send(null, 10, utf8('hejsan'))
    expect(partitions()).toEqual([6])
    rig = new ProducerRig()
    lead(12)
    rig.start({}, 'kafkajs')
    rig.send(null, 10, utf8('foobar'))
    expect(partitions()).toEqual([6])
  })
})

describe('records without a key (P-12)', () => {
  it('make up for a change that was put off, once the unfinished batch has left', () => {
    lead(1000)
    rig.start({ 'batch.size': 300, 'linger.ms': 10, 'max.in.flight.requests.per.connection': 1 })
    // 1.2 times batch.size in two batches, the last of which is not full: no change yet.
    for (let i = 0; i < 3; i++) rig.send(null, 100)
    rig.clock.advance(10)
    rig.ack()
    rig.clock.advance(10)
    rig.ack()
    rig.send(null, 100)
    rig.clock.advance(10)
    const [first, second, third] = partitions()
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  it('avoid leaders that take nothing for partitioner.availability.timeout.ms', () => {
    lead(2, (index) => index + 1)
    rig.start({
      'batch.size': 200,
      'linger.ms': 0,
      'partitioner.availability.timeout.ms': 100,
      'max.in.flight.requests.per.connection': 1,
    })
    // Broker 1 never answers, broker 2 always does.
    const serve = () => {
      for (const request of rig.network.open('Produce')) {
        if (request.to !== 'broker-2') continue
        answerProduce(request, Errors.NONE)
      }
      rig.settle()
    }
    for (let i = 0; i < 200; i++) {
      rig.send(null, 120)
      serve()
      rig.clock.advance(5)
    }
    const late = new Set<number>()
    const before = rig.produce.length
    for (let i = 0; i < 40; i++) {
      rig.send(null, 120)
      serve()
      rig.clock.advance(5)
    }
    for (const { body } of rig.produce.slice(before)) late.add(body.topicData[0]!.partitionData[0]!.index)
    expect(rig.produce.length - before).toBe(40)
    expect([...late]).toEqual([1])
  })
})

describe('a leader is stalled', () => {
  it('when something was ready for it, and could not be sent, for longer than the time-out', () => {
    const latency = new NodeLatency(100)
    latency.note(1, 0, true)
    latency.note(1, 100, false)
    expect(latency.isStalled(1)).toBe(false)
    latency.note(1, 101, false)
    expect([latency.isStalled(1), latency.isStalled(2)]).toEqual([true, false])
    latency.note(1, 300, true)
    expect(latency.isStalled(1)).toBe(false)
  })

  it('never without a time-out', () => {
    const latency = new NodeLatency(0)
    latency.note(1, 0, true)
    latency.note(1, 1e9, false)
    expect(latency.isStalled(1)).toBe(false)
  })
})
