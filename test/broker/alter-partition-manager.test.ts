import { describe, expect, it } from 'vitest'
import { AlterPartitionManager } from '../../src/broker/alter-partition-manager.ts'
import type { ControllerChannel, IsrChange, IsrChangeOutcome } from '../../src/broker/broker-context.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'
import { FakeHost } from './fake-host.ts'

type Request = RequestOf<'AlterPartition'>
type Response = ResponseOf<'AlterPartition'>

class Controller {
  readonly requests: Request[] = []
  private readonly pending: ((response: Response) => void)[] = []
  readonly channel: ControllerChannel = {
    send: (_api, body, onResponse) => {
      // Only AlterPartition is sent here.
      this.requests.push(body as Request)
      this.pending.push(onResponse)
    },
  }

  /** Answers the request in hand; partitions given by `errors` (0: accepted), others left out. */
  answer(errors: Record<number, number>, errorCode: number = Errors.NONE): void {
    const topics = this.requests.at(-1)!.topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions
        .filter((partition) => partition.partitionIndex in errors)
        .map((partition) => ({
          partitionIndex: partition.partitionIndex,
          errorCode: errors[partition.partitionIndex]!,
          leaderId: 1,
          leaderEpoch: partition.leaderEpoch,
          isr: partition.newIsrWithEpochs.map((member) => member.brokerId),
          leaderRecoveryState: 0,
          partitionEpoch: partition.partitionEpoch + 1,
        })),
    }))
    this.pending.shift()!({ throttleTimeMs: 0, errorCode, topics })
  }

  get asked(): number[][] {
    return this.requests.map(({ topics }) => topics.flatMap((topic) => topic.partitions.map((p) => p.partitionIndex)))
  }
}

function setUp() {
  const host = new FakeHost()
  const controller = new Controller()
  const manager = new AlterPartitionManager(host, 1, () => 77, controller.channel)
  const outcomes: [number, number][] = []
  const submit = (index: number, then: (outcome: IsrChangeOutcome) => void = () => {}) =>
    manager.submit(change(index), (outcome) => {
      outcomes.push([index, outcome.errorCode])
      then(outcome)
    })
  return { host, controller, manager, outcomes, submit }
}

function change(index: number): IsrChange {
  const newIsr = [
    { brokerId: 1, brokerEpoch: 77 },
    { brokerId: 2, brokerEpoch: -1 },
  ]
  return { key: `orders-${index}`, topicId: 'topic', index, leaderEpoch: 3, partitionEpoch: 8, newIsr }
}

describe('ISR changes on their way to the controller (R-84)', () => {
  it('say who asks, in which epochs', () => {
    const { controller, submit } = setUp()
    submit(0)
    expect(controller.requests[0]).toMatchObject({ brokerId: 1, brokerEpoch: 77 })
    expect(controller.requests[0]?.topics[0]?.partitions[0]).toEqual({
      partitionIndex: 0,
      leaderEpoch: 3,
      newIsrWithEpochs: change(0).newIsr,
      leaderRecoveryState: 0,
      partitionEpoch: 8,
    })
  })

  it('go one request at a time; what comes meanwhile goes together in the next', () => {
    const { controller, outcomes, submit } = setUp()
    submit(0)
    submit(1)
    submit(2)
    expect(controller.asked).toEqual([[0]])
    controller.answer({ 0: Errors.NONE })
    expect(controller.asked).toEqual([[0], [1, 2]])
    controller.answer({ 1: Errors.NONE, 2: Errors.FENCED_LEADER_EPOCH })
    expect(outcomes).toEqual([
      [0, Errors.NONE],
      [1, Errors.NONE],
      [2, Errors.FENCED_LEADER_EPOCH],
    ])
  })

  it('a second one for the same partition fails here: OPERATION_NOT_ATTEMPTED', () => {
    const { controller, outcomes, submit } = setUp()
    submit(0)
    submit(0)
    expect(outcomes).toEqual([[0, Errors.OPERATION_NOT_ATTEMPTED]])
    controller.answer({ 0: Errors.NONE })
    submit(0)
    expect(controller.asked).toEqual([[0], [0]])
  })

  it('may be submitted again from within the answer', () => {
    const { controller, outcomes, submit } = setUp()
    submit(0, () => submit(0))
    controller.answer({ 0: Errors.UNKNOWN_SERVER_ERROR })
    expect(controller.asked).toEqual([[0], [0]])
    expect(outcomes).toEqual([[0, Errors.UNKNOWN_SERVER_ERROR]])
  })

  it('when forgotten on their way take the next one with them, unsent (KAFKA-12686, RB-15)', () => {
    const { controller, manager, outcomes, submit } = setUp()
    submit(0)
    manager.forget('orders-0')
    submit(0)
    expect(outcomes).toEqual([])
    controller.answer({ 0: Errors.NONE })
    expect(outcomes).toEqual([[0, Errors.NONE]])
    submit(1)
    expect(controller.asked).toEqual([[0], [1]])
  })

  it('are sent again after 50 ms when the whole request is refused', () => {
    const { host, controller, outcomes, submit } = setUp()
    submit(0)
    controller.answer({}, Errors.STALE_BROKER_EPOCH)
    submit(1)
    host.clock.advance(49)
    expect(outcomes).toEqual([])
    host.clock.advance(1)
    expect(controller.asked.at(-1)).toEqual([0, 1])
  })

  it('are sent again when the answer leaves them out', () => {
    const { controller, outcomes, submit } = setUp()
    submit(0)
    submit(1)
    controller.answer({ 0: Errors.NONE })
    controller.answer({})
    expect(controller.asked).toEqual([[0], [1], [1]])
    expect(outcomes).toEqual([[0, Errors.NONE]])
  })
})
