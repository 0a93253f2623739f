// the epoch cache says of an offset what the batch there says, and whoever looks again from the beginning finds the same.

import { describe, expect, it } from 'vitest'
import { INVARIANTS, InvariantChecker, Recheck } from '../../src/invariants/index.ts'
import { LeaderEpochCache } from '../../src/log/leader-epoch-cache.ts'
import { replace } from '../support/replace.ts'
import { KEY, type MiniCluster, settled } from './mini-cluster.ts'

const ID = 'epochs-fit-batches'

/** Batches of three epochs, on all three. */
function threeEpochs(cluster = settled()): MiniCluster {
  for (const leader of [1, 2, 1]) {
    if (leader !== cluster.committed.leader || cluster.at(1).log.logEndOffset > 0) {
      cluster.elect(leader, [1, 2, 3])
      cluster.learn(1, 2, 3)
    }
    cluster.produce(leader, 2)
    cluster.produce(leader, 1)
    cluster.sync(1, 2, 3)
  }
  expect(cluster.at(3).log.epochs.entries()).toHaveLength(3)
  expect(cluster.found).toEqual([])
  return cluster
}

/** Looked at again by who takes nobody's word; the first look leaves this one out. */
function blind(cluster: MiniCluster): MiniCluster {
  const others = INVARIANTS.filter(({ id }) => id !== ID)
  const checker = new InvariantChecker(others, cluster.view, cluster.loop, cluster.bus)
  new Recheck(cluster.view, cluster.loop, cluster.bus, () => checker.violations, 'every', 1)
  return cluster
}

/** Ways to be wrong, each in a step that touches the cache. */
const BREAKS: Readonly<Record<string, (cluster: MiniCluster) => void>> = {
  'an epoch that is noted one too late': (cluster) => {
    const { assign } = LeaderEpochCache.prototype
    replace(LeaderEpochCache.prototype, 'assign', function (this: LeaderEpochCache, epoch, startOffset) {
      return assign.call(this, epoch, startOffset + 1)
    })
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2, 1, 3)
    cluster.produce(2)
  },
  'a truncation that drops one epoch too many': (cluster) => {
    replace(LeaderEpochCache.prototype, 'truncateFromEnd', function (this: LeaderEpochCache) {
      // As if it had been cut to nothing, but for the first.
      Object.assign(this, { epochs: [0], starts: [0] })
    })
    cluster.step(() => cluster.at(3).truncateTo(8))
  },
  'a start of the log that drops one epoch too many': (cluster) => {
    replace(LeaderEpochCache.prototype, 'truncateFromStart', function (this: LeaderEpochCache) {
      const [last] = this.entries().slice(-1)
      Object.assign(this, { epochs: [last!.epoch], starts: [1] })
    })
    cluster.step(() => void cluster.at(1).log.maybeIncrementLogStartOffset(1))
  },
}

describe('R-10 epochs-fit-batches', () => {
  it('finds a follower whose cache has another epoch for what it copies', () => {
    const cluster = settled()
    cluster.produce(1, 2)
    cluster.sync(2, 3)
    expect(cluster.found).toEqual([])
    Object.defineProperty(cluster.at(2).log.epochs, 'epochForOffset', { value: () => 7 })
    cluster.produce(1, 1)
    cluster.sync(2, 3)
    expect(cluster.found).toEqual([ID])
  })

  it.each(Object.entries(BREAKS))('finds %s, and so does who looks again', (_, breakIt) => {
    const cluster = threeEpochs()
    const again = threeEpochs(blind(settled()))
    breakIt(cluster)
    expect(cluster.found).toContain(ID)
    expect(() => breakIt(again)).toThrow(`${ID} is violated on ${KEY}, and only the re-check found it`)
  })

  it('lets a log begin before its cache does, when its start is an older one after a crash', () => {
    const cluster = threeEpochs()
    cluster.step(() => void cluster.at(1).log.maybeIncrementLogStartOffset(5))
    cluster.crash(1)
    cluster.start(1)
    cluster.learn(1)
    expect(cluster.at(1).log.logStartOffset).toBe(0)
    expect(cluster.at(1).log.epochs.entries()[0]?.startOffset).toBe(5)
    expect(cluster.found).not.toContain(ID)
  })
})
