// Where Kafka itself breaks a promise: recognised, shown and excused, and nothing else with it.

import { describe, expect, it } from 'vitest'
import { KNOWN_UPSTREAM } from '../../src/invariants/known-upstream.ts'
import { type MiniCluster, type MiniOptions, settled } from './mini-cluster.ts'

/** Longer than `replica.lag.time.max.ms`. */
const LATE_MS = 31_000

const excuses = (cluster: MiniCluster) =>
  cluster.checker.violations.map(({ invariant, excused }) => [invariant, excused?.slice(0, 4) ?? null])

describe('the registry', () => {
  it('has ids in order, a statement, a source and a reason', () => {
    expect(KNOWN_UPSTREAM.map(({ id }) => id)).toEqual(KNOWN_UPSTREAM.map((_, i) => `KU-${i + 1}`))
    for (const entry of KNOWN_UPSTREAM) for (const text of Object.values(entry)) expect(text.length).toBeGreaterThan(3)
  })
})

/** Leader 1 asks for broker 3, and forgets it: the metadata it knows already arrives once more. */
function forgetful(): MiniCluster {
  const cluster = settled({ isr: [1, 2] })
  cluster.step(() => void cluster.request(3))
  expect(cluster.at(1).maximalIsr).toEqual([1, 2, 3])
  cluster.step(() => cluster.at(1).makeLeader(cluster.committed))
  expect(cluster.at(1).maximalIsr).toEqual([1, 2])
  cluster.advance(LATE_MS)
  return cluster
}

/** The controller commits it, when more was committed without broker 3. */
function admitted(): MiniCluster {
  const cluster = forgetful()
  cluster.produce(1, 4)
  cluster.sync(2)
  cluster.acceptProposal()
  expect(cluster.committed.isr).toEqual([1, 2, 3])
  return cluster
}

describe('KU-1: an ISR change forgotten for metadata of the same partition epoch', () => {
  it('is shown, and fails nothing', () => {
    expect(excuses(admitted())).toEqual([
      ['maximal-isr-covers-isr', 'KU-1'],
      ['isr-holds-committed', 'KU-1'],
    ])
  })

  it('is the same when the change was committed before, and the leader told that its epoch is old', () => {
    const cluster = settled({ isr: [1, 2] })
    const before = cluster.committed
    cluster.step(() => void cluster.request(3))
    cluster.commit({ isr: [1, 2, 3] })
    cluster.acceptProposal()
    expect(cluster.at(1).maximalIsr).toEqual([1, 2, 3])
    expect(cluster.found).toEqual([])
    cluster.step(() => cluster.at(1).makeLeader(before))
    expect(excuses(cluster)).toEqual([['maximal-isr-covers-isr', 'KU-1']])
  })

  it('says nothing of members that were not forgotten', () => {
    const cluster = forgetful()
    cluster.commit({ isr: [1, 3] })
    cluster.learn(1)
    cluster.commit({ isr: [1, 2, 3] })
    expect(excuses(cluster)).toEqual([
      ['maximal-isr-covers-isr', 'KU-1'],
      ['maximal-isr-covers-isr', null],
    ])
  })

  it('is over when the leader has heard: the next time is a violation', () => {
    const cluster = admitted()
    cluster.learn(1)
    cluster.commit({ isr: [1, 2] })
    cluster.learn(1)
    cluster.commit({ isr: [1, 2, 3] })
    expect(cluster.unexcused).toEqual(['maximal-isr-covers-isr', 'isr-holds-committed'])
  })

  it('says nothing of other members without what was committed, nor of this one once it had all', () => {
    const other = admitted()
    other.step(() => other.at(2).truncateTo(0))
    expect(other.unexcused).toEqual(['isr-holds-committed', 'weak-isr'])
    const same = admitted()
    same.learn(1, 2, 3)
    same.sync(3, 2)
    expect(same.unexcused).toEqual([])
    same.step(() => same.at(3).truncateTo(0))
    expect(same.unexcused).toEqual(['isr-holds-committed', 'weak-isr'])
  })

  it('excuses what follows when it costs records, for ever', () => {
    const cluster = admitted()
    cluster.crash(1)
    cluster.elect(3, [2, 3])
    cluster.learn(3, 2)
    cluster.produce(3, 2)
    cluster.sync(2)
    expect(cluster.found).toContain('true-high-watermark-monotone')
    // What was read of them before is not there any more, either.
    const records = [{ producer: 'web', n: 3, offset: 3, leaderEpoch: 1 }]
    cluster.step(() => cluster.emit({ type: 'records-delivered', client: 'app', partition: 'orders-0', records }))
    expect(excuses(cluster)).toContainEqual(['consistent-read', 'KU-1'])
    expect(cluster.unexcused).toEqual([])
  })

  it('says nothing of who is a member in another epoch, in which the change cannot be committed', () => {
    const cluster = forgetful()
    cluster.produce(1, 4)
    cluster.sync(2)
    cluster.elect(1, [1, 2, 3])
    expect(cluster.unexcused).toEqual(['isr-holds-committed'])
  })
})

/** RB-47: broker 1 misses that it lost office to 2, under whom 3 cut its log, and regained it. */
function missedDemotion(options: MiniOptions = {}): MiniCluster {
  const cluster = settled(options)
  cluster.produce(1, 5)
  cluster.sync(2, 3)
  cluster.produce(1, 5)
  cluster.fetch(3)
  cluster.step(() => void cluster.request(3))
  cluster.elect(2, [1, 2, 3])
  cluster.learn(2, 3)
  cluster.produce(2, 2)
  cluster.sync(3)
  cluster.elect(1, [1, 2, 3])
  cluster.learn(1, 2)
  expect([cluster.at(1).log.highWatermark, cluster.at(1).log.logEndOffset]).toEqual([5, 10])
  cluster.sync(2)
  return cluster
}

describe('KU-2: log ends trusted over an office that was lost meanwhile (RB-47)', () => {
  it('is shown, and fails nothing', () => {
    const cluster = missedDemotion()
    expect(cluster.at(1).log.highWatermark).toBe(10)
    expect(excuses(cluster)).toEqual([
      ['high-watermark-raise-justified', 'KU-2'],
      ['isr-holds-committed', 'KU-2'],
      ['weak-isr', 'KU-2'],
      ['acked-durable', 'KU-2'],
    ])
  })

  it('excuses what it costs', () => {
    const cluster = missedDemotion()
    cluster.crash(1)
    cluster.elect(3, [3])
    cluster.learn(3)
    expect(excuses(cluster)).toContainEqual(['true-high-watermark-monotone', 'KU-2'])
    expect(cluster.unexcused).toEqual([])
  })

  it('does not happen to a leader that forgets what it knew in an earlier epoch', () => {
    const cluster = missedDemotion({ switches: { trustLeoAcrossSameLeaderEpochs: false } })
    expect(cluster.at(1).log.highWatermark).toBe(5)
    expect(cluster.found).toEqual([])
  })
})

/** Bytes of the first two batches, of five. */
const sizeOfTwo = (cluster: MiniCluster) => cluster.at(1).log.read(0, 1 << 20, 2, true).bytes.length

/**
 * Broker 3 lost power, and its log is without offsets 2 and 3 of five. The world knows what was left of the segment that begins
 * at 0, which is `extraBytes` more than the two batches before the hole.
 */
function holed(extraBytes = 0, baseOffset = 0): MiniCluster {
  const cluster = settled({ isr: [1, 2] })
  const take = (from: number, to: number) => {
    const { bytes } = cluster.at(1).log.read(from, 1 << 20, to, true)
    cluster.step(() => void cluster.at(3).log.appendAsFollower(bytes))
  }
  for (let i = 0; i < 2; i++) cluster.produce(1)
  cluster.fetch(3)
  const two = cluster.snapshot(3)
  for (let i = 0; i < 3; i++) cluster.produce(1)
  cluster.sync(2, 3)
  cluster.losePower(3, two, [{ baseOffset, sizeBytes: sizeOfTwo(cluster) + extraBytes }])
  cluster.start(3)
  // Known to have been gone: nothing is let off for what it held before.
  cluster.step(() => cluster.emit({ type: 'broker-state-changed', broker: 3, state: 'registered', brokerEpoch: 200 }))
  // As recovery would have found it: the next segment begins with offset 4.
  take(4, 5)
  cluster.learn(3)
  return cluster
}

describe('KU-6: a hole that a power loss left between two segments', () => {
  const joins = (cluster: MiniCluster) => {
    cluster.commit({ isr: [1, 2, 3] })
    cluster.learn(1, 2, 3)
    return cluster
  }

  it('is shown, and fails nothing: outside the ISR, in it, and in office', () => {
    const cluster = joins(holed())
    expect(excuses(cluster)).toEqual([
      ['strong-log-matching', 'KU-6'],
      ['isr-holds-committed', 'KU-6'],
      ['weak-isr', 'KU-6'],
    ])
    cluster.elect(3, [1, 2, 3])
    cluster.learn(1, 2, 3)
    cluster.produce(3)
    cluster.sync(1, 2)
    expect(cluster.found).toContain('leader-completeness')
    expect(cluster.unexcused).toEqual([])
  })

  it('explains no hole behind a segment that recovery had to cut: it should have dropped what follows', () => {
    expect(joins(holed(12)).unexcused).toContain('isr-holds-committed')
    expect(joins(holed(-1)).unexcused).toContain('isr-holds-committed')
  })

  it('explains no hole in or before another segment', () => {
    expect(joins(holed(0, 1)).unexcused).toContain('isr-holds-committed')
    expect(joins(holed(0, 3)).unexcused).toContain('isr-holds-committed')
  })

  it('explains nothing of others, and nothing when the hole is gone', () => {
    const cluster = joins(holed())
    cluster.step(() => cluster.at(2).truncateTo(0))
    expect(cluster.unexcused).toEqual(['isr-holds-committed', 'weak-isr'])
    const mended = holed()
    mended.step(() => mended.at(3).truncateTo(2))
    mended.sync(3)
    const before = mended.found.length
    joins(mended)
    expect(mended.found).toHaveLength(before)
    mended.step(() => mended.at(3).truncateTo(2))
    expect(mended.unexcused).toEqual(['isr-holds-committed', 'weak-isr'])
  })
})

describe('KU-10: deleted records that are back without their epochs', () => {
  /** Broker 3 has a record of epoch 0 where broker 2 has others; it led, deleted those up to `before`, and crashed. */
  const restarted = (before: number) => {
    const cluster = settled({ isr: [1, 2] })
    cluster.produce(1)
    cluster.sync(2, 3)
    cluster.produce(1)
    cluster.fetch(3)
    cluster.crash(1)
    cluster.elect(2, [2])
    cluster.learn(2)
    for (let i = 0; i < 4; i++) cluster.produce(2)
    cluster.step(() => cluster.at(2).log.maybeIncrementLogStartOffset(before))
    cluster.crash(2)
    cluster.start(2)
    expect(cluster.at(2).log.logStartOffset).toBe(0)
    cluster.elect(2, [2])
    cluster.learn(2)
    return cluster
  }
  const follow = (cluster: MiniCluster) => {
    cluster.learn(3)
    cluster.sync(3)
    return cluster
  }

  it('are shown, where a follower keeps what the leader never had, and fail nothing', () => {
    const cluster = follow(restarted(4))
    expect(excuses(cluster)).toContainEqual(['strong-log-matching', 'KU-1'])
    expect(cluster.checker.violations[0]?.excused).toMatch(/^KU-10: broker 2 leads with records from offset 0 on/)
    expect(cluster.unexcused).toEqual([])
  })

  it('explain nothing of a leader that deleted nothing: it knows its epochs, and says where they part', () => {
    const cluster = follow(restarted(0))
    expect(cluster.at(3).log.logEndOffset).toBe(5)
    expect(cluster.found).toEqual([])
    const forced = restarted(0)
    const { bytes } = forced.at(2).log.read(2, 1 << 20, 3, true)
    forced.step(() => void forced.at(3).log.appendAsFollower(bytes))
    expect(forced.unexcused).toContain('strong-log-matching')
  })
})
