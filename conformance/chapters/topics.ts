// Creating and deleting topics, adding partitions.

import { batch } from '../batches.ts'
import {
  createPartitions,
  createTopic,
  createTopics,
  deleteTopics,
  fetch,
  LATEST,
  listOffsets,
  metadata,
  newTopic,
  produce,
} from '../requests.ts'
import { ask, type Chapter } from '../step.ts'
import { partitionAt, topicReady, until } from '../waiting.ts'

const B = 1
const C = 'controller'
const UNKNOWN_ID = 'dW5rbm93bi10b3BpYy1pZA'

export const CREATE_TOPICS: Chapter = {
  name: 'create topics',
  *play() {
    yield* ask('one partition, one replica', C, createTopic('first'))
    yield* ask('the same again', C, createTopic('first'))
    yield* ask('broker defaults for both counts', C, createTopic('defaults', { partitions: -1, replicas: -1 }))
    yield* ask('three partitions', C, createTopic('three', { partitions: 3, replicas: 1 }))
    yield* ask('only to be validated', C, createTopics([newTopic('validated')], true))
    yield* ask('it was not created', C, createTopic('validated'))
    yield* ask('a slash in the name', C, createTopic('a/b'))
    yield* ask('the name .', C, createTopic('.'))
    yield* ask('an empty name', C, createTopic(''))
    yield* ask('249 characters', C, createTopic('x'.repeat(249)))
    yield* ask('250 characters', C, createTopic('x'.repeat(250)))
    yield* ask('a name with a dot', C, createTopic('dotted.name'))
    yield* ask('one that collides with it in metrics', C, createTopic('dotted_name'))
    yield* ask('no partitions', C, createTopic('bad', { partitions: 0, replicas: 1 }))
    yield* ask('−2 partitions', C, createTopic('bad', { partitions: -2, replicas: 1 }))
    yield* ask('no replicas', C, createTopic('bad', { partitions: 1, replicas: 0 }))
    yield* ask('more replicas than brokers', C, createTopic('bad', { partitions: 1, replicas: 2 }))
    yield* ask('the same name twice', C, createTopics([newTopic('twice'), newTopic('twice')]))
    yield* ask('a good and a bad one', C, createTopics([newTopic('good'), newTopic('bad', { replicas: 9 })]))
    yield* ask('an assignment', C, createTopic('assigned', { assignment: [[1], [1]] }))
    yield* ask('an assignment and counts', C, createTopic('bad', { assignment: [[1]], partitions: 1, replicas: 1 }))
    yield* ask('an assignment and a replication factor', C, createTopic('bad', { assignment: [[1]], replicas: 1 }))
    yield* ask('an assignment out of turn', C, createTopic('bad', { assignment: [[1]], indexes: [1] }))
    yield* ask(
      'an assignment with a partition twice',
      C,
      createTopic('bad', { assignment: [[1], [1]], indexes: [0, 0] }),
    )
    yield* ask('an assignment to nobody', C, createTopic('bad', { assignment: [[]] }))
    yield* ask('an assignment to one broker twice', C, createTopic('bad', { assignment: [[1, 1]] }))
    yield* ask('an assignment to an unknown broker', C, createTopic('bad', { assignment: [[7]] }))
    yield* ask('an unknown config', C, createTopic('bad', { configs: { 'no.such.key': '1' } }))
    yield* ask('a config without a value', C, createTopic('bad', { configs: { 'max.message.bytes': null } }))
    yield* ask('a config that is no number', C, createTopic('bad', { configs: { 'max.message.bytes': 'many' } }))
    yield* ask('a config out of range', C, createTopic('bad', { configs: { 'min.insync.replicas': '0' } }))
    yield* ask('good configs', C, createTopic('configured', { configs: { 'min.insync.replicas': '1' } }))
    yield* ask('nothing', C, createTopics([]))
    yield* until('broker 1 knows the last topic', () => partitionAt(B, 'configured', 0))
    const created = ['first', 'defaults', 'three', 'validated', 'dotted.name', 'good', 'assigned', 'configured']
    yield* ask('what came of it', B, metadata([...created, 'bad', 'twice', 'dotted_name']))
  },
}

export const CREATE_PARTITIONS: Chapter = {
  name: 'create partitions',
  *play() {
    yield* topicReady([B], 'grows')
    yield* ask('one more', C, createPartitions([{ name: 'grows', count: 2 }]))
    yield* ask('as many as there are', C, createPartitions([{ name: 'grows', count: 2 }]))
    yield* ask('fewer', C, createPartitions([{ name: 'grows', count: 1 }]))
    yield* ask('none', C, createPartitions([{ name: 'grows', count: 0 }]))
    yield* ask('−1', C, createPartitions([{ name: 'grows', count: -1 }]))
    yield* ask('an unknown topic', C, createPartitions([{ name: 'unknown', count: 2 }]))
    yield* ask('only to be validated', C, createPartitions([{ name: 'grows', count: 5 }], true))
    yield* ask('with an assignment', C, createPartitions([{ name: 'grows', count: 3, assignments: [[1]] }]))
    yield* ask(
      'with an assignment for two of one',
      C,
      createPartitions([{ name: 'grows', count: 4, assignments: [[1], [1]] }]),
    )
    yield* ask(
      'with an assignment to an unknown broker',
      C,
      createPartitions([{ name: 'grows', count: 4, assignments: [[7]] }]),
    )
    yield* ask(
      'with an assignment of another replication factor',
      C,
      createPartitions([{ name: 'grows', count: 4, assignments: [[1, 2]] }]),
    )
    yield* ask('with an empty assignment', C, createPartitions([{ name: 'grows', count: 4, assignments: [] }]))
    const twice = { name: 'grows', count: 4 }
    yield* ask('the same topic twice', C, createPartitions([twice, twice]))
    yield* until('broker 1 knows the last partition', () => partitionAt(B, 'grows', 2))
    yield* ask('what came of it', B, metadata(['grows']))
    yield* ask('a new partition is empty', B, listOffsets('grows', 2, LATEST))
    yield* ask('and takes records', B, produce('grows', 2, -1, batch()))
  },
}

export const DELETE_TOPICS: Chapter = {
  name: 'delete topics',
  *play() {
    const id = yield* topicReady([B], 'doomed')
    const otherId = yield* topicReady([B], 'doomed-by-id')
    yield* ask('a record for it', B, produce('doomed', 0, -1, batch()))
    yield* ask('an unknown name', C, deleteTopics([{ name: 'unknown' }]))
    yield* ask('an unknown id', C, deleteTopics([{ id: UNKNOWN_ID }]))
    yield* ask('neither name nor id', C, deleteTopics([{}]))
    yield* ask('both name and id', C, deleteTopics([{ name: 'doomed', id }]))
    yield* ask('the same name twice', C, deleteTopics([{ name: 'doomed' }, { name: 'doomed' }]))
    yield* ask('by name and by id at once', C, deleteTopics([{ name: 'doomed' }, { id }]))
    yield* ask('none', C, deleteTopics([]))
    yield* ask('by name', C, deleteTopics([{ name: 'doomed' }]))
    yield* ask('again', C, deleteTopics([{ name: 'doomed' }]))
    yield* ask('by id', C, deleteTopics([{ id: otherId }]))
    yield* until('broker 1 has forgotten them', function* () {
      const isThere = (yield* partitionAt(B, 'doomed-by-id', 0)) !== undefined
      return isThere ? undefined : true
    })
    yield* ask('metadata by name', B, metadata(['doomed']))
    yield* ask('metadata by id', B, metadata([{ id }]))
    yield* ask('produce', B, produce('doomed', 0, -1, batch()))
    yield* ask('fetch', B, fetch(id, 0))
    yield* ask('offsets', B, listOffsets('doomed', 0, LATEST))
    const newId = yield* topicReady([B], 'doomed')
    yield* ask('created anew it is empty', B, listOffsets('doomed', 0, LATEST))
    yield* ask('fetch by the old id', B, fetch(id, 0))
    yield* ask('fetch by the new id', B, fetch(newId, 0))
  },
}
