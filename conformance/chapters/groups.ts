// Classic groups on one broker: every request in every state, with right and wrong members and generations (G-23, G-24).

import { batch } from '../batches.ts'
import {
  assigned,
  deleteGroups,
  describeGroups,
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  protocols,
  subscription,
  syncGroup,
} from '../group-requests.ts'
import { metadata, produce } from '../requests.ts'
import { type Answer, ask, begin, type Chapter, hear, type Script } from '../step.ts'
import { coordinatorReady, topicReady } from '../waiting.ts'

const B = 1
const NOBODY = 'conformance-nobody'

export const NO_GROUP: Chapter = {
  name: 'no group',
  *play() {
    yield* topicReady([B], 'groups', { partitions: 2 })
    yield* ask('a coordinator before there is one', B, findCoordinator('g'))
    yield* coordinatorReady([B], 'g')
    yield* ask('a coordinator', B, findCoordinator('g'))
    yield* ask('coordinators of two groups', B, findCoordinator('g', 'h'))
    yield* ask('the topic of coordinators', B, metadata(['__consumer_offsets']))
    yield* ask('a client writes to the topic of coordinators', B, produce('__consumer_offsets', 0, -1, batch()))
    yield* ask('join with an id', B, joinGroup('g', { memberId: NOBODY }))
    yield* ask('sync', B, syncGroup('g', 1, NOBODY))
    yield* ask('sync without a protocol', B, syncGroup('g', 1, NOBODY, { protocolName: null }))
    yield* ask('heartbeat', B, heartbeat('g', 1, NOBODY))
    yield* ask('leave', B, leaveGroup('g', { memberId: NOBODY }))
    yield* ask('commit of a member', B, offsetCommit('g', 1, { memberId: NOBODY, generationIdOrMemberEpoch: 1 }))
    yield* ask('fetch of all', B, offsetFetch('g'))
    yield* ask('fetch of a partition', B, offsetFetch('g', [{ name: 'groups', partitionIndexes: [0, 1] }]))
    yield* ask('describe', B, describeGroups('g'))
    yield* ask('list', B, listGroups())
    yield* ask('delete', B, deleteGroups('g'))
    yield* ask('delete an offset', B, offsetDelete('g', 'groups'))
    yield* ask('join a group without a name', B, joinGroup(''))
    yield* ask('sync a group without a name', B, syncGroup('', 1, NOBODY))
    yield* ask('heartbeat of a group without a name', B, heartbeat('', 1, NOBODY))
    yield* ask('leave a group without a name', B, leaveGroup('', { memberId: NOBODY }))
    yield* ask('join with too short a session', B, joinGroup('g', { sessionTimeoutMs: 5999 }))
    yield* ask('join with too long a session', B, joinGroup('g', { sessionTimeoutMs: 1_800_001 }))
    yield* ask('join without protocols', B, joinGroup('g', { protocols: [] }))
    yield* ask('join without a protocol type', B, joinGroup('g', { protocolType: '' }))
  },
}

export const SIMPLE_GROUP: Chapter = {
  name: 'a group of commits',
  *play() {
    const g = 'simple'
    yield* ask('commit from outside', B, offsetCommit(g, 7))
    yield* ask('commit a smaller offset', B, offsetCommit(g, 5))
    yield* ask('fetch of all', B, offsetFetch(g))
    yield* ask('fetch of all, not stable', B, offsetFetch(g, null, false))
    yield* ask('fetch of what was not committed', B, offsetFetch(g, [{ name: 'groups', partitionIndexes: [1, 9] }]))
    yield* ask('commit with a generation', B, offsetCommit(g, 8, { generationIdOrMemberEpoch: 0, memberId: NOBODY }))
    yield* ask('commit with a member id', B, offsetCommit(g, 8, { memberId: NOBODY }))
    const at = { committedOffset: 3, committedLeaderEpoch: 2, committedMetadata: null }
    const partitions = [0, 1, 9].map((partitionIndex) => ({ partitionIndex, ...at }))
    const unknown = [
      { name: 'groups', partitions },
      { name: 'nowhere', partitions },
    ]
    yield* ask('commit for partitions that nobody knows', B, offsetCommit(g, 0, { topics: unknown }))
    const long = [{ partitionIndex: 1, ...at, committedMetadata: 'x'.repeat(4097) }]
    yield* ask('commit with too long a text', B, offsetCommit(g, 0, { topics: [{ name: 'groups', partitions: long }] }))
    yield* ask('fetch of two partitions', B, offsetFetch(g, [{ name: 'groups', partitionIndexes: [0, 1] }]))
    yield* ask('describe', B, describeGroups(g))
    yield* ask('list', B, listGroups())
    yield* ask('list of those in another state', B, listGroups(['Stable']))
    yield* ask('heartbeat', B, heartbeat(g, 0, NOBODY))
    yield* ask('sync', B, syncGroup(g, 0, NOBODY))
    yield* ask('leave', B, leaveGroup(g, { memberId: NOBODY }))
    yield* ask('join with an id', B, joinGroup(g, { memberId: NOBODY }))
    yield* ask('delete an offset', B, offsetDelete(g, 'groups', 1))
    yield* ask('delete an offset of a topic that nobody knows', B, offsetDelete(g, 'nowhere'))
    yield* ask('fetch of the rest', B, offsetFetch(g))
    yield* ask('delete', B, deleteGroups(g))
    yield* ask('delete again', B, deleteGroups(g))
    yield* ask('fetch of what is gone', B, offsetFetch(g))
  },
}

export const GROUP_OF_ONE: Chapter = {
  name: 'a group of one',
  *play() {
    const g = 'one'
    const first = yield* ask('join without an id', B, joinGroup(g))
    const m = member(first)
    yield* ask('heartbeat before it has joined', B, heartbeat(g, 0, m))
    yield* ask('commit before it has joined', B, offsetCommit(g, 1, { memberId: m, generationIdOrMemberEpoch: 0 }))
    yield* ask('join with its id', B, joinGroup(g, { memberId: m }))
    yield* ask('describe one that waits for its assignment', B, describeGroups(g))
    yield* ask('heartbeat before its assignment', B, heartbeat(g, 1, m))
    yield* ask('commit before its assignment', B, offsetCommit(g, 1, commitOf(m, 1)))
    yield* ask('join again, the same', B, joinGroup(g, { memberId: m }))
    yield* ask('sync of another generation', B, syncGroup(g, 2, m))
    yield* ask('sync of another protocol', B, syncGroup(g, 1, m, { protocolName: 'sticky' }))
    yield* ask('sync of another protocol type', B, syncGroup(g, 1, m, { protocolType: 'connect' }))
    yield* ask('sync of a stranger', B, syncGroup(g, 1, NOBODY))
    yield* ask('sync', B, syncGroup(g, 1, m, assigned(m)))
    yield* ask('sync again', B, syncGroup(g, 1, m))
    yield* ask('describe a stable one', B, describeGroups(g))
    yield* ask('heartbeat', B, heartbeat(g, 1, m))
    yield* ask('heartbeat of another generation', B, heartbeat(g, 0, m))
    yield* ask('heartbeat of a stranger', B, heartbeat(g, 1, NOBODY))
    yield* ask('heartbeat of an instance that nobody has', B, heartbeat(g, 1, m, 'i'))
    yield* ask('commit', B, offsetCommit(g, 4, commitOf(m, 1)))
    yield* ask('commit of another generation', B, offsetCommit(g, 5, commitOf(m, 2)))
    yield* ask('commit of a stranger', B, offsetCommit(g, 5, commitOf(NOBODY, 1)))
    yield* ask('commit from outside', B, offsetCommit(g, 5))
    yield* ask('fetch', B, offsetFetch(g))
    yield* ask('delete', B, deleteGroups(g))
    yield* ask('delete an offset it needs', B, offsetDelete(g, 'groups'))
    yield* ask('list', B, listGroups(['stable'], ['classic']))
    yield* ask('list of another type', B, listGroups([], ['consumer']))
    yield* ask('join of another protocol type', B, joinGroup(g, { protocolType: 'connect' }))
    yield* ask('join without a common protocol', B, joinGroup(g, { protocols: protocols('other') }))
    yield* ask('join again as leader', B, joinGroup(g, { memberId: m }))
    yield* ask('heartbeat of the generation before', B, heartbeat(g, 1, m))
    yield* ask('sync in the second generation', B, syncGroup(g, 2, m))
    yield* ask('leave of a stranger', B, leaveGroup(g, { memberId: NOBODY }))
    yield* ask('leave', B, leaveGroup(g, { memberId: m }, { memberId: m }))
    yield* ask('describe an empty one', B, describeGroups(g))
    yield* ask('heartbeat of one that left', B, heartbeat(g, 2, m))
    yield* ask('sync of one that left', B, syncGroup(g, 2, m))
    yield* ask('join of one that left', B, joinGroup(g, { memberId: m }))
    yield* ask('commit of one that left', B, offsetCommit(g, 6, commitOf(m, 3)))
    yield* ask('commit from outside an empty one', B, offsetCommit(g, 6))
    const again = yield* ask('join an empty one', B, joinGroup(g))
    yield* ask('leave before it has joined', B, leaveGroup(g, { memberId: member(again) }))
    yield* ask('delete an empty one', B, deleteGroups(g))
  },
}

export const GROUP_OF_TWO: Chapter = {
  name: 'a group of two',
  *play() {
    const g = 'two'
    const both = { protocols: protocols('range', 'sticky') }
    const leader = member(yield* ask('join of the first', B, joinGroup(g, both)))
    const first = yield* begin('the first is in', B, joinGroup(g, { memberId: leader, ...both }), 'first')
    const follower = member(yield* ask('join of the second', B, joinGroup(g, both)))
    const second = yield* begin('the second is in', B, joinGroup(g, { memberId: follower, ...both }), 'second')
    yield* hear(first)
    yield* hear(second)
    const sync = yield* begin('the second waits for its assignment', B, syncGroup(g, 1, follower), 'second')
    yield* ask('heartbeat of one that waits', B, heartbeat(g, 1, follower))
    yield* ask('the first assigns', B, syncGroup(g, 1, leader, assigned(leader, follower)))
    yield* hear(sync)
    yield* ask('the second joins again, the same', B, joinGroup(g, { memberId: follower, ...both }))
    yield* ask('commit', B, offsetCommit(g, 3, commitOf(follower, 1)))
    // A third comes.
    const stranger = member(yield* ask('join of a third', B, joinGroup(g, both)))
    yield* ask('heartbeat while the third has not come', B, heartbeat(g, 1, leader))
    const third = yield* begin('the third is in', B, joinGroup(g, { memberId: stranger, ...both }), 'third')
    yield* ask('heartbeat when the third has come', B, heartbeat(g, 1, leader))
    yield* ask('heartbeat of another generation in a rebalance', B, heartbeat(g, 2, leader))
    yield* ask('sync in a rebalance', B, syncGroup(g, 1, follower))
    yield* ask('commit in a rebalance', B, offsetCommit(g, 4, commitOf(follower, 1)))
    yield* ask('commit from outside in a rebalance', B, offsetCommit(g, 5))
    yield* ask('fetch in a rebalance', B, offsetFetch(g))
    yield* ask('describe in a rebalance', B, describeGroups(g))
    yield* ask('delete in a rebalance', B, deleteGroups(g))
    yield* ask('delete an offset in a rebalance', B, offsetDelete(g, 'groups'))
    const onlySticky = { protocols: protocols('sticky') }
    const back = yield* begin('the second comes back', B, joinGroup(g, { memberId: follower, ...onlySticky }), 'second')
    const last = yield* begin('the first comes back', B, joinGroup(g, { memberId: leader, ...both }), 'first')
    yield* hear(third)
    yield* hear(back)
    yield* hear(last)
    const waiting = yield* begin('a sync that somebody spoils', B, syncGroup(g, 2, follower, STICKY), 'second')
    const parts = [{ name: 'sticky', metadata: subscription('parts') }]
    const changed = yield* begin(
      'the third changes',
      B,
      joinGroup(g, { memberId: stranger, protocols: parts }),
      'third',
    )
    yield* hear(waiting)
    yield* ask('one leaves in a rebalance', B, leaveGroup(g, { memberId: follower }))
    const end = yield* begin('the first is back once more', B, joinGroup(g, { memberId: leader, ...both }), 'first')
    yield* hear(changed)
    yield* hear(end)
    const left = yield* begin('the third waits for its assignment', B, syncGroup(g, 3, stranger, STICKY), 'third')
    yield* ask('the first leaves, and assigns nothing', B, leaveGroup(g, { memberId: leader }))
    yield* hear(left)
    yield* ask('the third is alone', B, joinGroup(g, { memberId: stranger, protocols: parts }))
    yield* ask('the third assigns', B, syncGroup(g, 4, stranger, { ...STICKY, ...assigned(stranger) }))
    yield* ask('describe the rest', B, describeGroups(g))
    yield* ask('delete an offset of a topic that nobody reads', B, offsetDelete(g, 'groups'))
    yield* ask('fetch of the rest', B, offsetFetch(g))
  },
}

const STICKY = { protocolName: 'sticky' }

export const STATIC_MEMBERS: Chapter = {
  name: 'static members',
  *play() {
    const g = 'static'
    const a = { groupInstanceId: 'a' }
    const b = { groupInstanceId: 'b' }
    const first = yield* begin('a joins', B, joinGroup(g, a), 'first')
    const second = yield* begin('b joins', B, joinGroup(g, b), 'second')
    const leader = member(yield* hear(first))
    const follower = member(yield* hear(second))
    yield* ask('a assigns', B, syncGroup(g, 1, leader, { ...a, ...assigned(leader, follower) }))
    yield* ask('b syncs', B, syncGroup(g, 1, follower, b))
    yield* ask('heartbeat with the wrong id', B, heartbeat(g, 1, follower, 'a'))
    yield* ask('heartbeat without the instance', B, heartbeat(g, 1, leader))
    const newer = member(yield* ask('b comes back', B, joinGroup(g, b)))
    yield* ask('the old b is fenced', B, heartbeat(g, 1, follower, 'b'))
    yield* ask('the old b is unknown without its instance', B, heartbeat(g, 1, follower))
    yield* ask('the old b commits', B, offsetCommit(g, 1, { ...commitOf(follower, 1), ...b }))
    yield* ask('the new b commits', B, offsetCommit(g, 2, { ...commitOf(newer, 1), ...b }))
    yield* ask('the new b syncs', B, syncGroup(g, 1, newer, b))
    const newest = member(yield* ask('a comes back and leads', B, joinGroup(g, a)))
    yield* ask('describe', B, describeGroups(g))
    yield* ask('a leaves under its old id', B, leaveGroup(g, { memberId: leader, ...a }))
    yield* ask('an instance that nobody has leaves', B, leaveGroup(g, { groupInstanceId: 'c' }))
    yield* ask('b is removed by its instance', B, leaveGroup(g, b))
    const back = yield* begin('a joins again', B, joinGroup(g, { memberId: newest, ...a }), 'first')
    yield* hear(back)
    const waits = yield* begin('b joins anew', B, joinGroup(g, b), 'second')
    yield* ask('a comes back in a rebalance', B, joinGroup(g, a))
    yield* hear(waits)
    yield* ask('describe the end', B, describeGroups(g))
  },
}

/** The shortest session that brokers allow. */
const SHORT = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 3000 }

export const TIME_PASSES: Chapter = {
  name: 'time passes',
  *play() {
    const g = 'time'
    const a = { groupInstanceId: 'a', ...SHORT }
    const leader = member(yield* ask('join of the first', B, joinGroup(g, SHORT)))
    const first = yield* begin('the first is in', B, joinGroup(g, { memberId: leader, ...SHORT }), 'first')
    const second = yield* begin('a static one is in', B, joinGroup(g, a), 'second')
    yield* hear(first)
    const fixed = member(yield* hear(second))
    yield* ask('the first assigns', B, syncGroup(g, 1, leader, assigned(leader, fixed)))
    yield* ask('the static one syncs', B, syncGroup(g, 1, fixed, { groupInstanceId: 'a' }))
    // A third has an id and never comes; the first comes back, and the phase ends at the rebalance timeout.
    yield* ask('join of a third', B, joinGroup(g, { sessionTimeoutMs: 30_000 }))
    const back = yield* begin('the first comes back', B, joinGroup(g, { memberId: leader, ...SHORT }), 'first')
    yield* ask('the static one is silent, and heard of once', B, heartbeat(g, 1, fixed, 'a'))
    yield* hear(back)
    yield* ask('describe what has begun without the static one', B, describeGroups(g))
    yield* ask('the static one is in the generation all the same', B, heartbeat(g, 2, fixed, 'a'))
    yield* ask('the first assigns once more', B, syncGroup(g, 2, leader, assigned(leader, fixed)))
    // The static one never sends its sync: with the end of that wait it goes, and the first is to rebalance.
    yield { kind: 'pause', ms: 3500 }
    yield* ask('heartbeat after the wait for syncs', B, heartbeat(g, 2, leader))
    yield* ask('the static one is out', B, heartbeat(g, 2, fixed, 'a'))
    yield { kind: 'pause', ms: 7000 }
    yield* ask('describe when all were silent', B, describeGroups(g))
    yield* ask('heartbeat of one who was silent', B, heartbeat(g, 2, leader))
  },
}

export function member(answer: Answer): string {
  return answer.kind === 'answer' ? String(answer.body['memberId']) : ''
}

export function commitOf(memberId: string, generationIdOrMemberEpoch: number) {
  return { memberId, generationIdOrMemberEpoch }
}

/** What a chapter of groups on other clusters also does: one member, Stable in generation 1. */
export function* soleMember(to: number, g: string): Script<string> {
  const memberId = member(yield* ask('join without an id', to, joinGroup(g)))
  yield* ask('join with its id', to, joinGroup(g, { memberId }))
  yield* ask('sync', to, syncGroup(g, 1, memberId, assigned(memberId)))
  return memberId
}
