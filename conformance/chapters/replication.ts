// Three brokers: what followers and strangers answer, a failover and back, too few in-sync replicas, an unclean election
//

import { batch } from '../batches.ts'
import {
  EARLIEST,
  electLeaders,
  epochEnd,
  fetch,
  LATEST,
  listOffsets,
  metadata,
  PREFERRED,
  produce,
  type Request,
  UNCLEAN,
} from '../requests.ts'
import { ask, type Chapter, type Script } from '../step.ts'
import { brokersUp, committed, followed, leads, partitionIs, producerId, topicReady } from '../waiting.ts'

const ALL = [1, 2, 3]
const C = 'controller'

export const FOLLOWERS: Chapter = {
  name: 'followers',
  *play() {
    const id = yield* topicReady(ALL, 'mirror', { assignment: [[1, 2, 3]] })
    const pairId = yield* topicReady(ALL, 'pair', { assignment: [[1, 2]] })
    yield* ask('produce to a follower', 2, produce('mirror', 0, -1, batch()))
    yield* ask('produce to the leader', 1, produce('mirror', 0, -1, batch({ records: 2 })))
    yield* ask('produce to a broker without a replica', 3, produce('pair', 0, -1, batch()))
    yield* ask('produce to the leader of a pair', 1, produce('pair', 0, -1, batch()))
    yield* followed(2, id, 0, 2)
    yield* ask('a consumer reads from a follower', 2, fetch(id, 0))
    yield* ask('in the right epoch', 2, fetch(id, 0, { currentLeaderEpoch: 0 }))
    yield* ask('in an epoch too high', 2, fetch(id, 0, { currentLeaderEpoch: 1 }))
    yield* ask('at the end of a follower', 2, fetch(id, 0, { offset: 2 }))
    yield* ask('beyond the end of a follower', 2, fetch(id, 0, { offset: 3 }))
    yield* ask('a consumer reads without a replica', 3, fetch(pairId, 0))
    yield* ask('offsets from a follower', 2, listOffsets('mirror', 0, LATEST))
    yield* ask('offsets from a follower, for debugging', 2, listOffsets('mirror', 0, LATEST, -1, 0, -2))
    yield* ask('offsets without a replica', 3, listOffsets('pair', 0, LATEST))
    yield* ask('an epoch end from a follower', 2, epochEnd('mirror', 0, 0))
    yield* ask('an epoch end without a replica', 3, epochEnd('pair', 0, 0))
    yield* ask('a follower of an old registration', 1, fetch(id, 0, { replicaId: 2, replicaEpoch: 0 }))
    yield* ask('a follower without a replica', 1, fetch(pairId, 0, { replicaId: 3 }))
    yield* ask('a follower asks a follower', 2, fetch(id, 0, { replicaId: 3 }))
    yield* ask('the topics', 1, metadata(['mirror', 'pair']))
  },
}

export const FAILOVER: Chapter = {
  name: 'failover',
  *play() {
    const topic = 'failover'
    const id = yield* topicReady(ALL, topic, { assignment: [[1, 2, 3]] })
    const pid = yield* producerId(2)
    const send = (sequence: number): Request => produce(topic, 0, -1, batch({ producerId: pid, sequence, records: 2 }))
    yield* ask('sequence 0 in epoch 0', 1, send(0))
    yield* ask('sequence 2 in epoch 0', 1, send(2))
    yield { kind: 'kill', broker: 1 }
    yield* partitionIs([2, 3], topic, 0, { leader: 2, isr: [2, 3] })
    yield* leads(2, topic, 0)
    yield* committed(2, topic, 0, 4)
    yield* ask('the leader is killed', 2, metadata([topic]))
    yield* ask('fetch in the old epoch', 2, fetch(id, 0, { currentLeaderEpoch: 0 }))
    yield* ask('fetch in the new epoch', 2, fetch(id, 0, { currentLeaderEpoch: 1 }))
    yield* ask('fetch in the next epoch', 2, fetch(id, 0, { currentLeaderEpoch: 2 }))
    yield* ask('fetch in the old epoch from a follower', 3, fetch(id, 0, { currentLeaderEpoch: 0 }))
    yield* ask('offsets in the old epoch', 2, listOffsets(topic, 0, LATEST, 0))
    yield* ask('an epoch end in the old epoch', 2, epochEnd(topic, 0, 0, 0))
    yield* ask('produce to a follower', 3, send(4))
    yield* epochEnds('before the first record of epoch 1', 2, topic, 2)
    yield* ask('the end before the first record of epoch 1', 2, listOffsets(topic, 0, LATEST))
    yield* ask('a duplicate from the old epoch', 2, send(2))
    yield* ask('sequence 4 in epoch 1', 2, send(4))
    yield* epochEnds('after the first record of epoch 1', 2, topic, 2)
    yield* ask('the start', 2, listOffsets(topic, 0, EARLIEST))
    yield* ask('the end', 2, listOffsets(topic, 0, LATEST))
    yield* ask('offset 6 after epoch 0', 2, fetch(id, 0, { offset: 6, lastFetchedEpoch: 0 }))
    yield* ask('offset 5 after epoch 0', 2, fetch(id, 0, { offset: 5, lastFetchedEpoch: 0 }))
    yield* ask('offset 4 after epoch 0', 2, fetch(id, 0, { offset: 4, lastFetchedEpoch: 0 }))
    yield* ask('offset 6 after epoch 1', 2, fetch(id, 0, { offset: 6, lastFetchedEpoch: 1 }))
    yield* ask('offset 6 after epoch 2', 2, fetch(id, 0, { offset: 6, lastFetchedEpoch: 2 }))
    yield* ask('the preferred leader is down', C, elect(PREFERRED, topic))
    yield { kind: 'start', broker: 1 }
    yield* brokersUp(ALL)
    yield* partitionIs(ALL, topic, 0, { leader: 2, isr: ALL })
    yield* ask('the old leader has come back', 2, metadata([topic]))
    yield* followed(1, id, 0, 6)
    yield* ask('and has the same log', 1, fetch(id, 0))
    yield* ask('the preferred leader is elected', C, elect(PREFERRED, topic))
    yield* partitionIs(ALL, topic, 0, { leader: 1, isr: ALL })
    yield* leads(1, topic, 0)
    yield* ask('and again', C, elect(PREFERRED, topic))
    yield* ask('sequence 6 in epoch 2', 1, send(6))
    yield* ask('a duplicate from two leaders ago', 1, send(0))
    yield* epochEnds('in epoch 2', 1, topic, 3)
    yield* ask('fetch in the epoch before', 1, fetch(id, 0, { currentLeaderEpoch: 1 }))
    yield* ask('offset 8 after epoch 0', 1, fetch(id, 0, { offset: 8, lastFetchedEpoch: 0 }))
    yield* ask('what the log holds', 1, fetch(id, 0))
  },
}

export const ELECTIONS: Chapter = {
  name: 'elections',
  *play() {
    yield* topicReady(ALL, 'elected', {
      assignment: [
        [2, 3],
        [3, 1],
      ],
    })
    yield* ask('an unknown topic', C, elect(PREFERRED, 'unknown'))
    yield* ask('an unknown partition', C, electLeaders(PREFERRED, [{ topic: 'elected', partitions: [0, 9] }]))
    yield* ask('the same partition twice', C, electLeaders(PREFERRED, [{ topic: 'elected', partitions: [0, 0] }]))
    yield* ask('preferred, not needed', C, elect(PREFERRED, 'elected'))
    yield* ask('unclean, not needed', C, elect(UNCLEAN, 'elected'))
    yield* ask('no partitions', C, electLeaders(PREFERRED, []))
    yield* ask('everywhere, where nothing is needed', C, electLeaders(PREFERRED, null))
    yield* ask('unclean everywhere, where nothing is needed', C, electLeaders(UNCLEAN, null))
  },
}

export const MIN_ISR: Chapter = {
  name: 'too few in-sync replicas',
  *play() {
    const topic = 'guarded'
    const configs = { 'min.insync.replicas': '2' }
    const id = yield* topicReady(ALL, topic, { assignment: [[1, 2, 3]], configs })
    const send = (acks: number): Request => produce(topic, 0, acks, batch())
    yield* ask('acks=all with three', 1, send(-1))
    yield { kind: 'kill', broker: 3 }
    yield* partitionIs([1, 2], topic, 0, { leader: 1, isr: [1, 2] })
    yield* ask('acks=all with two', 1, send(-1))
    yield { kind: 'kill', broker: 2 }
    yield* partitionIs([1], topic, 0, { leader: 1, isr: [1] })
    yield* ask('acks=all with one', 1, send(-1))
    yield* ask('acks=1 with one', 1, send(1))
    yield* ask('what is committed', 1, listOffsets(topic, 0, LATEST))
    yield* ask('what is there', 1, listOffsets(topic, 0, LATEST, -1, 0, -2))
    yield* ask('fetch', 1, fetch(id, 0))
    yield* ask('fetch what is not committed', 1, fetch(id, 0, { offset: 2 }))
    yield* ask('fetch beyond it', 1, fetch(id, 0, { offset: 4 }))
    yield* ask('metadata', 1, metadata([topic]))
    yield { kind: 'start', broker: 2 }
    yield* partitionIs([1, 2], topic, 0, { leader: 1, isr: [1, 2] })
    yield* committed(1, topic, 0, 3)
    yield* ask('fetch with two again', 1, fetch(id, 0))
    yield* ask('acks=all with two again', 1, send(-1))
    yield { kind: 'start', broker: 3 }
    yield* brokersUp(ALL)
    yield* partitionIs(ALL, topic, 0, { leader: 1, isr: ALL })
    yield* ask('all are back', 1, metadata([topic]))
  },
}

export const UNCLEAN_ELECTION: Chapter = {
  name: 'unclean election',
  *play() {
    const topic = 'risky'
    const id = yield* topicReady(ALL, topic, { assignment: [[2, 3]] })
    const send = (values: readonly string[]): Request => produce(topic, 0, -1, batch({ values }))
    yield* ask('a record that both have', 2, send(['both']))
    yield { kind: 'kill', broker: 3 }
    yield* partitionIs([1, 2], topic, 0, { leader: 2, isr: [2] })
    yield* ask('records that only the leader has', 2, send(['lost', 'as well']))
    yield { kind: 'kill', broker: 2 }
    yield* partitionIs([1], topic, 0, { leader: -1 })
    yield* ask('nobody leads', 1, metadata([topic]))
    yield* ask('produce elsewhere', 1, send(['in vain']))
    yield { kind: 'start', broker: 3 }
    yield* brokersUp([1, 3])
    yield* ask('a replica out of sync has come back', 1, metadata([topic]))
    yield* ask('preferred', C, elect(PREFERRED, topic))
    yield* ask('unclean', C, elect(UNCLEAN, topic))
    yield* partitionIs([1, 3], topic, 0, { leader: 3 })
    yield* leads(3, topic, 0)
    yield* ask('and again', C, elect(UNCLEAN, topic))
    yield* ask('it leads', 1, metadata([topic]))
    yield* ask('the end', 3, listOffsets(topic, 0, LATEST))
    yield* ask('a new record', 3, send(['new']))
    yield* epochEnds('on the new leader', 3, topic, 3)
    yield { kind: 'start', broker: 2 }
    yield* brokersUp(ALL)
    yield* partitionIs(ALL, topic, 0, { leader: 3, isr: [2, 3] })
    yield* followed(2, id, 0, 2)
    yield* ask('the old leader has cut off what it had alone', 2, fetch(id, 0))
    yield* ask('the preferred leader is elected', C, elect(PREFERRED, topic))
    yield* partitionIs(ALL, topic, 0, { leader: 2, isr: [2, 3] })
    yield* leads(2, topic, 0)
    yield* epochEnds('on the old leader', 2, topic, 4)
  },
}

export const CONTROLLED_SHUTDOWN: Chapter = {
  name: 'controlled shutdown',
  *play() {
    const topic = 'handover'
    const id = yield* topicReady(ALL, topic, { assignment: [[3, 1]] })
    yield* ask('a record', 3, produce(topic, 0, -1, batch()))
    yield { kind: 'stop', broker: 3 }
    yield* partitionIs([1, 2], topic, 0, { leader: 1, isr: [1] })
    yield* leads(1, topic, 0)
    yield* brokersUp([1, 2])
    yield* ask('the leader has stopped', 1, metadata([topic]))
    yield* ask('a record for the new leader', 1, produce(topic, 0, -1, batch()))
    yield { kind: 'start', broker: 3 }
    yield* brokersUp(ALL)
    yield* partitionIs(ALL, topic, 0, { leader: 1, isr: [1, 3] })
    yield* ask('and has come back', 1, metadata([topic]))
    yield* followed(3, id, 0, 2)
    yield* ask('with the same log', 3, fetch(id, 0))
    yield* epochEnds('afterwards', 1, topic, 2)
  },
}

function elect(type: number, topic: string): Request {
  return electLeaders(type, [{ topic, partitions: [0] }])
}

/** Where every epoch up to the given one ends, and that there is no epoch −1. */
function* epochEnds(when: string, leader: number, topic: string, highest: number): Script {
  for (let epoch = -1; epoch <= highest; epoch++) {
    yield* ask(`the end of epoch ${epoch} ${when}`, leader, epochEnd(topic, 0, epoch))
  }
}
