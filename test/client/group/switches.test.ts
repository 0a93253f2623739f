// Both sides of each switch that acts in a member of a group.

import { describe, expect, it } from 'vitest'
import { sleepUntil } from '../../../src/client/group/blocking.ts'
import { Errors } from '../../../src/protocol/error-codes.ts'
import type { Switches } from '../../../src/switches/switches.ts'
import { GroupRig } from './group-rig.ts'

function rigWith(switches: Partial<Switches>): GroupRig {
  const rig = new GroupRig()
  rig.switches = switches
  return rig
}

/** The application works this long on whatever it is handed first. */
function busyOnce(rig: GroupRig, ms: number): void {
  let busy = false
  rig.onRecords = function* () {
    if (busy) return
    busy = true
    yield* sleepUntil(rig, rig.clock.monotonicMs() + ms)
  }
}

describe('prepareBeforeEachJoin (KAFKA-12983, B-2)', () => {
  const thrownOutWhileItJoins = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    rig.start({ 'partition.assignment.strategy': ['cooperative-sticky'], 'enable.auto.commit': false })
    rig.joinWith([0, 1], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    rig.refuseJoin(Errors.UNKNOWN_MEMBER_ID)
    rig.clock.advance(200)
    return { told: rig.told, claims: rig.claims() }
  }

  it('on: what it had is lost, and it claims nothing', () => {
    const { told, claims } = thrownOutWhileItJoins({})
    expect(told).toEqual(['assigned 0 1', 'lost 0 1'])
    expect(claims.owned).toEqual([])
  })

  it('off: it keeps and claims what others may have by now', () => {
    const { told, claims } = thrownOutWhileItJoins({ prepareBeforeEachJoin: false })
    expect(told).toEqual(['assigned 0 1'])
    expect(claims.owned).toEqual([0, 1])
  })
})

/** Others begin a rebalance, and the commit before it takes its time. */
function commitsSlowly(switches: Partial<Switches>, answerAfterMs: number): GroupRig {
  const rig = rigWith(switches)
  rig.logEnd = 5
  rig.start()
  rig.joinWith([0])
  const { network } = rig
  network.always('OffsetCommit', (request) => {
    const topics = request.body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 0 })),
    }))
    rig.clock.after(answerAfterMs, 'slow-commit', () => request.answer({ throttleTimeMs: 0, topics }))
  })
  rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
  rig.clock.advance(3100)
  return rig
}

describe('withholdBeforeRevocation (KAFKA-14196, B-6)', () => {
  const readMeanwhile = (switches: Partial<Switches>) => {
    const rig = commitsSlowly(switches, 5000)
    rig.logEnd = 8
    rig.clock.advance(2000)
    return rig.told.filter((line) => line.startsWith('read'))
  }

  it('on: nothing is handed over after the last commit was sent', () => {
    expect(readMeanwhile({})).toEqual(['read 0: 0 1 2 3 4'])
  })

  it('off: records are, of which nobody will hear', () => {
    expect(readMeanwhile({ withholdBeforeRevocation: false })).toEqual(['read 0: 0 1 2 3 4', 'read 0: 5 6 7'])
  })
})

describe('rememberPrepareCommit (KAFKA-14024, B-7)', () => {
  const afterTwoSeconds = (switches: Partial<Switches>) => {
    const rig = commitsSlowly(switches, 300)
    rig.clock.advance(2000)
    return { commits: rig.count('OffsetCommit'), joins: rig.count('JoinGroup') }
  }

  it('on: one commit, and then it joins', () => {
    expect(afterTwoSeconds({})).toEqual({ commits: 1, joins: 3 })
  })

  it('off: one commit after the other, and no join', () => {
    const { commits, joins } = afterTwoSeconds({ rememberPrepareCommit: false })
    expect(commits).toBeGreaterThan(3)
    expect(joins).toBe(2)
  })
})

describe('recheckGeneration (KAFKA-8104, B-16)', () => {
  /** Its sync is answered while the application is at work, for longer than it may be. */
  const backAtLast = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    rig.start({
      'partition.assignment.strategy': ['cooperative-sticky'],
      'enable.auto.commit': false,
      'max.poll.interval.ms': 10_000,
    })
    rig.joinWith([0], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    rig.follow(2, 'm1', 'cooperative-sticky')
    busyOnce(rig, 15_000)
    rig.logEnd = 1
    rig.clock.advance(1000)
    rig.sync([0, 1])
    rig.clock.advance(15_000)
    return rig.told.filter((line) => !line.startsWith('read'))
  }

  it('on: it has lost everything', () => {
    expect(backAtLast({})).toEqual(['assigned 0', 'left', 'lost 0'])
  })

  it('off: it takes what it was assigned in a generation that is over', () => {
    expect(backAtLast({ recheckGeneration: false }).slice(0, 4)).toEqual([
      'assigned 0',
      'left',
      'lost 0',
      'assigned 0 1',
    ])
  })
})

describe('forgetFailedLookup (KAFKA-10793, B-15)', () => {
  /** The heartbeat thread looks for a coordinator in vain, while the application is at work. */
  const lookups = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    rig.logEnd = 1
    busyOnce(rig, 20_000)
    rig.start({ 'enable.auto.commit': false })
    rig.joinWith([0])
    rig.failNext('Heartbeat', Errors.NOT_COORDINATOR)
    rig.failNext('FindCoordinator', Errors.COORDINATOR_NOT_AVAILABLE, Errors.COORDINATOR_NOT_AVAILABLE)
    rig.clock.advance(40_000)
    return { lookups: rig.count('FindCoordinator'), heartbeats: rig.count('Heartbeat') }
  }

  it('on: it looks again, and goes on', () => {
    const { lookups: count, heartbeats } = lookups({})
    expect(count).toBeGreaterThan(3)
    expect(heartbeats).toBeGreaterThan(5)
  })

  it('off: never again, in neither thread', () => {
    expect(lookups({ forgetFailedLookup: false })).toEqual({ lookups: 3, heartbeats: 1 })
  })
})

describe('trustCooperativeSticky (KAFKA-13406, B-4)', () => {
  /** It leads, and of what another claims from an older generation it assigns something to itself. */
  const leading = (switches: Partial<Switches>) => {
    const rig = rigWith({ stickyClaims: 'newestOnly', ...switches })
    rig.start({ 'partition.assignment.strategy': ['cooperative-sticky'], 'enable.auto.commit': false })
    rig.joinWith([0], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    rig.lead(2, 'm1', ['m2'], 'cooperative-sticky', [1, 2])
    return { failed: rig.failure?.code, syncs: rig.network.requests('SyncGroup').length }
  }

  it('on: the assignor knows what it does', () => {
    expect(leading({})).toEqual({ failed: undefined, syncs: 2 })
  })

  it('off: the leader’s poll fails, and nobody is assigned anything', () => {
    expect(leading({ trustCooperativeSticky: false })).toEqual({ failed: 'IllegalStateException', syncs: 1 })
  })
})

describe('resetOnFailedSync (KAFKA-13891, KAFKA-14016, B-5)', () => {
  const missedAnAssignment = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    rig.start({ 'partition.assignment.strategy': ['cooperative-sticky'], 'enable.auto.commit': false })
    rig.joinWith([0, 1], 'cooperative-sticky')
    rig.failNext('Heartbeat', Errors.REBALANCE_IN_PROGRESS)
    rig.clock.advance(3200)
    rig.follow(2, 'm1', 'cooperative-sticky')
    rig.sync([], Errors.REBALANCE_IN_PROGRESS)
    return { told: rig.told, claims: rig.claims() }
  }

  it('off, as today: it claims what it has, in the generation it is in', () => {
    expect(missedAnAssignment({})).toEqual({ told: ['assigned 0 1'], claims: { owned: [0, 1], generation: 2 } })
  })

  it('on: it has lost everything', () => {
    expect(missedAnAssignment({ resetOnFailedSync: true })).toEqual({
      told: ['assigned 0 1', 'lost 0 1'],
      claims: { owned: [], generation: -1 },
    })
  })
})
