// RI-14: what consumers were handed, and what became of it.

import { describe, expect, it } from 'vitest'
import { ReadRanges } from '../../src/invariants/read-ranges.ts'
import { KEY, type MiniCluster, settled } from './mini-cluster.ts'

/** A consumer is handed these offsets, as records of this epoch. One that reads on is handed none twice (IC-1). */
function read(cluster: MiniCluster, from: number, to: number, leaderEpoch = 1, client = 'app'): void {
  const records = Array.from({ length: to - from }, (_, i) => ({
    offset: from + i,
    leaderEpoch,
    producer: 'web',
    n: i,
  }))
  cluster.step(() => cluster.emit({ type: 'records-delivered', client, partition: KEY, records }))
}

function replicated(count: number): MiniCluster {
  const cluster = settled()
  cluster.produce(1, count)
  cluster.sync(2, 3)
  return cluster
}

describe('RI-14 consistent-read', () => {
  it('holds for what is committed, read once or often, in any order', () => {
    const cluster = replicated(5)
    read(cluster, 2, 5)
    read(cluster, 0, 5, 1, 'audit')
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2, 1, 3)
    cluster.produce(2, 2)
    cluster.sync(1, 3)
    read(cluster, 5, 7, 2)
    cluster.elect(3, [1, 2, 3])
    cluster.learn(3)
    expect(cluster.found).toEqual([])
  })

  it('is violated by a read of what nobody committed', () => {
    const cluster = settled()
    cluster.produce(1, 5, 1)
    read(cluster, 0, 5)
    expect(cluster.unexcused).toEqual(['consistent-read'])
    expect(cluster.checker.violations[0]?.message).toBe('app read offset 0 of epoch 1, and nothing is committed there')
  })

  it('is violated by a read of other records than are committed (RB-13)', () => {
    const cluster = replicated(5)
    read(cluster, 3, 5, 0)
    expect(cluster.unexcused).toEqual(['consistent-read'])
    expect(cluster.checker.violations[0]?.message).toBe(
      'app read offset 3 of epoch 0, and one of epoch 1 is committed there',
    )
  })

  it('is violated by a leader that lost or replaced what was read, and only then', () => {
    const elected = (readTo: number, written: number): MiniCluster => {
      const cluster = settled({ isr: [1] })
      cluster.produce(1, 9)
      read(cluster, 0, readTo)
      cluster.fetch(2)
      cluster.step(() => cluster.at(2).truncateTo(0))
      cluster.crash(1)
      cluster.elect(2, [2])
      cluster.learn(2)
      if (written > 0) cluster.produce(2, written)
      return cluster
    }
    expect(elected(9, 0).unexcused).toEqual([
      'unclean-election-permitted',
      'isr-holds-committed',
      'leader-completeness',
      'consistent-read',
      'true-high-watermark-monotone',
    ])
    const violation = elected(9, 3).checker.violations.find(({ rule }) => rule === 'RI-14')
    expect(violation?.message).toBe('offset 0 of epoch 1 was read, and the log of leader 2, of epoch 2, ends at 0')
    expect(violation?.count).toBe(1)
    const unread = settled({ isr: [1] })
    unread.produce(1, 9)
    expect(unread.found).toEqual([])
  })

  it('is excused by an unclean election that was permitted (RB-20)', () => {
    const cluster = settled({ isr: [1], uncleanElectionEnabled: true })
    cluster.produce(1, 9)
    read(cluster, 0, 9)
    cluster.crash(1)
    cluster.elect(2, [2])
    cluster.learn(2)
    expect(cluster.found).toContain('consistent-read')
    expect(cluster.unexcused).toEqual([])
    // What is read now, by who was sent back to it, is what is committed now.
    cluster.produce(2, 3)
    const why = 'auto.offset.reset=earliest'
    cluster.step(() => cluster.emit({ type: 'position-moved', client: 'app', partition: KEY, from: 9, to: 0, why }))
    const before = cluster.checker.violations.length
    read(cluster, 0, 3, 2)
    expect(cluster.checker.violations).toHaveLength(before)
  })

  it('asks for nothing below the start of the log', () => {
    const cluster = replicated(5)
    read(cluster, 0, 5)
    cluster.step(() => cluster.at(2).truncateFullyAndStartAt(5))
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2)
    expect(cluster.found).toEqual([])
  })
})

describe('ReadRanges', () => {
  it('keeps as many ranges as there were epochs, whatever is read again', () => {
    const ranges = new ReadRanges()
    ranges.add(0, 4, 1, 10)
    ranges.add(5, 9, 1, 11)
    ranges.add(10, 12, 2, 12)
    ranges.add(2, 7, 1, 13)
    ranges.add(13, 13, 2, 14)
    expect([0, 1].map((i) => ranges.at(i))).toEqual([
      [0, 9, 1, 11],
      [10, 13, 2, 14],
    ])
    expect([ranges.size, ranges.indexOf(9), ranges.indexOf(10), ranges.indexOf(14)]).toEqual([2, 0, 1, 2])
  })

  it('fills gaps, and merges what meets', () => {
    const ranges = new ReadRanges()
    ranges.add(5, 6, 1, 1)
    ranges.add(0, 1, 1, 2)
    expect(ranges.size).toBe(2)
    ranges.add(2, 4, 1, 3)
    expect([ranges.size, ranges.at(0)[0], ranges.at(0)[1]]).toEqual([1, 0, 6])
    ranges.cutFrom(3)
    expect([ranges.at(0)[0], ranges.at(0)[1]]).toEqual([0, 2])
    ranges.cutFrom(0)
    expect(ranges.size).toBe(0)
  })
})
