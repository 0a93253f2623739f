// Topics of Kafka's own: a broker has them created once at a time, says that they are internal, and takes no client's
// records for them.

import { describe, expect, it } from 'vitest'
import { ProduceEntry } from '../../src/broker/delayed-produce.ts'
import { InternalTopics, isInternalTopic, OFFSETS_TOPIC } from '../../src/broker/internal-topics.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { batchOf } from '../log/fixtures.ts'
import { state } from './fixture.ts'
import { ManagerFixture } from './manager-fixture.ts'
import { testConfig } from './settings.ts'

describe('internal topics', () => {
  it('are those of groups and transactions', () => {
    expect(['__consumer_offsets', '__transaction_state', 'orders', '_schemas'].map(isInternalTopic)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('are asked for once, and again when the controller has answered', () => {
    const answers: (() => void)[] = []
    const topics = new InternalTopics(testConfig(), {
      // What it answers nobody looks at: metadata tells.
      send: (_api, _body, onResponse) => void answers.push(() => onResponse({} as never)),
    })
    topics.createOffsetsTopic()
    topics.createOffsetsTopic()
    expect(answers).toHaveLength(1)
    answers[0]!()
    topics.createOffsetsTopic()
    expect(answers).toHaveLength(2)
  })

  it('take records of the coordinator, not of clients', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state({ topic: OFFSETS_TOPIC, key: `${OFFSETS_TOPIC}-0`, replicas: [1], isr: [1] }))
    const write = (origin: 'client' | 'coordinator') => {
      const entry = new ProduceEntry(OFFSETS_TOPIC, 0, batchOf(['v']))
      fixture.replicas.appendRecords(1, 0, [entry], () => {}, origin)
      return entry.errorCode
    }
    expect(write('client')).toBe(Errors.INVALID_TOPIC_EXCEPTION)
    expect(write('coordinator')).toBe(Errors.NONE)
  })

  it('tell a listener of each rise of their high watermark, until it has enough', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state())
    let heard = 0
    const stop = fixture.replicas.onHighWatermark('orders-0', () => void (heard += 1))
    fixture.produce(1)
    expect(heard).toBe(0)
    fixture.follow(2, 1)
    fixture.follow(3, 1)
    expect(heard).toBe(1)
    stop()
    fixture.produce(1)
    fixture.follow(2, 2)
    fixture.follow(3, 2)
    expect(heard).toBe(1)
  })
})
