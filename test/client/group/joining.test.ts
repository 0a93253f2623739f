import { beforeEach, describe, expect, it } from 'vitest'
import { decodeAssignment } from '../../../src/protocol/consumer-protocol.ts'
import { Errors } from '../../../src/protocol/error-codes.ts'
import { GroupRig } from './group-rig.ts'

let rig: GroupRig

beforeEach(() => {
  rig = new GroupRig()
})

describe('a member that joins', () => {
  it('finds the coordinator, joins without an id, and at once again with the one it is given (C-13, KIP-394)', () => {
    rig.start({ 'session.timeout.ms': 20_000, 'max.poll.interval.ms': 60_000 })
    const first = rig.network.next('JoinGroup').body
    expect(first).toMatchObject({
      groupId: 'billing',
      memberId: '',
      sessionTimeoutMs: 20_000,
      rebalanceTimeoutMs: 60_000,
    })
    expect(first.protocols.map(({ name }) => name)).toEqual(['range', 'cooperative-sticky'])
    rig.refuseJoin(Errors.MEMBER_ID_REQUIRED, 'm1')
    expect(rig.network.next('JoinGroup').body.memberId).toBe('m1')
    expect(rig.count('FindCoordinator')).toBe(1)
  })

  it('assigns partitions if it leads, and sends every member its own', () => {
    rig.start()
    rig.lead(1, 'm1', ['m2'])
    const { assignments, protocolName, generationId } = rig.network.next('SyncGroup').body
    expect([protocolName, generationId]).toEqual(['range', 1])
    const partitions = assignments.map(({ memberId, assignment }) => [
      memberId,
      decodeAssignment(assignment)?.partitions.map(({ partition }) => partition),
    ])
    expect(partitions).toEqual([
      ['m1', [0, 1]],
      ['m2', [2]],
    ])
  })

  it('sends no assignment if it follows', () => {
    rig.start()
    rig.follow(1)
    expect(rig.network.next('SyncGroup').body.assignments).toEqual([])
  })

  it('goes on where the group left off, and by auto.offset.reset where nothing was committed (C-6)', () => {
    rig.committed.set('orders-0', 7)
    rig.logEnd = 9
    rig.start()
    rig.joinWith([0, 1])
    expect(rig.told).toEqual(['assigned 0 1', 'read 0: 7 8', 'read 1: 0 1 2 3 4 5 6 7 8'])
  })

  it('with auto.offset.reset=none fails where nothing was committed (C-6)', () => {
    rig.start({ 'auto.offset.reset': 'none' })
    rig.joinWith([0])
    expect(rig.failure?.code).toBe('NoOffsetForPartitionException')
  })

  it('with auto.offset.reset=none fails where what was committed is out of range (C-7)', () => {
    rig.committed.set('orders-0', 7)
    rig.start({ 'auto.offset.reset': 'none' })
    rig.network.always('Fetch', (request) => rig.answerFetch(request, Errors.OFFSET_OUT_OF_RANGE))
    rig.joinWith([0])
    rig.clock.advance(100)
    expect(rig.failure?.code).toBe('OffsetOutOfRangeException')
    expect(rig.consumer.positions().get('orders-0')).toBe(7)
  })

  it('with auto.offset.reset=none fails where the log was cut below its position (C-8)', () => {
    rig.logEnd = 4
    rig.committed.set('orders-0', 0)
    rig.network.always('OffsetForLeaderEpoch', (request) => {
      const partitions = [{ partition: 0, errorCode: 0, leaderEpoch: 5, endOffset: 2 }]
      request.answer({ throttleTimeMs: 0, topics: [{ topic: 'orders', partitions }] })
    })
    rig.start({ 'auto.offset.reset': 'none', 'metadata.max.age.ms': 5000 })
    rig.joinWith([0])
    rig.leaders = [{ leader: 1, epoch: 6 }]
    rig.clock.advance(6000)
    expect(rig.told.at(-1)).toBe('failed LogTruncationException')
    expect(rig.consumer.positions().get('orders-0')).toBe(4)
  })

  it('asks again for committed offsets while the coordinator loads, and while they are not stable (O-4)', () => {
    rig.committed.set('orders-0', 7)
    rig.logEnd = 8
    rig.failNext('OffsetFetch', Errors.COORDINATOR_LOAD_IN_PROGRESS)
    rig.start()
    rig.joinWith([0])
    rig.clock.advance(300)
    expect(rig.count('OffsetFetch')).toBe(2)
    expect(rig.told.at(-1)).toBe('read 0: 7')
  })
})

describe('errors of a join (C-13)', () => {
  it.each([
    ['UNKNOWN_MEMBER_ID', Errors.UNKNOWN_MEMBER_ID, 1, ''],
    ['REBALANCE_IN_PROGRESS', Errors.REBALANCE_IN_PROGRESS, 1, 'm1'],
    ['NOT_COORDINATOR', Errors.NOT_COORDINATOR, 3, 'm1'],
    ['COORDINATOR_NOT_AVAILABLE', Errors.COORDINATOR_NOT_AVAILABLE, 3, 'm1'],
    ['COORDINATOR_LOAD_IN_PROGRESS', Errors.COORDINATOR_LOAD_IN_PROGRESS, 1, 'm1'],
    // The connection was closed: found at once, the coordinator cannot be reached yet, and is asked for once more.
  ])('%s: it joins again, code %i, after %i lookups, as "%s"', (_name, errorCode, lookups, memberId) => {
    rig.start()
    rig.refuseJoin(Errors.MEMBER_ID_REQUIRED, 'm1')
    rig.refuseJoin(errorCode)
    rig.clock.advance(1500)
    expect(rig.network.next('JoinGroup').body.memberId).toBe(memberId)
    expect(rig.count('FindCoordinator')).toBe(lookups)
  })

  it.each([
    Errors.INCONSISTENT_GROUP_PROTOCOL,
    Errors.INVALID_SESSION_TIMEOUT,
    Errors.GROUP_MAX_SIZE_REACHED,
    Errors.FENCED_INSTANCE_ID,
  ])('%i: poll throws', (errorCode) => {
    rig.start()
    rig.refuseJoin(errorCode)
    expect(rig.failure?.retriable).toBe(false)
    expect(rig.failure?.code).not.toBe('KafkaException')
  })

  it('a join that is not answered is given up after the rebalance timeout and five seconds', () => {
    rig.start({ 'max.poll.interval.ms': 60_000 })
    rig.clock.advance(64_900)
    expect(rig.count('JoinGroup')).toBe(1)
    rig.clock.advance(1500)
    expect(rig.count('JoinGroup')).toBe(2)
  })

  it('a lost connection makes it look for the coordinator again', () => {
    rig.start()
    rig.network.next('JoinGroup').connection.lose()
    rig.clock.advance(2000)
    expect(rig.count('FindCoordinator')).toBe(3)
    expect(rig.count('JoinGroup')).toBe(2)
  })
})

describe('a leader', () => {
  it('that waits for metadata holds the lock: no heartbeat is sent, and its assignment is of the generation it joined', () => {
    rig.start({ 'metadata.max.age.ms': 2000, 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 500 })
    rig.refuseJoin(Errors.MEMBER_ID_REQUIRED, 'm1')
    const held: (() => void)[] = []
    rig.network.always('Metadata', (request) => held.push(() => request.answer(rig.metadata())))
    rig.clock.advance(2500)
    rig.failNext('Heartbeat', Errors.ILLEGAL_GENERATION)
    rig.lead(3)
    rig.clock.advance(5000)
    expect(held.length).toBeGreaterThan(0)
    expect([rig.count('Heartbeat'), rig.network.requests('SyncGroup').length]).toEqual([0, 0])
    for (const answer of held.splice(0)) answer()
    rig.settle()
    expect(rig.network.next('SyncGroup').body).toMatchObject({ generationId: 3, memberId: 'm1', protocolName: 'range' })
    rig.clock.advance(1)
    expect(rig.count('Heartbeat')).toBe(1)
  })
})

describe('errors of a sync (C-13)', () => {
  it.each([
    ['REBALANCE_IN_PROGRESS keeps generation', Errors.REBALANCE_IN_PROGRESS, 'm1', 1],
    ['ILLEGAL_GENERATION keeps only the member id', Errors.ILLEGAL_GENERATION, 'm1', -1],
    ['UNKNOWN_MEMBER_ID keeps nothing', Errors.UNKNOWN_MEMBER_ID, '', -1],
  ])('%s', (_name, errorCode, memberId, generation) => {
    rig.start({ 'partition.assignment.strategy': ['cooperative-sticky'] })
    rig.refuseJoin(Errors.MEMBER_ID_REQUIRED, 'm1')
    rig.follow(1, 'm1', 'cooperative-sticky')
    rig.sync([], errorCode)
    expect(rig.network.next('JoinGroup').body.memberId).toBe(memberId)
    expect(rig.claims().generation).toBe(generation)
  })

  it('COORDINATOR_LOAD_IN_PROGRESS is not expected: poll throws (B-46)', () => {
    rig.start()
    rig.follow(1)
    rig.sync([], Errors.COORDINATOR_LOAD_IN_PROGRESS)
    expect(rig.failure?.message).toContain('unexpected error in SyncGroup: COORDINATOR_LOAD_IN_PROGRESS')
  })

  it('of another group of partitions than it subscribes to it takes nothing, and joins again (C-22)', () => {
    rig.start()
    rig.follow(1)
    const request = rig.network.next('SyncGroup')
    const body = { throttleTimeMs: 0, errorCode: 0, protocolType: 'consumer', protocolName: 'range' }
    request.answer({
      ...body,
      assignment: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 1, 0x61, 0, 0, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255),
    })
    rig.settle()
    expect(rig.told).toEqual(['revoked'])
    expect(rig.count('JoinGroup')).toBe(2)
  })
})
