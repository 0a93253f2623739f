// What the invariants on the committed state of the controller find.

import { describe, expect, it } from 'vitest'
import { RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { REPLAYED, UNCLEAN_BY_ADMIN } from '../../src/trace/kafka-event.ts'
import { type MiniCluster, settled } from './mini-cluster.ts'

describe('RI-1 leader-in-isr', () => {
  it('is violated by a leader outside the ISR', () => {
    const cluster = settled()
    cluster.commit({ isr: [2, 3] })
    expect(cluster.unexcused).toContain('leader-in-isr')
  })

  it('holds without a leader, and for members', () => {
    const cluster = settled()
    cluster.elect(-1, [2])
    cluster.elect(2, [2])
    expect(cluster.found).toEqual([])
  })

  it('is looked at when all records of a commit are there, not between two of them', () => {
    const cluster = settled()
    cluster.step(() => {
      cluster.setCommitted({ isr: [2, 3] })
      cluster.tellCommitted('first half')
      cluster.setCommitted({ leader: 2, leaderEpoch: 2 })
      cluster.tellCommitted('second half')
    })
    expect(cluster.found).toEqual([])
  })
})

describe('RI-9 one-leader-per-epoch', () => {
  it('is violated when the controller names another leader in the same epoch', () => {
    const cluster = settled()
    cluster.commit({ leader: 2 })
    expect(cluster.found).toContain('one-leader-per-epoch')
    expect(cluster.checker.violations[0]?.message).toBe('epoch 1 belongs to broker 1 and to broker 2')
  })

  it('is violated when an epoch goes back', () => {
    const cluster = settled()
    cluster.elect(2, [1, 2, 3])
    cluster.commit({ leader: 1, leaderEpoch: 1 })
    expect(cluster.unexcused).toEqual(['one-leader-per-epoch'])
  })

  it('is violated by a broker that leads in an epoch of another', () => {
    const cluster = settled()
    cluster.step(() => cluster.at(2).makeLeader({ ...cluster.committed, leader: 2, partitionEpoch: 9 }))
    expect(cluster.unexcused).toContain('one-leader-per-epoch')
  })

  it('holds when leaders change with their epochs, and old leaders have not heard of it', () => {
    const cluster = settled()
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2)
    cluster.elect(1, [1, 2, 3])
    cluster.learn(1, 3)
    expect(cluster.found).toEqual([])
  })
})

describe('RI-17 valid-controller-state', () => {
  const fence = (cluster: MiniCluster, id: number): void =>
    cluster.step(() => {
      cluster.setFenced(id, true)
      cluster.emit({ type: 'broker-state-changed', broker: id, state: 'fenced', brokerEpoch: 100 + id })
    })

  it('is violated by a fenced member beside others', () => {
    const cluster = settled()
    fence(cluster, 3)
    expect(cluster.unexcused).toEqual(['valid-controller-state'])
    expect(cluster.checker.violations[0]?.message).toBe('the ISR is [1, 2, 3] and broker 3 is fenced')
  })

  it('is violated by a fenced leader and an empty ISR', () => {
    const alone = settled({ isr: [1] })
    fence(alone, 1)
    const empty = settled()
    empty.elect(-1, [])
    for (const cluster of [alone, empty]) expect(cluster.unexcused).toContain('valid-controller-state')
  })

  it('holds when the last member is fenced and leads no more (R-99)', () => {
    const cluster = settled({ isr: [1] })
    cluster.step(() => {
      cluster.setCommitted({ leader: -1, leaderEpoch: 2 })
      cluster.tellCommitted('fenced')
      cluster.setFenced(1, true)
      cluster.emit({ type: 'broker-state-changed', broker: 1, state: 'fenced', brokerEpoch: 101 })
    })
    expect(cluster.found).toEqual([])
  })
})

describe('unclean-election-permitted', () => {
  const elect = (reason: string, prepare: (cluster: MiniCluster) => void = () => {}): string[] => {
    const cluster = settled({ isr: [1] })
    prepare(cluster)
    cluster.elect(2, [2], reason)
    return cluster.unexcused
  }
  const configure = (resourceType: number, resourceName: string, value: string) => (cluster: MiniCluster) => {
    const name = 'unclean.leader.election.enable'
    const offset = cluster.image.highestOffset + 1
    cluster.image.apply({ type: 'ConfigRecord', resourceType, resourceName, name, value }, offset)
  }

  it('is violated by an election from outside the ISR that nothing permits', () => {
    expect(elect('session of broker 1 expired')).toEqual(['unclean-election-permitted'])
    expect(elect('x', configure(RESOURCE_TYPE.topic, 'orders', 'false'))).toEqual(['unclean-election-permitted'])
  })

  it('holds where the topic, the cluster default or an admin permits it', () => {
    expect(elect('x', configure(RESOURCE_TYPE.topic, 'orders', 'true'))).toEqual([])
    expect(elect('x', configure(RESOURCE_TYPE.broker, '', 'true'))).toEqual([])
    expect(elect(UNCLEAN_BY_ADMIN)).toEqual([])
    // A controller that was killed at once: the next one does not know who wanted it.
    expect(elect(REPLAYED)).toEqual([])
  })

  it('is violated where an admin asked for preferred leaders, or the release does not look at its config (R-102)', () => {
    expect(elect('ElectLeaders')).toEqual(['unclean-election-permitted'])
    const old = settled({ isr: [1], uncleanElectionEnabled: true, uncleanElectionByConfig: false })
    old.elect(2, [2])
    expect(old.unexcused).toEqual(['unclean-election-permitted'])
  })

  it('holds for the last known leader once nobody is eligible, and not before (R-101)', () => {
    const electLastKnown = (elr: readonly number[], reason: string): string[] => {
      const cluster = settled({ isr: [1] })
      cluster.commit({ isr: [], elr, lastKnownElr: [2], leader: -1, leaderEpoch: 2 })
      cluster.commit({ isr: [2], elr: [], lastKnownElr: [], leader: 2, leaderEpoch: 3 }, reason)
      return cluster.unexcused
    }
    expect(electLastKnown([], 'BrokerHeartbeat')).toEqual([])
    // The last eligible one registers anew, and is eligible no more in that very record.
    expect(electLastKnown([1], 'BrokerRegistration')).toEqual([])
    expect(electLastKnown([1], 'BrokerHeartbeat')).toEqual(['unclean-election-permitted'])
    expect(electLastKnown([1, 3], 'BrokerRegistration')).toEqual(['unclean-election-permitted'])
  })

  it('lets the topic speak before the cluster', () => {
    const both = (cluster: MiniCluster): void => {
      configure(RESOURCE_TYPE.broker, '', 'true')(cluster)
      configure(RESOURCE_TYPE.topic, 'orders', 'false')(cluster)
    }
    expect(elect('x', both)).toEqual(['unclean-election-permitted'])
  })

  it('holds for members of the ISR as it was before, even if they are alone after', () => {
    const cluster = settled()
    cluster.elect(3, [3])
    expect(cluster.found).toEqual([])
  })
})

describe('RI-18 valid-isr-and-elr', () => {
  const withElr = (isr: readonly number[], elr: readonly number[], minIsr = 2): MiniCluster => {
    const cluster = settled({ minInsyncReplicas: minIsr })
    const change = {
      type: 'partition-changed',
      ...cluster.committed,
      partition: cluster.committed.key,
      leader: isr[0] ?? -1,
      leaderEpoch: cluster.committed.leaderEpoch + 1,
      partitionEpoch: cluster.committed.partitionEpoch + 1,
      isr,
      elr,
      lastKnownElr: [],
      reason: 'test',
    } as const
    cluster.step(() => cluster.emit(change))
    return cluster
  }

  it('is violated by members and eligible replicas from elsewhere, and by one that is both', () => {
    const stranger = settled()
    stranger.commit({ isr: [1, 4] })
    expect(stranger.unexcused).toContain('valid-isr-and-elr')
    expect(withElr([1], [4]).unexcused).toEqual(['valid-isr-and-elr'])
    expect(withElr([1], [1]).unexcused).toEqual(['valid-isr-and-elr'])
  })

  it('is violated by eligible replicas beside an ISR at the minimum', () => {
    const full = withElr([1, 2], [3])
    expect(full.unexcused).toEqual(['valid-isr-and-elr'])
    expect(full.checker.violations[0]?.message).toBe('ISR [1, 2], of 2 needed, and the eligible [3] beside it')
    // The minimum is at most the number of replicas.
    expect(withElr([1, 2, 3], [], 5).found).toEqual([])
  })

  it('holds below the minimum', () => {
    expect(withElr([1], [2]).found).toEqual([])
    expect(withElr([1, 2], [3], 3).found).toEqual([])
  })
})

describe('RI-19 valid-fetcher-state', () => {
  it('is violated by a leader that fetches, a follower that does not, and one that fetches twice', () => {
    const fetching = (id: number, from: readonly number[]): MiniCluster => {
      const cluster = settled()
      cluster.fetchedFrom.set(id, from)
      cluster.elect(2, [1, 2, 3])
      cluster.learn(1, 2, 3)
      return cluster
    }
    expect(fetching(2, [1]).unexcused).toEqual(['valid-fetcher-state'])
    expect(fetching(2, [1]).checker.violations[0]?.message).toBe('broker 2 leads epoch 2 and fetches from broker 1')
    expect(fetching(3, []).unexcused).toEqual(['valid-fetcher-state'])
    expect(fetching(3, [1, 2]).unexcused).toEqual(['valid-fetcher-state'])
    expect(fetching(3, [2]).found).toEqual([])
  })

  it('holds for a follower that gave the partition up in this epoch (R-61), and not in the next', () => {
    const cluster = settled()
    cluster.fetchedFrom.set(3, [])
    const reason = 'FENCED_LEADER_EPOCH'
    cluster.step(() => {
      cluster.at(3).truncateTo(0)
      cluster.emit({ type: 'log-truncated', broker: 3, partition: 'orders-0', fromOffset: 0, toOffset: 0 })
      cluster.emit({ type: 'replica-failed', broker: 3, partition: 'orders-0', leader: 1, reason })
    })
    expect(cluster.found).toEqual([])
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2, 3)
    expect(cluster.unexcused).toEqual(['valid-fetcher-state'])
  })

  it('is violated by a broker that runs and is not registered', () => {
    const cluster = settled()
    cluster.step(() => {
      cluster.image.brokers.delete(3)
      cluster.emit({ type: 'broker-state-changed', broker: 3, state: 'fenced', brokerEpoch: 103 })
    })
    expect(cluster.unexcused).toContain('valid-fetcher-state')
    expect(cluster.checker.violations.find(({ rule }) => rule === 'RI-19')?.subject).toBe('broker-3')
  })
})
