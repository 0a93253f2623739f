import { beforeEach, describe, expect, it } from 'vitest'
import { balancePreferredLeaders, electLeaders, electUncleanLeaders } from '../../src/controller/leader-elections.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import { ControllerFixture } from './fixture.ts'

const PREFERRED = 0
const UNCLEAN = 1

describe('elections nobody died for', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture()
    fixture.bringUp(1, 2, 3)
    fixture.create([
      [1, 2],
      [2, 3],
    ])
  })

  function elect(electionType: number, partitions: readonly number[] | null = [0, 1]) {
    const topicPartitions = partitions === null ? null : [{ topic: 'orders', partitions }]
    const reply = fixture.apply(electLeaders(fixture.state, { electionType, topicPartitions, timeoutMs: 1000 }))
    return reply.replicaElectionResults.flatMap(({ partitionResult }) =>
      partitionResult.map(({ partitionId, errorCode }) => `${partitionId} ${errorName(errorCode)}`),
    )
  }

  /** Broker 1 was away: 2 leads partition 0, and 1 is back in the ISR. */
  function moveLeaderAway(): void {
    fixture.heartbeat(1, { wantFence: true })
    fixture.heartbeat(1)
    const { topicId, index } = fixture.partition(0)
    fixture.applyRecords([
      {
        type: 'PartitionChangeRecord',
        partitionId: index,
        topicId,
        isr: [2, 1],
        leader: -2,
        replicas: null,
        removingReplicas: null,
        addingReplicas: null,
        leaderRecoveryState: -1,
        directories: null,
        eligibleLeaderReplicas: null,
        lastKnownElr: null,
      },
    ])
    expect(fixture.summary(0)).toBe('2/2,1/1/2')
  }

  it('PREFERRED makes the first replica leader, where it is not and can be', () => {
    moveLeaderAway()
    expect(elect(PREFERRED)).toEqual(['0 NONE', '1 ELECTION_NOT_NEEDED'])
    expect(fixture.summary(0)).toBe('1/2,1/2/3')
  })

  it('who asks for all partitions is not told of those that are well', () => {
    moveLeaderAway()
    expect(elect(PREFERRED, null)).toEqual(['0 NONE'])
  })

  it('PREFERRED of a replica outside the ISR is not available', () => {
    fixture.heartbeat(1, { wantFence: true })
    fixture.heartbeat(1)
    expect(elect(PREFERRED, [0])).toEqual(['0 PREFERRED_LEADER_NOT_AVAILABLE'])
  })

  it('of a partition that is not there is an error', () => {
    expect(elect(PREFERRED, [7])).toEqual(['7 UNKNOWN_TOPIC_OR_PARTITION'])
  })

  it('of a kind that is not there is an error, of the whole and of each partition', () => {
    expect(elect(2)).toEqual(['0 INVALID_REQUEST', '1 INVALID_REQUEST'])
    const everywhere = { electionType: 2, topicPartitions: null, timeoutMs: 1000 }
    const { records, reply } = electLeaders(fixture.state, everywhere)
    expect([records, errorName(reply.errorCode), reply.replicaElectionResults]).toEqual([[], 'INVALID_REQUEST', []])
  })

  it('UNCLEAN gives a leaderless partition whoever is alive, whatever the topic permits', () => {
    fixture.heartbeat(2, { wantFence: true })
    fixture.heartbeat(1, { wantFence: true })
    fixture.heartbeat(2)
    expect(fixture.summary(0)).toBe('-1/1/1/2')
    expect(elect(UNCLEAN)).toEqual(['0 NONE', '1 ELECTION_NOT_NEEDED'])
    expect(fixture.summary(0)).toBe('2/2/2/3')
  })

  it('UNCLEAN without anybody alive is not available', () => {
    fixture.heartbeat(2, { wantFence: true })
    fixture.heartbeat(1, { wantFence: true })
    expect(elect(UNCLEAN, [0])).toEqual(['0 ELIGIBLE_LEADERS_NOT_AVAILABLE'])
  })

  it('the balance moves every partition that can be led by its first replica, however few those are (R-107)', () => {
    moveLeaderAway()
    fixture.applyRecords(balancePreferredLeaders(fixture.state))
    expect([fixture.summary(0), fixture.summary(1)]).toEqual(['1/2,1/2/3', '2/2,3/0/0'])
    expect(balancePreferredLeaders(fixture.state)).toEqual([])
  })

  it('the balance and the periodic unclean election change 1000 partitions at a time', () => {
    const many = Array.from({ length: 1001 }, () => [1, 2])
    fixture.create(many, 'many', { 'unclean.leader.election.enable': 'true' })
    const { partitions } = fixture.state.image.topics.get('many')!
    for (const [i, partition] of partitions.entries()) partitions[i] = { ...partition, leader: 2 }
    expect(balancePreferredLeaders(fixture.state)).toHaveLength(1000)
    for (const [i, partition] of partitions.entries()) partitions[i] = { ...partition, leader: -1 }
    expect(electUncleanLeaders(fixture.state)).toHaveLength(1000)
  })

  it('the periodic unclean election is for topics that permit it (R-102)', () => {
    fixture.create([[1, 2]], 'risky', { 'unclean.leader.election.enable': 'true' })
    fixture.heartbeat(2, { wantFence: true })
    fixture.heartbeat(1, { wantFence: true })
    fixture.state.image.brokers.set(2, { ...fixture.state.image.brokers.get(2)!, fenced: false })
    const records = electUncleanLeaders(fixture.state)
    expect(records.map(({ topicId, leader }) => [topicId, leader])).toEqual([
      [fixture.partition(0, 'risky').topicId, 2],
    ])
  })

  it('and for none before 3.9, whatever the topic permits (R-102)', () => {
    fixture = new ControllerFixture({}, { uncleanElectionByConfig: false })
    fixture.bringUp(1, 2)
    fixture.create([[1, 2]], 'risky', { 'unclean.leader.election.enable': 'true' })
    fixture.heartbeat(2, { wantFence: true })
    fixture.heartbeat(1, { wantFence: true })
    fixture.state.image.brokers.set(2, { ...fixture.state.image.brokers.get(2)!, fenced: false })
    expect(electUncleanLeaders(fixture.state)).toEqual([])
  })
})
