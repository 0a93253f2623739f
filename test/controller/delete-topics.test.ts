import { beforeEach, describe, expect, it } from 'vitest'
import { deleteTopics } from '../../src/controller/delete-topics.ts'
import { RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import { ZERO_UUID } from '../../src/protocol/uuid.ts'
import { ControllerFixture } from './fixture.ts'

interface Named {
  readonly name?: string
  readonly topicId?: string
}

describe('deleting topics', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture()
    fixture.bringUp(1, 2)
    fixture.create([[1, 2]], 'orders', { 'min.insync.replicas': '2' })
    fixture.create([[2, 1]], 'parts')
  })

  function remove(...topics: readonly Named[]) {
    const full = topics.map(({ name = null, topicId = ZERO_UUID }) => ({ name, topicId }))
    const request = { topics: full, topicNames: [], timeoutMs: 1000 }
    const { responses } = fixture.apply(deleteTopics(fixture.state, request))
    return responses.map(({ name, errorCode }) => `${name ?? '-'} ${errorName(errorCode)}`).sort()
  }

  const topics = () => [...fixture.state.image.topics.keys()]

  it('removes a topic with its partitions and configs, by name', () => {
    expect(remove({ name: 'orders' })).toEqual(['orders NONE'])
    expect(topics()).toEqual(['parts'])
    expect(fixture.state.image.partition('orders', 0)).toBeUndefined()
    expect(fixture.state.image.configOf(RESOURCE_TYPE.topic, 'orders').size).toBe(0)
  })

  it('by id too, and the name may be used again under another id', () => {
    const { topicId } = fixture.partition()
    expect(remove({ topicId })).toEqual(['orders NONE'])
    fixture.create([[1]])
    expect(fixture.partition().topicId).not.toBe(topicId)
  })

  it('by bare names, as versions before 6 ask', () => {
    const request = { topics: [], topicNames: ['orders', 'parts'], timeoutMs: 1000 }
    fixture.apply(deleteTopics(fixture.state, request))
    expect(topics()).toEqual([])
  })

  it('refuses what is unknown, ambiguous or given twice, and deletes the rest', () => {
    const { topicId } = fixture.partition()
    expect(remove({ name: 'nothing' }, { topicId: 'b3JkZXJzLXRvcGljLWlkMA' }, { name: 'parts' })).toEqual([
      '- UNKNOWN_TOPIC_ID',
      'nothing UNKNOWN_TOPIC_OR_PARTITION',
      'parts NONE',
    ])
    expect(remove({})).toEqual(['- INVALID_REQUEST'])
    expect(remove({ name: 'orders', topicId })).toEqual(['orders INVALID_REQUEST'])
    expect(remove({ name: 'orders' }, { name: 'orders' })).toEqual(['orders INVALID_REQUEST'])
    expect(remove({ name: 'orders' }, { topicId })).toEqual(['orders INVALID_REQUEST'])
    expect(remove({ topicId }, { topicId }, { name: 'orders' })).toEqual([
      '- INVALID_REQUEST',
      'orders INVALID_REQUEST',
    ])
    expect(topics()).toEqual(['orders'])
  })

  it('answers each of several that say nothing, and takes an id whose name was given twice', () => {
    expect(remove({}, {})).toEqual(['- INVALID_REQUEST', '- INVALID_REQUEST'])
    const { topicId } = fixture.partition()
    expect(remove({ name: 'orders' }, { name: 'orders' }, { topicId })).toEqual([
      'orders INVALID_REQUEST',
      'orders NONE',
    ])
    expect(topics()).toEqual(['parts'])
  })

  it('refuses everything when delete.topic.enable is false', () => {
    fixture = new ControllerFixture({ 'delete.topic.enable': false })
    fixture.bringUp(1)
    fixture.create([[1]])
    expect(remove({ name: 'orders' })).toEqual(['orders TOPIC_DELETION_DISABLED'])
    expect(topics()).toEqual(['orders'])
  })
})
