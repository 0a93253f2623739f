// The gate before every request (G-7): what a broker answers while it loads the partition of a group, and when it cannot.

import { describe, expect, it } from 'vitest'
import type { Pool } from '../../sim/host.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { GroupRig, SESSION_MS } from './rig.ts'

/** A rig whose thread for loading does nothing before it is told to. */
class SlowRig extends GroupRig {
  private readonly toLoad: (() => void)[] = []

  constructor(switches: Partial<Switches> = {}) {
    super({ replicas: [1, 2, 3], switches })
    const { jobs } = this.host
    const pool = (name: string): Pool =>
      name === 'group-metadata-loading'
        ? { run: (_kind, fn) => void this.toLoad.push(fn), queued: 0 }
        : { run: (kind, fn) => jobs.pool().run(kind, fn), queued: 0 }
    Object.assign(this.host, { jobs: { pool, charge: () => {} } })
  }

  load(): void {
    for (const fn of this.toLoad.splice(0)) fn()
  }
}

describe('while the partition is loaded', () => {
  it('a heartbeat is answered as if all were well, everything else with COORDINATOR_LOAD_IN_PROGRESS', () => {
    const rig = new SlowRig().lead()
    const loading = Errors.COORDINATOR_LOAD_IN_PROGRESS
    expect(rig.heartbeat('m', 1)).toBe('NONE')
    expect(rig.join().answer).toMatchObject({ errorCode: loading, memberId: '' })
    expect(rig.sync('m', 1).answer?.errorCode).toBe(loading)
    expect(rig.leave({ memberId: 'm' }).errorCode).toBe(loading)
    expect(rig.commit().answer?.topics[0]?.partitions[0]?.errorCode).toBe(loading)
    expect(rig.describe().errorCode).toBe(loading)
    expect(rig.ask('ListGroups', { statesFilter: [], typesFilter: [] }).errorCode).toBe(loading)
    expect(rig.ask('DeleteGroups', { groupsNames: ['g'] }).results[0]?.errorCode).toBe(loading)
    const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }]
    expect(rig.ask('OffsetDelete', { groupId: 'g', topics }).errorCode).toBe(loading)
    for (const requireStable of [true, false]) {
      const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }]
      expect(rig.ask('OffsetFetch', { groups, requireStable }).groups[0]?.errorCode).toBe(loading)
    }
    rig.load()
    expect(rig.join().answer?.errorCode).toBe(Errors.MEMBER_ID_REQUIRED)
  })

  it('rejoinWhileLoading (before 4.0, B-46): members that sync join again, which the Java client knows how to do', () => {
    const rig = new SlowRig({ rejoinWhileLoading: true }).lead()
    expect(rig.sync('m', 1).answer?.errorCode).toBe(Errors.REBALANCE_IN_PROGRESS)
    expect(rig.join().answer?.errorCode).toBe(Errors.COORDINATOR_LOAD_IN_PROGRESS)
    rig.lead(2)
    expect(rig.sync('m', 1).answer?.errorCode).toBe(Errors.NOT_COORDINATOR)
  })

  it('a broker that loses it again is no coordinator, and what was read is forgotten', () => {
    const rig = new SlowRig().lead()
    rig.lead(2)
    expect(rig.heartbeat('m', 1)).toBe('NOT_COORDINATOR')
    rig.load()
    expect(rig.heartbeat('m', 1)).toBe('NOT_COORDINATOR')
    expect(rig.host.events('coordinator-changed').map(({ state }) => state)).toEqual(['loading', 'resigned'])
    expect(rig.host.clock.pending).toBe(0)
  })

  it('a broker that gets it back meanwhile loads it once more', () => {
    const rig = new SlowRig().lead()
    rig.lead(2)
    rig.lead(1)
    rig.load()
    expect(rig.join().answer?.errorCode).toBe(Errors.MEMBER_ID_REQUIRED)
    expect(rig.host.events('coordinator-changed').map(({ state, epoch }) => `${state} ${epoch}`)).toEqual([
      'loading 1',
      'resigned 1',
      'loading 3',
      'active 3',
    ])
  })

  it('members of what is loaded have their whole session from the end of it', () => {
    const rig = new SlowRig().lead()
    rig.load()
    const memberId = rig.memberId()
    rig.join({ memberId })
    rig.host.clock.advance(0)
    rig.sync(memberId, 1)
    rig.replicate()
    rig.lead(2)
    rig.lead(1)
    rig.host.clock.advance(3 * SESSION_MS)
    rig.load()
    rig.host.clock.advance(SESSION_MS - 1)
    expect(rig.heartbeat(memberId, 1)).toBe('NONE')
  })
})

describe('when the partition cannot be loaded', () => {
  it('for this broker does not lead it: it is no coordinator, until it is elected again', () => {
    const rig = new SlowRig().lead()
    rig.replicas.hosted('__consumer_offsets', 0)!.stop()
    rig.load()
    expect(rig.heartbeat('m', 1)).toBe('NOT_COORDINATOR')
    expect(rig.join().answer?.errorCode).toBe(Errors.NOT_COORDINATOR)
    rig.lead(1)
    rig.load()
    expect(rig.join().answer?.errorCode).toBe(Errors.MEMBER_ID_REQUIRED)
  })
})
