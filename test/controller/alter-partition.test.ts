import { beforeEach, describe, expect, it } from 'vitest'
import { alterPartition } from '../../src/controller/alter-partition.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { ControllerFixture } from './fixture.ts'

interface Asked {
  brokerId?: number
  brokerEpoch?: number
  topicId?: string
  index?: number
  leaderEpoch?: number
  partitionEpoch?: number
  isr?: readonly number[]
  /** Broker epochs of the members; those of their registrations by default. */
  memberEpochs?: readonly number[]
  recovery?: number
}

describe('a leader asks for another ISR', () => {
  let fixture: ControllerFixture

  beforeEach(() => setUp())

  function setUp(behaviour: Partial<Switches> = {}): void {
    fixture = new ControllerFixture({}, behaviour)
    fixture.bringUp(1, 2, 3, 4)
    fixture.create([[1, 2, 3]])
    // Leader 1, ISR 1,2, leader epoch 0, partition epoch 1.
    ask({ isr: [1, 2], partitionEpoch: 0 })
  }

  function ask(asked: Asked = {}) {
    const isr = asked.isr ?? [1, 2, 3]
    const reply = fixture.apply(
      alterPartition(fixture.state, {
        brokerId: asked.brokerId ?? 1,
        brokerEpoch: asked.brokerEpoch ?? fixture.epochOf(asked.brokerId ?? 1),
        topics: [
          {
            topicId: asked.topicId ?? fixture.partition().topicId,
            partitions: [
              {
                partitionIndex: asked.index ?? 0,
                leaderEpoch: asked.leaderEpoch ?? 0,
                newIsrWithEpochs: isr.map((brokerId, i) => ({
                  brokerId,
                  brokerEpoch: asked.memberEpochs?.[i] ?? fixture.epochOf(brokerId),
                })),
                leaderRecoveryState: asked.recovery ?? 0,
                partitionEpoch: asked.partitionEpoch ?? fixture.partition().partitionEpoch,
              },
            ],
          },
        ],
      }),
    )
    const partition = reply.topics[0]?.partitions[0]
    return { error: errorName(reply.errorCode || (partition?.errorCode ?? 0)), partition }
  }

  it('and gets it: partition epoch +1, leader epoch as it was (R-103)', () => {
    const { error, partition } = ask()
    expect(error).toBe('NONE')
    expect(partition).toMatchObject({ leaderId: 1, leaderEpoch: 0, isr: [1, 2, 3], partitionEpoch: 2 })
    expect(fixture.summary()).toBe('1/1,2,3/0/2')
  })

  it('before metadata.version 3.6-IV0 a shrink is a new epoch of the same leader, and no refusal; growing is none (R-103)', () => {
    setUp({ bumpEpochOnIsrShrink: true })
    expect(fixture.summary()).toBe('1/1,2/1/1')
    const { error, partition } = ask({ isr: [1], leaderEpoch: 1 })
    expect(error).toBe('NONE')
    expect(partition).toMatchObject({ leaderId: 1, leaderEpoch: 2, isr: [1], partitionEpoch: 2 })
    expect(ask({ isr: [1, 2, 3], leaderEpoch: 2 }).partition).toMatchObject({ leaderEpoch: 2, partitionEpoch: 3 })
  })

  it('and is told the state if that is what it has', () => {
    expect(ask({ isr: [1, 2] })).toMatchObject({ error: 'NONE', partition: { isr: [1, 2], partitionEpoch: 1 } })
    expect(fixture.summary()).toBe('1/1,2/0/1')
  })

  // Each row is wrong in what its error names and in everything that is checked after it.
  // prettier-ignore
  const ORDER: readonly (readonly [error: string, asked: Asked])[] = [
    ['STALE_BROKER_EPOCH',         { brokerEpoch: 99, topicId: 'x', leaderEpoch: 9 }],
    ['UNKNOWN_TOPIC_ID',           { topicId: 'x', index: 9, leaderEpoch: 9 }],
    ['UNKNOWN_TOPIC_OR_PARTITION', { index: 9, leaderEpoch: 9 }],
    ['NOT_CONTROLLER',             { leaderEpoch: 9, brokerId: 2, partitionEpoch: 0 }],
    ['NOT_CONTROLLER',             { partitionEpoch: 9, leaderEpoch: -1, brokerId: 2 }],
    ['FENCED_LEADER_EPOCH',        { leaderEpoch: -1, brokerId: 2, partitionEpoch: 0 }],
    ['INVALID_REQUEST',            { brokerId: 2, partitionEpoch: 0 }],
    ['INVALID_UPDATE_VERSION',     { partitionEpoch: 0, isr: [1, 4] }],
    ['INVALID_REQUEST',            { isr: [1, 4], memberEpochs: [0, 99] }],
    ['INVALID_REQUEST',            { isr: [2, 3] }],
    ['INVALID_REQUEST',            { isr: [] }],
    ['INVALID_REQUEST',            { isr: [1, 1] }],
    ['INVALID_REQUEST',            { isr: [1, 2], recovery: 1 }],
    ['INVALID_REQUEST',            { isr: [1], recovery: 1 }],
    ['INELIGIBLE_REPLICA',         { memberEpochs: [0, 99, 99] }],
  ]

  it.each(ORDER)('or %s, in the order of R-104: %j', (error, asked) => {
    expect(ask(asked).error).toBe(error)
    expect(fixture.summary()).toBe('1/1,2/0/1')
  })

  it('a member whose broker epoch the leader does not know passes (−1)', () => {
    expect(ask({ memberEpochs: [fixture.epochOf(1), -1, -1] }).error).toBe('NONE')
  })

  it.each([
    ['fenced', { wantFence: true }],
    ['shutting down', { wantShutDown: true }],
  ])('a %s member is ineligible (R-75, KIP-841)', (_, wish) => {
    fixture.create([[3, 2]], 'others')
    fixture.heartbeat(3, wish)
    expect(ask().error).toBe('INELIGIBLE_REPLICA')
  })

  it('with the bugs of old, a fenced one or one of an earlier registration passes (RB-9, RB-10)', () => {
    setUp({ isrEligibilityCheck: false })
    fixture.heartbeat(3, { wantFence: true })
    expect(ask().error).toBe('NONE')
    setUp({ isrBrokerEpochCheck: false })
    expect(ask({ memberEpochs: [0, 99, 99] }).error).toBe('NONE')
  })

  it('an unclean leader reports that it has recovered, and may then grow its ISR (R-102)', () => {
    fixture.create([[1, 2]], 'risky', { 'unclean.leader.election.enable': 'true' })
    fixture.heartbeat(2, { wantFence: true })
    fixture.heartbeat(1, { wantFence: true })
    fixture.heartbeat(2)
    const risky = fixture.partition(0, 'risky')
    expect(risky).toMatchObject({ leader: 2, isr: [2], leaderRecoveryState: 1 })
    const asked = { brokerId: 2, topicId: risky.topicId, leaderEpoch: risky.leaderEpoch, isr: [2] }
    fixture.heartbeat(1)
    const { partitionEpoch } = risky
    expect(ask({ ...asked, partitionEpoch, isr: [2, 1], recovery: 1 }).error).toBe('INVALID_REQUEST')
    expect(ask({ ...asked, partitionEpoch: risky.partitionEpoch, recovery: 0 }).error).toBe('NONE')
    expect(fixture.partition(0, 'risky').leaderRecoveryState).toBe(0)
  })
})
