// What a power loss excuses, and for how long: a replica that lost what it had not synced is let off until Kafka can know,
// and C2 is broken only when no member of the ISR has what was committed.

import { describe, expect, it } from 'vitest'
import { InvariantChecker, INVARIANTS } from '../../src/invariants/index.ts'
import { MetadataImage } from '../../src/metadata/metadata-image.ts'
import { type MiniCluster, settled } from './mini-cluster.ts'

/** Five records on broker 1 and those with copies; broker 3 lost them and runs again. */
function lossy(isr: readonly number[] = [1, 2, 3], minIsr = 2, copies = [2, 3]): MiniCluster {
  const cluster = settled({ minIsr, isr })
  const empty = cluster.snapshot(3)
  cluster.produce(1, 5)
  cluster.sync(...copies)
  cluster.losePower(3, empty)
  cluster.start(3)
  cluster.learn(3)
  expect(cluster.at(3).log.logEndOffset).toBe(0)
  expect(cluster.found).toEqual([])
  return cluster
}

function tellBroker(cluster: MiniCluster, state: 'registered' | 'fenced', brokerEpoch: number): void {
  cluster.step(() => cluster.emit({ type: 'broker-state-changed', broker: 3, state, brokerEpoch }))
}

describe('a member that lost what it had', () => {
  it('is let off under its old registration', () => {
    const cluster = lossy()
    tellBroker(cluster, 'registered', 103)
    expect(cluster.found).toEqual([])
  })

  it('is not, in the ISR under a new registration, or fenced', () => {
    const anew = lossy()
    tellBroker(anew, 'registered', 200)
    expect(anew.unexcused).toEqual(['isr-holds-committed'])
    const fenced = lossy()
    tellBroker(fenced, 'fenced', 103)
    expect(fenced.unexcused).toEqual(['isr-holds-committed'])
  })

  it('is not when it left the ISR and came back without', () => {
    const cluster = lossy()
    cluster.commit({ isr: [1, 2] })
    cluster.learn(1, 2, 3)
    cluster.commit({ isr: [1, 2, 3] })
    expect(cluster.unexcused).toContain('isr-holds-committed')
  })

  it('is not for what was committed after, and it never had', () => {
    const cluster = lossy()
    cluster.produce(1, 2)
    cluster.fetch(2)
    cluster.step(() => cluster.at(1).log.maybeIncrementHighWatermark(7))
    expect(cluster.unexcused).toContain('isr-holds-committed')
  })

  it('holds nothing up to a high watermark it has not reached', () => {
    const cluster = lossy()
    cluster.produce(1, 2)
    cluster.fetch(2)
    cluster.step(() => cluster.at(1).log.maybeIncrementHighWatermark(7))
    const found = cluster.checker.violations.filter(({ rule }) => rule === 'RI-13')
    expect(found[0]?.count).toBeGreaterThanOrEqual(3)
  })

  it('is no holder of what is acknowledged when the leader knows it is out of the ISR', () => {
    const answered = (heard: boolean): string[] => {
      const cluster = lossy([1, 3], 2, [3])
      cluster.commit({ isr: [1] })
      if (heard) cluster.learn(1)
      cluster.step(() => cluster.answer(1, -1, 0, 4, null))
      return cluster.unexcused
    }
    expect(answered(true)).toEqual(['acked-durable'])
    expect(answered(false)).toEqual([])
  })
})

describe('C2', () => {
  const truncate = (cluster: MiniCluster, id: number): string[] => {
    cluster.step(() => cluster.at(id).truncateTo(0))
    return cluster.unexcused
  }

  it('is not broken by a replica outside the ISR', () => {
    const cluster = lossy([1, 2], 1)
    cluster.commit({ isr: [1, 2] })
    expect(truncate(cluster, 2)).toEqual(['isr-holds-committed', 'weak-isr'])
  })

  it('is not broken by one follower, whatever the minimum', () => {
    expect(truncate(lossy([1, 2, 3], 1), 2)).toEqual(['isr-holds-committed', 'weak-isr'])
  })

  it('is not broken by a loss of what was not committed', () => {
    const cluster = settled({ isr: [1] })
    cluster.produce(1, 5)
    cluster.losePower(1, cluster.snapshot(1))
    cluster.start(1)
    cluster.learn(1)
    cluster.elect(2, [2])
    cluster.learn(2)
    expect(cluster.unexcused).toEqual([
      'unclean-election-permitted',
      'isr-holds-committed',
      'leader-completeness',
      'true-high-watermark-monotone',
    ])
  })

  it('is broken by the last member of the ISR, also when that is known', () => {
    const cluster = settled()
    cluster.elect(3, [3])
    cluster.learn(1, 2, 3)
    const empty = cluster.snapshot(3)
    cluster.produce(3, 5)
    cluster.losePower(3, empty)
    cluster.start(3)
    tellBroker(cluster, 'registered', 200)
    cluster.learn(3)
    expect(cluster.found).toContain('true-high-watermark-monotone')
    expect(cluster.unexcused).toEqual([])
    expect(cluster.checker.violations[0]?.excused).toMatch(/^C2: broker 3 lost/)
  })

  it('is broken by the last known leader, when nobody else may be elected any more (KIP-966)', () => {
    const cluster = settled()
    cluster.elect(3, [3])
    cluster.learn(1, 2, 3)
    const empty = cluster.snapshot(3)
    cluster.produce(3, 5)
    cluster.losePower(3, empty)
    cluster.commit({ leader: -1, leaderEpoch: 3, isr: [], elr: [], lastKnownElr: [3] })
    tellBroker(cluster, 'registered', 200)
    cluster.start(3)
    cluster.learn(3)
    expect(cluster.found).toContain('committed-held-somewhere')
    expect(cluster.unexcused).toEqual([])
  })

  it('is broken when all members lost what was committed, and none is left that has it', () => {
    const cluster = settled({ minIsr: 2 })
    const disks = [1, 2, 3].map((id) => cluster.snapshot(id))
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    for (const id of [1, 2, 3]) cluster.losePower(id, disks[id - 1]!)
    for (const id of [3, 2, 1]) cluster.start(id)
    cluster.learn(3, 2, 1)
    expect(cluster.found).toContain('true-high-watermark-monotone')
    expect(cluster.unexcused).toEqual([])
  })

  it('is not broken while one member has it', () => {
    const cluster = settled({ minIsr: 2 })
    const disks = [1, 2, 3].map((id) => cluster.snapshot(id))
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    for (const id of [2, 3]) cluster.losePower(id, disks[id - 1]!)
    for (const id of [2, 3]) cluster.start(id)
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2, 3)
    expect(cluster.unexcused).toContain('true-high-watermark-monotone')
  })
})

describe('what a new controller found in its log', () => {
  it('is checked, though nobody told of it', () => {
    const cluster = settled()
    let image = cluster.image
    const view = {
      brokerIds: [],
      partitionsOf: () => undefined,
      broker: () => undefined,
      get metadata() {
        return image
      },
    }
    const checker = new InvariantChecker(INVARIANTS, view, cluster.loop, cluster.bus)
    cluster.step(() => {})
    const { committed } = cluster
    image = new MetadataImage()
    for (const [id, broker] of cluster.image.brokers) image.brokers.set(id, broker)
    const state = { ...committed, isr: [2, 3], partitionEpoch: committed.partitionEpoch + 1 }
    image.topics.set('orders', { name: 'orders', id: committed.topicId, partitions: [state] })
    expect(checker.violations).toEqual([])
    cluster.step(() => {})
    expect(checker.violations.map(({ invariant }) => invariant)).toEqual(['leader-in-isr'])
  })
})
