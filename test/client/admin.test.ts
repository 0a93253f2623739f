import { describe, expect, it } from 'vitest'
import { AdminClient, type ElectionResult, type TopicResult } from '../../src/client/admin.ts'
import type { SetOffset } from '../../src/client/alter-offsets.ts'
import type { DeletedRecords } from '../../src/client/delete-records.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { BOOTSTRAP, ClientRig } from './rig.ts'

const CONTROLLER = { id: 100, host: 'controller', port: 9093 }

function rigged(): { rig: ClientRig; admin: AdminClient } {
  const rig = new ClientRig()
  return { rig, admin: new AdminClient(rig, CONTROLLER, BOOTSTRAP) }
}

describe('an administrator', () => {
  it('elects leaders, and learns how each partition fared', () => {
    const { rig, admin } = rigged()
    let results: readonly ElectionResult[] | undefined
    const partitions = [
      { topic: 'orders', partition: 0 },
      { topic: 'parts', partition: 0 },
      { topic: 'orders', partition: 2 },
    ]
    admin.electLeaders('unclean', partitions, (answer) => (results = answer))
    rig.settle()
    const request = rig.network.next('ElectLeaders')
    expect(request.to).toBe('controller')
    expect(request.body).toMatchObject({
      electionType: 1,
      topicPartitions: [
        { topic: 'orders', partitions: [0, 2] },
        { topic: 'parts', partitions: [0] },
      ],
    })
    const result = (partitionId: number, errorCode: number) => ({ partitionId, errorCode, errorMessage: null })
    request.answer({
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      replicaElectionResults: [
        { topic: 'orders', partitionResult: [result(0, Errors.NONE), result(2, Errors.ELECTION_NOT_NEEDED)] },
        { topic: 'parts', partitionResult: [result(0, Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE)] },
      ],
    })
    expect(results).toEqual([
      { topic: 'orders', partition: 0, errorCode: Errors.NONE },
      { topic: 'orders', partition: 2, errorCode: Errors.ELECTION_NOT_NEEDED },
      { topic: 'parts', partition: 0, errorCode: Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE },
    ])
  })

  it('asks for an election everywhere with a null list, and takes an error of the whole as that of each', () => {
    const { rig, admin } = rigged()
    const answers: (readonly ElectionResult[] | undefined)[] = []
    admin.electLeaders('preferred', null, (answer) => answers.push(answer))
    rig.settle()
    const everywhere = rig.network.next('ElectLeaders')
    expect(everywhere.body).toMatchObject({ electionType: 0, topicPartitions: null })
    everywhere.answer({ throttleTimeMs: 0, errorCode: Errors.NONE, replicaElectionResults: [] })
    admin.electLeaders('preferred', [{ topic: 'orders', partition: 1 }], (answer) => answers.push(answer))
    rig.settle()
    const refusal = { throttleTimeMs: 0, errorCode: Errors.NOT_CONTROLLER, replicaElectionResults: [] }
    rig.network.next('ElectLeaders').answer(refusal)
    expect(answers).toEqual([[], [{ topic: 'orders', partition: 1, errorCode: Errors.NOT_CONTROLLER }]])
  })

  it('adds partitions and deletes topics, and is told why not', () => {
    const { rig, admin } = rigged()
    const answers: (readonly TopicResult[] | undefined)[] = []
    admin.createPartitions([{ topic: 'orders', count: 4, assignment: [] }], (answer) => answers.push(answer))
    rig.settle()
    const addition = rig.network.next('CreatePartitions')
    expect(addition.body.topics).toEqual([{ name: 'orders', count: 4, assignments: null }])
    const tooFew = { name: 'orders', errorCode: Errors.INVALID_PARTITIONS, errorMessage: null }
    addition.answer({ throttleTimeMs: 0, results: [tooFew] })
    admin.deleteTopics(['orders'], (answer) => answers.push(answer))
    rig.settle()
    const deletion = rig.network.next('DeleteTopics')
    expect(deletion.body.topics.map(({ name }) => name)).toEqual(['orders'])
    const gone = { name: 'orders', topicId: rig.topicId, errorCode: Errors.NONE, errorMessage: null }
    deletion.answer({ throttleTimeMs: 0, responses: [gone] })
    expect(answers).toEqual([
      [{ topic: 'orders', errorCode: Errors.INVALID_PARTITIONS, message: 'INVALID_PARTITIONS' }],
      [{ topic: 'orders', errorCode: Errors.NONE, message: '' }],
    ])
  })

  it('is told nothing when the controller cannot be asked', () => {
    const { rig, admin } = rigged()
    rig.network.mode = 'hang'
    let results: unknown = 'none yet'
    admin.deleteTopics(['orders'], (answer) => (results = answer))
    rig.clock.advance(60_000)
    expect(results).toBeUndefined()
  })

  it('deletes records at the leaders, and follows leadership that moved', () => {
    const { rig, admin } = rigged()
    rig.leaders = [
      { leader: 1, epoch: 5 },
      { leader: 2, epoch: 5 },
    ]
    let results: readonly DeletedRecords[] | undefined
    const wanted = [
      { topic: 'orders', partition: 1, beforeOffset: 7 },
      { topic: 'orders', partition: 0, beforeOffset: -1 },
    ]
    admin.deleteRecords(wanted, (answer) => (results = answer))
    rig.clock.advance(200)
    const answer = (partitionIndex: number, errorCode: number, lowWatermark: number) => ({
      throttleTimeMs: 0,
      topics: [{ name: 'orders', partitions: [{ partitionIndex, lowWatermark, errorCode }] }],
    })
    const [second, first] = rig.network.open('DeleteRecords')
    expect([second?.to, first?.to]).toEqual(['broker-2', 'broker-1'])
    rig.leaders[1] = { leader: 3, epoch: 6 }
    second?.answer(answer(1, Errors.NOT_LEADER_OR_FOLLOWER, -1))
    first?.answer(answer(0, Errors.NONE, 12))
    rig.clock.advance(300)
    const moved = rig.network.next('DeleteRecords')
    expect([moved.to, moved.body.topics[0]?.partitions[0]?.offset]).toEqual(['broker-3', 7])
    expect(results).toBeUndefined()
    moved.answer(answer(1, Errors.OFFSET_OUT_OF_RANGE, -1))
    expect(results).toEqual([
      { topic: 'orders', partition: 1, errorCode: Errors.OFFSET_OUT_OF_RANGE, lowWatermark: -1 },
      { topic: 'orders', partition: 0, errorCode: Errors.NONE, lowWatermark: 12 },
    ])
  })

  it('deletes again when time was up for the followers, for as long as a minute', () => {
    const { rig, admin } = rigged()
    let results: readonly DeletedRecords[] | undefined
    admin.deleteRecords([{ topic: 'orders', partition: 0, beforeOffset: 7 }], (answer) => (results = answer))
    rig.clock.advance(200)
    const refuse = () => {
      const request = rig.network.next('DeleteRecords')
      const partition = { partitionIndex: 0, lowWatermark: 3, errorCode: Errors.REQUEST_TIMED_OUT }
      request.answer({ throttleTimeMs: 0, topics: [{ name: 'orders', partitions: [partition] }] })
      return request.body.timeoutMs
    }
    expect(refuse()).toBe(60_000)
    rig.clock.advance(100)
    expect(results).toBeUndefined()
    rig.clock.advance(59_700)
    refuse()
    expect(results).toEqual([{ topic: 'orders', partition: 0, errorCode: Errors.REQUEST_TIMED_OUT, lowWatermark: -1 }])
  })

  it('sets offsets of a group from outside, at its coordinator, and looks for that again when it has moved', () => {
    const { rig, admin } = rigged()
    let results: readonly SetOffset[] | undefined
    const offsets = [
      { topic: 'orders', partition: 0, offset: 7 },
      { topic: 'orders', partition: 1, offset: 0 },
    ]
    const answerLookup = (nodeId: number) => {
      const found = { key: 'billing', nodeId, host: `broker-${nodeId}`, port: 9092, errorCode: 0, errorMessage: null }
      rig.network.next('FindCoordinator').answer({ throttleTimeMs: 0, coordinators: [found] })
      rig.settle()
    }
    const answerCommit = (...codes: number[]) => {
      const request = rig.network.next('OffsetCommit')
      const partitions = codes.map((errorCode, partitionIndex) => ({ partitionIndex, errorCode }))
      request.answer({ throttleTimeMs: 0, topics: [{ name: 'orders', partitions }] })
      return request
    }
    admin.alterOffsets('billing', offsets, (answer) => (results = answer))
    rig.settle()
    answerLookup(2)
    expect(answerCommit(Errors.NOT_COORDINATOR, Errors.NOT_COORDINATOR).to).toBe('broker-2')
    rig.clock.advance(100)
    answerLookup(3)
    const request = answerCommit(Errors.NONE, Errors.UNKNOWN_MEMBER_ID)
    expect(request.to).toBe('broker-3')
    expect(request.body).toMatchObject({ generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null })
    expect(request.body.topics[0]?.partitions.map(({ committedOffset }) => committedOffset)).toEqual([7, 0])
    expect(results).toEqual([
      { topic: 'orders', partition: 0, errorCode: Errors.NONE },
      { topic: 'orders', partition: 1, errorCode: Errors.UNKNOWN_MEMBER_ID },
    ])
  })
})
