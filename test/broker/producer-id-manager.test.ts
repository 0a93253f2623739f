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
  it('from a block it asks the controller for, once for all who wait, and again when it is used up', () => {
    const channel = new FakeChannel()
    const ids = new ProducerIdManager(1, channel, () => 17)
    const given: number[] = []
    for (let i = 0; i < 2; i++) ids.next((id) => void given.push(id))
    expect([channel.asked, given]).toEqual([[{ brokerId: 1, brokerEpoch: 17 }], []])
    channel.give(1000, 3)
    expect(given).toEqual([1000, 1001])
    ids.next((id) => void given.push(id))
    ids.next((id) => void given.push(id))
    expect([given, channel.asked.length]).toEqual([[1000, 1001, 1002], 2])
    channel.give(5000, 3)
    expect(given.at(-1)).toBe(5000)
  })

  it('or none, to all who wait, when the controller refuses; then asks anew', () => {
    const channel = new FakeChannel()
    const ids = new ProducerIdManager(1, channel, () => 17)
    const given: number[] = []
    ids.next((id) => void given.push(id))
    channel.give(0, 0, Errors.STALE_BROKER_EPOCH)
    ids.next((id) => void given.push(id))
    channel.give(0, 1000)
    expect(given).toEqual([-1, 0])
  })
})
