// Life between joins: heartbeats, rebalances, an application that is slow, the end.

import { beforeEach, describe, expect, it } from 'vitest'
import { sleepUntil } from '../../../src/client/group/blocking.ts'
import { Errors } from '../../../src/protocol/error-codes.ts'
import { GroupRig } from './group-rig.ts'

let rig: GroupRig

beforeEach(() => {
  rig = new GroupRig()
})

/** The application works this long on whatever it is handed first. */
function busyOnce(ms: number): void {
  let busy = false
  rig.onRecords = function* () {
    if (busy) return
    busy = true
    yield* sleepUntil(rig, rig.clock.monotonicMs() + ms)
    rig.told.push('processed')
  }
}

describe('heartbeats (C-10)', () => {
  it('go out every heartbeat.interval.ms, whether the application polls or not', () => {
    rig.logEnd = 1
    busyOnce(20_000)
    rig.start({ 'enable.auto.commit': false })
    rig.joinWith([0])
    rig.clock.advance(10_000)
    expect(rig.told).toEqual(['assigned 0', 'read 0: 0'])
    expect(rig.count('Heartbeat')).toBe(3)
  })

  it('stop while a join waits for its answer', () => {
    rig.start()
    rig.joinWith([0])
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    expect(rig.count('JoinGroup')).toBe(3)
    rig.clock.advance(20_000)
    expect(rig.count('Heartbeat')).toBe(1)
  })

  it('that are not answered within session.timeout.ms make it look for the coordinator again', () => {
    rig.start({ 'session.timeout.ms': 10_000, 'request.timeout.ms': 60_000 })
    rig.joinWith([0])
    rig.network.always('Heartbeat', () => {})
    rig.clock.advance(9900)
    expect(rig.count('FindCoordinator')).toBe(1)
    rig.clock.advance(700)
    expect(rig.count('FindCoordinator')).toBeGreaterThanOrEqual(2)
  })

  it.each([
    ['NOT_COORDINATOR', Errors.NOT_COORDINATOR],
    ['COORDINATOR_NOT_AVAILABLE', Errors.COORDINATOR_NOT_AVAILABLE],
  ])('%s: the coordinator is asked for, the group is not left', (_name, errorCode) => {
    rig.start()
    rig.joinWith([0])
    rig.failNext('Heartbeat', errorCode)
    rig.clock.advance(4500)
    expect(rig.count('FindCoordinator')).toBeGreaterThanOrEqual(2)
    expect(rig.count('JoinGroup')).toBe(2)
    expect(rig.count('Heartbeat')).toBeGreaterThanOrEqual(2)
  })

  it.each([
    ['UNKNOWN_MEMBER_ID', Errors.UNKNOWN_MEMBER_ID, ''],
    ['ILLEGAL_GENERATION', Errors.ILLEGAL_GENERATION, 'm1'],
  ])('%s: what it had is lost, and it joins again', (_name, errorCode, memberId) => {
    rig.start({ 'enable.auto.commit': false })
    rig.joinWith([0, 1])
    rig.failNext('Heartbeat', errorCode)
    rig.clock.advance(3200)
    expect(rig.told).toEqual(['assigned 0 1', 'lost 0 1'])
    expect(rig.network.next('JoinGroup').body.memberId).toBe(memberId)
  })

  it('FENCED_INSTANCE_ID: poll throws (G-35)', () => {
    rig.start({ 'group.instance.id': 'i1' })
    rig.follow(1)
    rig.sync([0])
    rig.failNext('Heartbeat', Errors.FENCED_INSTANCE_ID)
    rig.clock.advance(5000)
    expect(rig.failure?.code).toBe('FENCED_INSTANCE_ID')
    // Who polls on all the same comes in as somebody new.
    rig.consumer.run(
      (function* () {
        yield* rig.consumer.poll(10_000)
      })(),
    )
    rig.settle()
    expect(rig.network.next('JoinGroup').body).toMatchObject({ memberId: '', groupInstanceId: 'i1' })
  })
})

describe('a rebalance that others begin', () => {
  it('of an eager member: commits, gives all up, then joins (C-17, C-20)', () => {
    rig.logEnd = 5
    rig.start()
    rig.joinWith([0, 1])
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    expect(rig.told.slice(1)).toEqual([
      'read 0: 0 1 2 3 4',
      'read 1: 0 1 2 3 4',
      'commit auto g1 0@5 1@5',
      'revoked 0 1',
    ])
    expect(rig.claims().owned).toEqual([])
    rig.follow(2)
    rig.sync([1, 2])
    rig.clock.advance(1000)
    expect(rig.told.slice(5)).toEqual(['assigned 1 2', 'read 2: 0 1 2 3 4'])
    expect(rig.consumer.positions().get('orders-1')).toBe(5)
  })

  it('of an eager member: hands nothing over while the commit before it is on its way (B-6)', () => {
    rig.logEnd = 5
    rig.start()
    rig.joinWith([0])
    rig.network.always('OffsetCommit', () => {})
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3100)
    rig.logEnd = 8
    rig.clock.advance(2000)
    expect(rig.told.at(-1)).toBe('read 0: 0 1 2 3 4')
    expect(rig.count('OffsetCommit')).toBe(1)
    expect(rig.count('JoinGroup')).toBe(2)
  })

  it('of a cooperative member: goes on reading, gives up only what moves, and joins once more (C-21)', () => {
    rig.start({ 'partition.assignment.strategy': ['cooperative-sticky'] })
    rig.joinWith([0, 1], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    expect(rig.claims()).toEqual({ owned: [0, 1], generation: 1 })
    rig.logEnd = 2
    rig.clock.advance(600)
    expect(rig.told.filter((line) => !line.startsWith('commit'))).toEqual([
      'assigned 0 1',
      'read 0: 0 1',
      'read 1: 0 1',
    ])
    rig.follow(2, 'm1', 'cooperative-sticky')
    rig.sync([0])
    expect(rig.told.slice(-3)).toEqual(['revoked 1', 'assigned', 'commit auto g2 0@2'])
    expect(rig.claims()).toEqual({ owned: [0], generation: 2 })
  })

  it('of a cooperative member: asks where to begin with what is new only when it need not join once more (C-21)', () => {
    rig.logEnd = 2
    rig.start({ 'partition.assignment.strategy': ['cooperative-sticky'], 'enable.auto.commit': false })
    rig.joinWith([0], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    rig.follow(2, 'm1', 'cooperative-sticky')
    rig.sync([1])
    const asked = rig.count('OffsetFetch')
    rig.clock.advance(2000)
    expect(rig.told).toEqual(['assigned 0', 'read 0: 0 1', 'revoked 0', 'assigned 1'])
    expect(rig.count('OffsetFetch')).toBe(asked)
    rig.follow(3, 'm1', 'cooperative-sticky')
    rig.sync([1])
    rig.clock.advance(100)
    expect(rig.told.slice(4)).toEqual(['assigned', 'read 1: 0 1'])
  })

  it('of a cooperative member: does not look whether its position is still good on a new leader before it has joined', () => {
    const questions = () => rig.network.requests('OffsetForLeaderEpoch').length
    rig.logEnd = 2
    rig.network.always('OffsetForLeaderEpoch', (request) => {
      const partitions = [{ partition: 0, errorCode: 0, leaderEpoch: 5, endOffset: 2 }]
      request.answer({ throttleTimeMs: 0, topics: [{ topic: 'orders', partitions }] })
    })
    rig.start({
      'partition.assignment.strategy': ['cooperative-sticky'],
      'enable.auto.commit': false,
      'metadata.max.age.ms': 5000,
    })
    rig.joinWith([0], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    rig.leaders = [{ leader: 1, epoch: 6 }]
    rig.clock.advance(3000)
    rig.logEnd = 4
    rig.clock.advance(2000)
    expect([rig.told.at(-1), questions()]).toEqual(['read 0: 0 1', 0])
    rig.follow(2, 'm1', 'cooperative-sticky')
    rig.sync([0])
    rig.clock.advance(100)
    expect([rig.told.at(-1), questions()]).toEqual(['read 0: 2 3', 1])
  })

  it('the leader begins one itself when a topic of the group grows (C-14)', () => {
    rig.start({ 'metadata.max.age.ms': 20_000 })
    rig.lead(1)
    rig.sync([0, 1, 2])
    rig.clock.advance(15_000)
    expect(rig.count('JoinGroup')).toBe(1)
    rig.leaders = [...rig.leaders, { leader: 1, epoch: 5 }]
    rig.clock.advance(10_000)
    expect(rig.count('JoinGroup')).toBe(2)
  })

  it('a follower does not (C-14)', () => {
    rig.start({ 'metadata.max.age.ms': 20_000 })
    rig.joinWith([0])
    rig.leaders = [...rig.leaders, { leader: 1, epoch: 5 }]
    rig.clock.advance(30_000)
    expect(rig.count('JoinGroup')).toBe(2)
  })
})

describe('an application that does not poll within max.poll.interval.ms (C-11)', () => {
  const SLOW = { 'max.poll.interval.ms': 10_000, 'enable.auto.commit': false }

  it('is left to its work; its member leaves, and has lost everything at the next poll', () => {
    rig.logEnd = 1
    busyOnce(30_000)
    rig.start(SLOW)
    rig.joinWith([0])
    rig.clock.advance(10_500)
    expect(rig.told).toEqual(['assigned 0', 'read 0: 0', 'left'])
    expect(rig.network.requests('LeaveGroup')[0]?.body.members[0]).toMatchObject({ memberId: 'm1' })
    rig.clock.advance(20_000)
    expect(rig.told.slice(3)).toEqual(['processed', 'lost 0'])
    expect(rig.network.next('JoinGroup').body.memberId).toBe('')
  })

  it('cannot commit what it did', () => {
    rig.logEnd = 1
    rig.onRecords = function* (consumer) {
      yield* sleepUntil(rig, rig.clock.monotonicMs() + 15_000)
      yield* consumer.commitSync()
    }
    rig.start(SLOW)
    rig.joinWith([0])
    rig.clock.advance(15_500)
    expect(rig.failure?.code).toBe('CommitFailedException')
    expect(rig.committed.size).toBe(0)
  })

  it('of a static member: it stops heartbeating, and says nothing (G-37)', () => {
    rig.logEnd = 1
    busyOnce(30_000)
    rig.start({ ...SLOW, 'group.instance.id': 'i1' })
    rig.follow(1)
    rig.sync([0])
    rig.clock.advance(25_000)
    expect(rig.count('LeaveGroup')).toBe(0)
    expect(rig.count('Heartbeat')).toBe(3)
  })

  it('is not late when it polls and there is nothing to read', () => {
    rig.start(SLOW)
    rig.joinWith([0])
    rig.clock.advance(60_000)
    expect(rig.count('LeaveGroup')).toBe(0)
  })
})

describe('closing (C-22)', () => {
  it('commits, gives up, leaves', () => {
    rig.logEnd = 3
    rig.start()
    rig.joinWith([0])
    rig.stopping = true
    rig.clock.advance(1000)
    expect(rig.told).toEqual(['assigned 0', 'read 0: 0 1 2', 'commit sync g1 0@3', 'revoked 0', 'left', 'closed'])
    expect(rig.count('LeaveGroup')).toBe(1)
    rig.clock.advance(20_000)
    expect(rig.count('Heartbeat')).toBe(0)
  })

  it('of a static member does not leave', () => {
    rig.start({ 'group.instance.id': 'i1' })
    rig.follow(1)
    rig.sync([0])
    rig.stopping = true
    rig.clock.advance(1500)
    expect(rig.told.at(-1)).toBe('closed')
    expect(rig.count('LeaveGroup')).toBe(0)
  })

  it('while the group rebalances, what it has is lost', () => {
    rig.start({ 'partition.assignment.strategy': ['cooperative-sticky'], 'enable.auto.commit': false })
    rig.joinWith([0], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    rig.stopping = true
    rig.clock.advance(1000)
    // The coordinator answers the join of whoever leaves (G-34); close waits for that.
    expect(rig.told).toEqual(['assigned 0', 'lost 0', 'left'])
    rig.refuseJoin(Errors.UNKNOWN_MEMBER_ID)
    expect(rig.told.at(-1)).toBe('closed')
  })

  it('gives up after its time when nobody answers', () => {
    rig.logEnd = 1
    rig.start()
    rig.joinWith([0])
    rig.network.always('OffsetCommit', () => {})
    rig.stopping = true
    rig.clock.advance(30_900)
    expect(rig.told).not.toContain('closed')
    rig.clock.advance(600)
    expect(rig.told.at(-1)).toBe('closed')
  })
})

it('wakeup makes the poll that blocks throw, once (C-23)', () => {
  rig.start({}, 60_000)
  rig.joinWith([0])
  rig.clock.advance(1000)
  rig.consumer.wakeup()
  expect(rig.failure?.code).toBe('WakeupException')
})
