// Each invariant of groups, on a coordinator that keeps it and on one that was broken for the purpose.

import { describe, expect, it } from 'vitest'
import { ClassicGroup } from '../../src/group/classic-group.ts'
import { ShardLog } from '../../src/group/shard-log.ts'
import type { CoordinatorChanged } from '../../src/trace/group-event.ts'
import { type GroupRigOptions, protocols, REBALANCE_MS, SESSION_MS, subscription } from '../group/rig.ts'
import { OF_COORDINATORS, Watched } from './watched-groups.ts'
import { replace } from '../support/replace.ts'

/** A whole life: joins, commits, a static member that comes back, failover, expiry, the end. */
function life(watched: Watched): void {
  watched.step((rig) => rig.lead())
  const [leader = '', follower = ''] = watched.step((rig) => rig.stable(2))
  const at = { memberId: leader, generationIdOrMemberEpoch: 1 }
  watched.step((rig) => rig.commit(at, 3))
  watched.step((rig) => rig.commit(at, 2))
  watched.step((rig) => rig.join({ groupInstanceId: 'a' }))
  watched.step((rig) => [leader, follower].map((memberId) => rig.join({ memberId })))
  const { members } = watched.step((rig) => rig.describe())
  const ids = members.map(({ memberId }) => memberId)
  watched.step((rig) => ids.map((memberId) => rig.sync(memberId, 2, assigned(ids))))
  watched.step((rig) => rig.join({ groupInstanceId: 'a' }))
  watched.step((rig) => rig.lead(2))
  watched.step((rig) => rig.lead(1))
  expect(watched.step((rig) => rig.state)).toBe('Stable')
  watched.step((rig) => rig.host.clock.advance(SESSION_MS))
  watched.step((rig) => rig.host.clock.advance(REBALANCE_MS))
  expect(watched.step((rig) => rig.state)).toBe('Empty')
  watched.step((rig) => rig.commit({}, 9))
  watched.step((rig) => rig.host.clock.advance(8 * 24 * 3_600_000))
  expect(watched.step((rig) => rig.describe().groupState)).toBe('Dead')
}

/** Each member is given the partition of its place. */
function assigned(ids: readonly string[]) {
  return { assignments: ids.map((memberId, place) => ({ memberId, assignment: assignment(place) })) }
}

/** As consumers write it, version 0. */
function assignment(...partitions: readonly number[]): Uint8Array {
  const list = partitions.flatMap((partition) => [0, 0, 0, partition])
  return Uint8Array.from([0, 0, 0, 0, 0, 1, 0, 6, ...Buffer.from('orders'), 0, 0, 0, partitions.length, ...list])
}

function inOffice(epoch: number, broker = 1): CoordinatorChanged {
  return { type: 'coordinator-changed', broker, partition: '__consumer_offsets-0', state: 'active', epoch, groups: 0 }
}

interface Case {
  readonly id: string
  readonly name: string
  readonly options?: GroupRigOptions
  readonly breaks: (watched: Watched) => void
}

const CASES: readonly Case[] = [
  {
    id: 'group-transitions',
    name: 'a group that is Stable when all have joined, without an assignment',
    breaks: (watched) => {
      const { moveTo } = ClassicGroup.prototype
      replace(ClassicGroup.prototype, 'moveTo', function (this: ClassicGroup, state, nowMs) {
        moveTo.call(this, state, nowMs)
        if (state === 'CompletingRebalance') Reflect.set(this, 'currentState', 'Stable')
      })
      join(watched)
    },
  },
  {
    id: 'group-generations',
    name: 'a generation that is left out',
    breaks: (watched) => {
      const { beginGeneration } = ClassicGroup.prototype
      replace(ClassicGroup.prototype, 'beginGeneration', function (this: ClassicGroup, nowMs) {
        this.generation += 1
        beginGeneration.call(this, nowMs)
      })
      join(watched)
    },
  },
  {
    id: 'group-generations',
    name: 'a Stable generation that is forgotten when the partition is loaded again',
    breaks: (watched) => {
      watched.step((rig) => rig.lead())
      const [only = ''] = watched.step((rig) => rig.stable())
      watched.step((rig) => rig.join({ memberId: only }))
      watched.step((rig) => rig.sync(only, 2))
      watched.step((rig) => {
        rig.lead(2)
        // The record of the second generation is gone.
        rig.log.truncateTo(rig.log.logEndOffset - 1)
      })
      watched.step((rig) => rig.lead(1))
    },
  },
  {
    id: 'group-one-view',
    name: 'a coordinator that gives everybody the list of members',
    breaks: (watched) => {
      replace(ClassicGroup.prototype, 'isLeader', () => true)
      join(watched, 2)
    },
  },
  {
    id: 'group-disjoint-assignments',
    name: 'a leader that gives a partition to two members',
    breaks: (watched) => {
      const ids = join(watched, 2)
      const assignments = ids.map((memberId) => ({ memberId, assignment: assignment(1, 2) }))
      watched.step((rig) => ids.map((memberId) => rig.sync(memberId, 1, { assignments })))
    },
  },
  {
    id: 'group-fenced-instances',
    name: 'a coordinator that keeps the member whose place was taken',
    breaks: (watched) => {
      const { replaceStatic } = ClassicGroup.prototype
      replace(ClassicGroup.prototype, 'replaceStatic', function (this: ClassicGroup, instance, oldId, successor) {
        const old = this.member(oldId)
        replaceStatic.call(this, instance, oldId, successor)
        this.members.set(oldId, old)
      })
      watched.step((rig) => rig.lead())
      const joined = watched.step((rig) => rig.join({ groupInstanceId: 'a' }))
      watched.step((rig) => rig.host.clock.advance(0))
      const { memberId } = joined.answer!
      watched.step((rig) => rig.sync(memberId, 1, { groupInstanceId: 'a' }))
      watched.step((rig) => rig.join({ groupInstanceId: 'a' }))
      watched.step((rig) => rig.commit({ memberId, generationIdOrMemberEpoch: 1 }))
    },
  },
  {
    id: 'group-commits-from-members',
    name: 'a coordinator that takes commits while it waits for assignments',
    breaks: (watched) => {
      const [only = ''] = join(watched)
      const { isIn } = ClassicGroup.prototype
      replace(ClassicGroup.prototype, 'isIn', function (this: ClassicGroup, ...states) {
        return isIn.call(this, ...states.filter((state) => state !== 'CompletingRebalance'))
      })
      watched.step((rig) => rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 }))
    },
  },
  {
    id: 'group-commits-from-members',
    name: 'a coordinator that takes commits of a generation that is over',
    breaks: (watched) => {
      const { add } = ClassicGroup.prototype
      const groups: ClassicGroup[] = []
      replace(ClassicGroup.prototype, 'add', function (this: ClassicGroup, member) {
        groups.push(this)
        add.call(this, member)
      })
      const [only = ''] = join(watched)
      watched.step((rig) => rig.sync(only, 1))
      // For the time of the request it is of the opinion that generation 0 goes on.
      watched.step((rig) => {
        for (const group of groups) group.generation -= 1
        rig.commit({ memberId: only, generationIdOrMemberEpoch: 0 })
        for (const group of groups) group.generation += 1
      })
    },
  },
  {
    id: 'group-offsets-kept',
    name: 'a coordinator that takes a group in a rebalance for an Empty one (KAFKA-13636)',
    breaks: (watched) => {
      const { isIn } = ClassicGroup.prototype
      watched.step((rig) => rig.lead())
      watched.step((rig) => rig.commit())
      const patient = { sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 2_000_000_000 }
      const other = { protocols: [{ name: 'range', metadata: subscription('parts') }], ...patient }
      const memberId = watched.step((rig) => rig.memberId(other))
      watched.step((rig) => rig.join({ memberId, ...other }))
      watched.step((rig) => rig.host.clock.advance(0))
      replace(ClassicGroup.prototype, 'isIn', function (this: ClassicGroup, ...states) {
        return isIn.call(this, ...states, ...(states[0] === 'Empty' ? (['CompletingRebalance'] as const) : []))
      })
      for (let hours = 0; hours < 8 * 24; hours++) {
        watched.step((rig) => rig.host.clock.advance(1_700_000))
        watched.step((rig) => rig.heartbeat(memberId, 1))
        watched.step((rig) => rig.host.clock.advance(1_700_000))
        watched.step((rig) => rig.heartbeat(memberId, 1))
      }
    },
  },
  {
    id: 'group-offsets-durable',
    name: 'a coordinator that acknowledges what it has not written',
    breaks: (watched) => {
      replace(ShardLog.prototype, 'write', ({ done }) => done(0))
      watched.step((rig) => rig.lead())
      watched.step((rig) => rig.commit())
    },
  },
  {
    id: 'group-offsets-durable',
    name: 'a coordinator that acknowledges what is not committed',
    options: { replicas: [1, 2, 3] },
    breaks: (watched) => {
      const { write } = ShardLog.prototype
      replace(ShardLog.prototype, 'write', function (this: ShardLog, decision) {
        write.call(this, { ...decision, done: () => {} })
        decision.done(0)
      })
      watched.step((rig) => rig.lead())
      watched.step((rig) => rig.commit())
    },
  },
  {
    id: 'group-offsets-durable',
    name: 'a commit that is gone when another coordinates',
    breaks: (watched) => {
      watched.step((rig) => rig.lead())
      watched.step((rig) => rig.commit())
      watched.step((rig) => {
        rig.lead(2)
        rig.log.truncateTo(0)
      })
      watched.step((rig) => rig.lead(1))
    },
  },
  {
    id: 'one-coordinator-per-epoch',
    name: 'two brokers that coordinate in one epoch',
    breaks: (watched) => {
      watched.step((rig) => rig.lead())
      watched.step(() => watched.bus.emit(inOffice(1, 2), 'broker-2'))
    },
  },
]

/** Members of generation 1, which waits for their assignments. */
function join(watched: Watched, count = 1): string[] {
  watched.step((rig) => rig.lead())
  const ids = Array.from({ length: count }, () => watched.step((rig) => rig.memberId()))
  for (const memberId of ids) watched.step((rig) => rig.join({ memberId, protocols: protocols('range') }))
  watched.step((rig) => rig.host.clock.advance(0))
  return ids
}

describe('a coordinator that does as Kafka does', () => {
  it('keeps every promise, all its life', () => {
    const watched = new Watched()
    life(watched)
    expect(watched.violations).toEqual([])
  })

  it('may find a commit gone that was removed since, or only the one that came after it (compaction)', () => {
    const removed = new Watched()
    removed.step((rig) => rig.lead())
    removed.step((rig) => rig.commit({}, 5))
    removed.step((rig) => rig.ask('DeleteGroups', { groupsNames: ['g'] }))
    removed.step((rig) => {
      rig.lead(2)
      rig.log.truncateTo(0)
    })
    removed.step((rig) => rig.lead(1))
    expect(removed.violations).toEqual([])

    const followed = new Watched({ replicas: [1, 2, 3] })
    followed.step((rig) => rig.lead())
    followed.step((rig) => rig.commit({}, 5))
    followed.step((rig) => rig.replicate())
    const last = followed.step((rig) => {
      rig.commit({}, 6)
      return rig.log.read(1, 1_000_000, 2, true).bytes
    })
    followed.step((rig) => {
      rig.lead(2)
      rig.log.truncateTo(0)
      rig.log.appendAsFollower(last)
    })
    followed.step((rig) => rig.lead(1))
    expect(followed.violations).toEqual([])
  })

  it('may lack a commit that was acknowledged after its own epoch, for it was deposed before it took office (G-41)', () => {
    // Broker 1 commits in epoch 3; the log that the next one finds has nothing.
    const lateToOffice = (epoch: number) => {
      const watched = new Watched()
      for (const leader of [1, 2, 1]) watched.step((rig) => rig.lead(leader))
      watched.step((rig) => rig.commit())
      watched.step((rig) => {
        rig.log.truncateTo(0)
        watched.bus.emit(inOffice(epoch), 'broker-1')
      })
      return watched.found
    }
    expect(lateToOffice(2)).toEqual([])
    expect(lateToOffice(3)).toEqual(['group-offsets-durable'])
    expect(lateToOffice(4)).toEqual(['group-offsets-durable'])
  })
})

describe('one that does not is found out', () => {
  it.each(CASES)('$id: $name', ({ id, breaks, options }) => {
    const watched = new Watched(options)
    breaks(watched)
    expect(watched.found).toContain(id)
    expect(watched.violations.every(({ excused }) => excused === null)).toBe(true)
  })

  it('by every invariant of groups', () => {
    const broken = new Set(CASES.map(({ id }) => id))
    expect(OF_COORDINATORS.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([])
  })
})
