// Expiry of committed offsets and what is deleted with groups and topics (O-5 … O-7).

import { describe, expect, it } from 'vitest'
import { GroupRig, SESSION_MS, subscription } from './rig.ts'

const CHECK_MS = 600_000
const RETENTION_MINUTES = 60
const RETENTION_MS = RETENTION_MINUTES * 60_000

function expiring(): GroupRig {
  return new GroupRig({ config: { 'offsets.retention.minutes': RETENTION_MINUTES } }).lead()
}

/** Time passes; the member sends heartbeats. */
function live(rig: GroupRig, memberId: string, ms: number, generation = 1): void {
  for (let passedMs = 0; passedMs < ms; passedMs += SESSION_MS / 2) {
    rig.host.clock.advance(SESSION_MS / 2)
    rig.heartbeat(memberId, generation)
  }
}

const removed = (rig: GroupRig) =>
  rig.host.events('group-offset-removed').map(({ partition, why }) => `${partition} ${why}`)

describe('committed offsets expire (KIP-211)', () => {
  it('from outside a group, counted from the commit; the group goes with the last', () => {
    const rig = expiring()
    rig.commit()
    rig.host.clock.advance(RETENTION_MS - 1)
    expect(rig.committed()).toBe(5)
    rig.host.clock.advance(CHECK_MS)
    expect(rig.committed()).toBe(-1)
    expect(removed(rig)).toEqual(['orders-0 expired'])
    expect(rig.describe().groupState).toBe('Dead')
  })

  it('of an Empty group, counted from when it became Empty', () => {
    const rig = expiring()
    const [only = ''] = rig.stable()
    rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 })
    live(rig, only, RETENTION_MS - CHECK_MS)
    rig.leave({ memberId: only })
    rig.host.clock.advance(RETENTION_MS - CHECK_MS)
    expect(rig.committed()).toBe(5)
    rig.host.clock.advance(2 * CHECK_MS)
    expect(rig.committed()).toBe(-1)
  })

  it('of a Stable group, for topics that nobody reads any more', () => {
    const rig = expiring()
    const protocols = [{ name: 'range', metadata: subscription('parts') }]
    const memberId = rig.memberId({ protocols })
    rig.commit()
    rig.join({ memberId, protocols })
    rig.host.clock.advance(0)
    rig.sync(memberId, 1)
    live(rig, memberId, RETENTION_MS + CHECK_MS)
    expect(removed(rig)).toEqual(['orders-0 expired'])
    expect(rig.state).toBe('Stable')
  })

  it('never of a Stable group for topics it reads (KAFKA-4682)', () => {
    const rig = expiring()
    const [only = ''] = rig.stable()
    rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 })
    live(rig, only, 2 * RETENTION_MS)
    expect(rig.committed()).toBe(5)
  })

  it('never of a group in the middle of a rebalance (KAFKA-13636)', () => {
    const rig = expiring()
    const protocols = [{ name: 'range', metadata: subscription('parts') }]
    const patient = { sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 10 * RETENTION_MS, protocols }
    const memberId = rig.memberId(patient)
    rig.commit()
    rig.join({ memberId, ...patient })
    rig.host.clock.advance(0)
    for (let i = 0; i < 8; i++) {
      rig.host.clock.advance(RETENTION_MS / 4)
      rig.heartbeat(memberId, 1)
    }
    expect(rig.state).toBe('CompletingRebalance')
    expect(removed(rig)).toEqual([])
  })

  it('and are found expired by whoever coordinates next, at the same time', () => {
    const rig = expiring()
    rig.commit()
    rig.host.clock.advance(RETENTION_MS - CHECK_MS)
    rig.lead(2)
    rig.lead(1)
    rig.host.clock.advance(CHECK_MS - 1)
    expect(rig.committed()).toBe(5)
    rig.host.clock.advance(1)
    expect(rig.committed()).toBe(-1)
  })
})

describe('offsets go', () => {
  it('with their group', () => {
    const rig = new GroupRig().lead()
    rig.commit()
    rig.ask('DeleteGroups', { groupsNames: ['g'] })
    expect(removed(rig)).toEqual(['orders-0 group-deleted'])
    expect(rig.committed()).toBe(-1)
  })

  it('with their topic (O-7)', () => {
    const rig = new GroupRig().lead()
    rig.commit()
    rig.unpublish('orders')
    expect(removed(rig)).toEqual(['orders-0 topic-deleted'])
    expect(rig.committed()).toBe(-1)
    expect(rig.state).toBe('Empty')
  })

  it("one by one, at an administrator's request", () => {
    const rig = new GroupRig().lead()
    const at = { committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: '' }
    rig.commit({
      topics: [{ name: 'orders', partitions: [0, 1].map((partitionIndex) => ({ partitionIndex, ...at })) }],
    })
    rig.ask('OffsetDelete', { groupId: 'g', topics: [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }] })
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }]
    const [group] = rig.ask('OffsetFetch', { groups, requireStable: false }).groups
    expect(group!.topics.map(({ name, partitions }) => [name, partitions.map((p) => p.partitionIndex)])).toEqual([
      ['orders', [1]],
    ])
  })
})
