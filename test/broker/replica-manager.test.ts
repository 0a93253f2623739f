import { describe, expect, it } from 'vitest'
import { MetadataDelta, RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { Fixture, LAG_MS, state, TOPIC_ID } from './fixture.ts'
import { ManagerFixture } from './manager-fixture.ts'

const other = (changes: Parameters<typeof state>[0]) => state({ index: 1, key: 'orders-1', ...changes })

describe('applying metadata (R-109)', () => {
  it('takes up leading and following, and only what has a replica here', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state(), other({ leader: 2 }), state({ index: 2, key: 'orders-2', replicas: [2, 3], leader: 2 }))
    expect([...fixture.replicas.partitions.values()].map((partition) => [partition.key, partition.role])).toEqual([
      ['orders-0', 'leader'],
      ['orders-1', 'follower'],
    ])
    expect(fixture.fetchers.calls).toEqual(['-orders-0', '-orders-1', '+orders-1@2'])
  })

  it('restarts the fetcher at every new leader epoch, even of the same leader, and only then (R-62)', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state({ leader: 2 }))
    fixture.publish(state({ leader: 2, partitionEpoch: 1 }))
    fixture.publish(state({ leader: 2, partitionEpoch: 2, leaderEpoch: 2 }))
    expect(fixture.fetchers.calls).toEqual(['-orders-0', '+orders-0@2', '-orders-0', '+orders-0@2'])
  })

  it('follows nobody while there is no leader, or its leader is unknown', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state({ leader: -1 }))
    fixture.publish(state({ leader: 9, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(fixture.fetchers.calls.filter((call) => call.startsWith('+'))).toEqual([])
    expect(fixture.orders.role).toBe('follower')
  })

  it('in controlled shutdown follows on only where it is in the ISR (R-95)', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state({ leader: 2 }), other({ leader: 2 }))
    fixture.replicas.beginControlledShutdown()
    fixture.fetchers.calls.length = 0
    const parked = fixture.produce(-1, { timeoutMs: 1000 })
    fixture.publish(
      state({ leader: 2, isr: [2, 3], partitionEpoch: 1 }),
      other({ leader: 3, leaderEpoch: 2, partitionEpoch: 1 }),
    )
    expect(fixture.fetchers.calls).toEqual(['-orders-0', '-orders-1', '+orders-1@3'])
    fixture.publish(other({ leader: -1, isr: [1], leaderEpoch: 3, partitionEpoch: 2 }))
    expect(fixture.fetchers.calls.slice(3)).toEqual(['-orders-1'])
    expect(parked.answers).toBe(1)
  })

  it('once closed answers nobody and looks after nothing', () => {
    const fixture = new ManagerFixture()
    fixture.replicas.start()
    fixture.publish(state({ isr: [1, 2] }))
    const parked = fixture.produce(-1, { timeoutMs: 1000 })
    const polling = fixture.consume(0, { maxWaitMs: 500 })
    fixture.replicas.close()
    fixture.host.clock.advance(2 * LAG_MS)
    expect([parked.answers, polling.answers]).toEqual([0, 0])
    expect(fixture.alter.submitted).toEqual([])
  })

  it('keeps the log and its identity over role changes', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state())
    const { orders } = fixture
    fixture.produce(1)
    fixture.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    fixture.publish(state({ leaderEpoch: 3, partitionEpoch: 2 }))
    expect(fixture.orders).toBe(orders)
    expect(orders.log.logEndOffset).toBe(1)
  })

  it('deletes a replica when this broker leaves the assignment', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state())
    const { orders } = fixture
    fixture.publish(state({ replicas: [2, 3], isr: [2, 3], leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(orders.isHosted).toBe(false)
    expect(orders.role).toBe('none')
    expect(fixture.replicas.partitions.size).toBe(0)
    expect(fixture.context.logs.get('orders', 0)).toBeUndefined()
  })

  it('starts a topic that was deleted and made anew with an empty log (RB-42)', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state())
    fixture.produce(1)
    fixture.unpublish('orders')
    fixture.publish(state({ topicId: 'b3JkZXJzLXRvcGljLWlkMg' }))
    expect(fixture.orders.log.logEndOffset).toBe(0)
  })

  it('is not moved by the end of an earlier topic of that name', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state())
    const delta = new MetadataDelta()
    delta.removedTopics.add({ name: 'orders', id: 'YW4tb2xkZXItdG9waWMtMg', partitions: [state()] })
    fixture.replicas.applyDelta(delta, fixture.metadata)
    expect(fixture.orders.isLeader).toBe(true)
  })

  it('does so too when the deletion happened while the broker was down', () => {
    const fixture = new ManagerFixture()
    fixture.context.logs.create('orders', 0, 'YW4tb2xkZXItdG9waWMtMg', new Fixture().partition().log.config)
    fixture.context.logs.get('orders', 0)?.truncateFullyAndStartAt(40)
    fixture.publish(state())
    expect(fixture.orders.log.logEndOffset).toBe(0)
    expect(fixture.context.logs.topicId('orders', 0)).toBe(TOPIC_ID)
  })

  it('takes the topic’s settings, then and when they change', () => {
    const fixture = new ManagerFixture({ config: { 'min.insync.replicas': 2 } })
    const set = (value: string, offset: number) => {
      const delta = new MetadataDelta()
      const resourceType = RESOURCE_TYPE.topic
      fixture.metadata.apply(
        { type: 'ConfigRecord', resourceType, resourceName: 'orders', name: 'min.insync.replicas', value },
        offset,
        delta,
      )
      fixture.replicas.applyDelta(delta, fixture.metadata)
    }
    fixture.publish(state())
    expect(fixture.orders.minInsyncReplicas).toBe(2)
    set('3', 0)
    expect(fixture.orders.minInsyncReplicas).toBe(3)
  })
})

describe('periodic duties', () => {
  it('looks at every ISR each half lag time, so that a stalled member leaves after 1.0 to 1.5 times it (R-81)', () => {
    for (const stalledAtMs of [1, LAG_MS / 4, LAG_MS / 2 - 1]) {
      const fixture = new ManagerFixture()
      fixture.publish(state({ isr: [1, 2], replicas: [1, 2] }))
      fixture.replicas.start()
      fixture.host.clock.advance(stalledAtMs)
      fixture.follow(2, 0, { maxWaitMs: 0 })
      fixture.produce(1)
      fixture.host.clock.advance(LAG_MS)
      expect(fixture.alter.submitted).toHaveLength(0)
      fixture.host.clock.advance(LAG_MS / 2)
      expect(fixture.alter.submitted).toHaveLength(1)
    }
  })

  it('makes high watermarks durable, also where the leader is unknown (R-29, KAFKA-1647)', () => {
    const fixture = new ManagerFixture()
    fixture.publish(state({ isr: [1] }), other({ leader: -1 }))
    fixture.replicas.start()
    fixture.produce(1)
    fixture.host.clock.advance(5_000)
    expect(fixture.host.disk.text('data/replication-offset-checkpoint')).toBe('0\n2\norders 0 1\norders 1 0\n')
  })
})
