// What becomes of a group when its coordinator does: on three brokers (G-38 … G-41).

import {
  describeGroups,
  findCoordinator,
  heartbeat,
  joinGroup,
  listGroups,
  offsetCommit,
  offsetFetch,
  syncGroup,
} from '../group-requests.ts'
import { ask, type Chapter } from '../step.ts'
import { coordinatorOf, coordinatorReady, leads, partitionIs, topicReady, until } from '../waiting.ts'
import { commitOf, soleMember } from './groups.ts'

const ALL = [1, 2, 3]
const OFFSETS = '__consumer_offsets'

export const GROUP_FAILOVER: Chapter = {
  name: 'a coordinator dies',
  *play() {
    const g = 'moves'
    yield* topicReady(ALL, 'groups', { assignment: [[1, 2, 3]] })
    // By hand, so that the same broker coordinates on both sides.
    yield* topicReady(ALL, OFFSETS, { assignment: [[1, 2, 3]], configs: { 'cleanup.policy': 'compact' } })
    yield* coordinatorReady(ALL, g)
    yield* partitionIs(ALL, OFFSETS, 0, { isr: ALL })
    const old = 1
    const other = 3
    yield* ask('join elsewhere', other, joinGroup(g))
    yield* ask('heartbeat elsewhere', other, heartbeat(g, 1, 'nobody'))
    yield* ask('commit elsewhere', other, offsetCommit(g, 1))
    yield* ask('fetch elsewhere', other, offsetFetch(g))
    yield* ask('describe elsewhere', other, describeGroups(g))
    yield* ask('list elsewhere', other, listGroups())
    const m = yield* soleMember(old, g)
    yield* ask('commit', old, offsetCommit(g, 5, commitOf(m, 1)))
    // A generation that is never assigned.
    yield* ask('join again', old, joinGroup(g, { memberId: m }))
    yield* ask('commit before the assignment', old, offsetCommit(g, 6, commitOf(m, 2)))
    yield { kind: 'kill', broker: old }
    const heir = yield* until('another coordinator', function* () {
      const id = yield* coordinatorOf(other, g)
      return id > 0 && id !== old ? id : undefined
    })
    yield* leads(heir, OFFSETS, 0)
    yield* coordinatorReady([heir], g)
    yield* ask('a coordinator after it', heir, findCoordinator(g))
    yield* ask('heartbeat of the generation that was under way', heir, heartbeat(g, 2, m))
    yield* ask('heartbeat of the generation on record', heir, heartbeat(g, 1, m))
    yield* ask('the offset on record', heir, offsetFetch(g))
    yield* ask('describe', heir, describeGroups(g))
    yield* ask('sync of the generation on record', heir, syncGroup(g, 1, m))
    yield* ask('join once more', heir, joinGroup(g, { memberId: m }))
    yield* ask('sync in the generation that came again', heir, syncGroup(g, 2, m))
    yield* ask('commit in the generation that came again', heir, offsetCommit(g, 7, commitOf(m, 2)))
    yield* ask('fetch', heir, offsetFetch(g))
    yield { kind: 'start', broker: old }
  },
}
