// Brokers in office though they are fenced (RI-17): what older controllers do is excused for them alone, and then only.

import { describe, expect, it } from 'vitest'
import type { ControllerFix } from '../../src/invariants/fenced-in-office.ts'
import { type MiniCluster, settled } from './mini-cluster.ts'

const found = (cluster: MiniCluster) =>
  cluster.checker.violations.map(({ invariant, excused }) => [invariant, excused?.slice(0, 4) ?? null])

function tell(cluster: MiniCluster, broker: number, state: 'registered' | 'fenced' | 'unfenced'): void {
  cluster.step(() => {
    cluster.setFenced(broker, state !== 'unfenced')
    cluster.emit({ type: 'broker-state-changed', broker, state, brokerEpoch: 200 })
  })
}

describe('KU-3: a dead last known leader is elected (RB-33, KAFKA-19522)', () => {
  /** Broker 1 was the last member, and nobody leads. */
  function leaderless(lacks: readonly ControllerFix[]): MiniCluster {
    const cluster = settled({ isr: [1], controllerLacks: lacks })
    const epoch = cluster.committed.leaderEpoch
    tell(cluster, 1, 'fenced')
    cluster.commit({ isr: [], elr: [], lastKnownElr: [1], leader: -1, leaderEpoch: epoch + 1 })
    expect(found(cluster)).toEqual([['valid-controller-state', null]])
    return cluster
  }

  const elect = (cluster: MiniCluster, leader: number) =>
    cluster.commit({ isr: [leader], lastKnownElr: [], leader, leaderEpoch: cluster.committed.leaderEpoch + 1 })

  it('is shown, and fails nothing, where the release lacks the fix', () => {
    const cluster = leaderless(['checkLastKnownAlive'])
    elect(cluster, 1)
    expect(found(cluster).slice(1)).toEqual([['valid-controller-state', 'KU-3']])
  })

  it('is a violation where the release has it, or a scenario took it away', () => {
    const cluster = leaderless([])
    elect(cluster, 1)
    // One entry with a count: the same finding, again without an excuse.
    expect(cluster.checker.violations.map(({ excused, count }) => [excused, count])).toEqual([[null, 2]])
  })

  it('excuses nobody but the last known leader', () => {
    const cluster = leaderless(['checkLastKnownAlive'])
    tell(cluster, 2, 'fenced')
    elect(cluster, 2)
    expect(found(cluster)).not.toContainEqual(['valid-controller-state', 'KU-3'])
  })

  it('and not in a later epoch', () => {
    const cluster = leaderless(['checkLastKnownAlive'])
    elect(cluster, 1)
    const before = cluster.checker.violations.find(({ excused }) => excused === null)?.count ?? 0
    cluster.commit({ leaderEpoch: cluster.committed.leaderEpoch + 1 })
    expect(cluster.checker.violations.find(({ excused }) => excused === null)?.count).toBe(before + 1)
  })
})

describe('KU-4: a registration that overtakes its own fencing (RB-34, KAFKA-18106)', () => {
  function overtaken(lacks: readonly ControllerFix[], last: 'unfenced' | 'fenced'): MiniCluster {
    const cluster = settled({ controllerLacks: lacks })
    tell(cluster, 2, 'unfenced')
    if (last === 'fenced') {
      cluster.commit({ isr: [1, 3] })
      tell(cluster, 2, 'fenced')
      cluster.commit({ isr: [1, 2, 3] })
    }
    tell(cluster, 2, 'registered')
    return cluster
  }

  it('leaves a fenced member in the ISR: shown, and fails nothing, where the release lacks the fix', () => {
    expect(found(overtaken(['fenceOnReregister'], 'unfenced'))).toEqual([['valid-controller-state', 'KU-4']])
  })

  it('is a violation where the release has it', () => {
    expect(found(overtaken([], 'unfenced'))).toEqual([['valid-controller-state', null]])
  })

  it('is another thing when the broker was fenced before it registered', () => {
    expect(overtaken(['fenceOnReregister'], 'fenced').unexcused).toContain('valid-controller-state')
  })

  it('excuses no partition whose ISR the broker enters only afterwards', () => {
    const cluster = overtaken(['fenceOnReregister'], 'unfenced')
    cluster.commit({ isr: [1, 3] })
    cluster.commit({ isr: [1, 2, 3] })
    expect(cluster.unexcused).toEqual(['valid-controller-state'])
  })

  it('is as before when it registers once more: nobody has fenced it since', () => {
    const cluster = overtaken(['fenceOnReregister'], 'unfenced')
    tell(cluster, 2, 'registered')
    cluster.commit({ isr: [1, 2, 3] })
    expect(cluster.unexcused).toEqual([])
  })

  it('is over once the broker is unfenced', () => {
    const cluster = overtaken(['fenceOnReregister'], 'unfenced')
    tell(cluster, 2, 'unfenced')
    tell(cluster, 2, 'fenced')
    expect(cluster.unexcused).toContain('valid-controller-state')
  })
})
