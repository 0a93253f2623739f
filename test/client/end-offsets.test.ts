import { beforeEach, describe, expect, it } from 'vitest'
import { EndOffsets } from '../../src/client/end-offsets.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { consumerConfig } from '../support/configs.ts'
import { BOOTSTRAP, ClientRig } from './rig.ts'

describe('asking for the ends of partitions (ListOffsets latest, R-128)', () => {
  let rig: ClientRig
  let offsets: EndOffsets
  let told: string[]

  beforeEach(() => {
    rig = new ClientRig()
    rig.leaders = [
      { leader: 1, epoch: 5 },
      { leader: 2, epoch: 6 },
    ]
    told = []
    offsets = new EndOffsets(rig, {
      clientId: 'monitor',
      bootstrap: BOOTSTRAP,
      config: consumerConfig({ 'isolation.level': 'read_committed' }),
      topic: 'orders',
      onOffset: (partition, offset, leaderEpoch) => void told.push(`${partition} ${offset} e${leaderEpoch}`),
    })
    rig.settle()
    offsets.ask()
    rig.settle()
  })

  const open = () =>
    rig.network.open('ListOffsets').map(({ to, body }) => {
      const { partitionIndex, currentLeaderEpoch, timestamp } = body.topics[0]!.partitions[0]!
      return [to, partitionIndex, currentLeaderEpoch, timestamp, body.isolationLevel]
    })

  const answer = (errorCode: number, offset = -1) => {
    const request = rig.network.next('ListOffsets')
    const { partitionIndex, currentLeaderEpoch: leaderEpoch } = request.body.topics[0]!.partitions[0]!
    const partition = { partitionIndex, errorCode, timestamp: -1, offset, leaderEpoch }
    request.answer({ throttleTimeMs: 0, topics: [{ name: 'orders', partitions: [partition] }] })
    rig.settle()
  }

  it('asks each leader, in its epoch, for what the isolation level lets see', () => {
    const latest = -1
    expect(open()).toEqual([
      ['broker-1', 0, 5, latest, 1],
      ['broker-2', 1, 6, latest, 1],
    ])
    answer(Errors.NONE, 7)
    answer(Errors.NONE, 9)
    expect(told.toSorted()).toEqual(['orders-0 7 e5', 'orders-1 9 e6'])
  })

  it('has one question of a partition on its way, so that answers come in the order of the questions', () => {
    offsets.ask()
    rig.settle()
    expect(open()).toHaveLength(2)
    answer(Errors.NONE, 7)
    offsets.ask()
    rig.settle()
    expect(open()).toHaveLength(2)
  })

  it('is told nothing by a leader that cannot tell yet (KIP-207), and asks it again', () => {
    answer(Errors.OFFSET_NOT_AVAILABLE)
    answer(Errors.OFFSET_NOT_AVAILABLE)
    expect(told).toEqual([])
    offsets.ask()
    rig.settle()
    expect(open()).toHaveLength(2)
  })

  it.each([
    ['sends it away', () => answer(Errors.NOT_LEADER_OR_FOLLOWER)],
    ['is not heard of', () => rig.network.next('ListOffsets').connection.lose()],
  ])('finds the new leader when the old one %s', (_how, fail) => {
    rig.leaders = [
      { leader: 3, epoch: 7 },
      { leader: 3, epoch: 8 },
    ]
    fail()
    rig.clock.advance(1000)
    answer(Errors.OFFSET_NOT_AVAILABLE)
    offsets.ask()
    rig.settle()
    expect(rig.network.open('ListOffsets').map(({ to, body }) => [to, body.topics[0]?.partitions.length])).toEqual([
      ['broker-3', 2],
    ])
    expect(told).toEqual([])
  })
})
