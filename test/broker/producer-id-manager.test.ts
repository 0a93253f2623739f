import { describe, expect, it } from 'vitest'
import type { ControllerChannel } from '../../src/broker/broker-context.ts'
import { ProducerIdManager } from '../../src/broker/producer-id-manager.ts'
import type { ApiName } from '../../src/protocol/api-keys.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'

/** Keeps what is asked of the controller, until a test answers. */
class FakeChannel implements ControllerChannel {
  readonly asked: unknown[] = []
  private answerLast: ((body: unknown) => void) | undefined

  send<A extends ApiName>(_api: A, body: RequestOf<A>, onResponse: (response: ResponseOf<A>) => void): void {
    this.asked.push(body)
    this.answerLast = (answer) => onResponse(answer as ResponseOf<A>)
  }

  give(producerIdStart: number, producerIdLen: number, errorCode: number = Errors.NONE): void {
    this.answerLast!({ throttleTimeMs: 0, errorCode, producerIdStart, producerIdLen })
  }
}

describe('a broker gives out producer ids (P-15)', () => {
  it('none while it has no block, which it asks for once', () => {
    const channel = new FakeChannel()
    const ids = new ProducerIdManager(1, channel, () => 17)
    expect([ids.next(), ids.next()]).toEqual([-1, -1])
    expect(channel.asked).toEqual([{ brokerId: 1, brokerEpoch: 17 }])
    channel.give(1000, 3)
    expect([ids.next(), ids.next(), ids.next()]).toEqual([1000, 1001, 1002])
  })

  it('without a pause when the next block comes in time: it is asked for with the id after nine tenths', () => {
    const channel = new FakeChannel()
    const ids = new ProducerIdManager(1, channel, () => 17)
    ids.next()
    channel.give(0, 20)
    for (let id = 0; id < 18; id++) ids.next()
    expect(channel.asked.length).toBe(1)
    expect(ids.next()).toBe(18)
    expect(channel.asked.length).toBe(2)
    channel.give(5000, 20)
    expect([ids.next(), ids.next()]).toEqual([19, 5000])
    expect(channel.asked.length).toBe(2)
  })

  it('or none, when the controller refuses; then asks anew', () => {
    const channel = new FakeChannel()
    const ids = new ProducerIdManager(1, channel, () => 17)
    ids.next()
    channel.give(0, 0, Errors.STALE_BROKER_EPOCH)
    expect([ids.next(), channel.asked.length]).toEqual([-1, 2])
    channel.give(7, 1000)
    expect(ids.next()).toBe(7)
  })
})
