// How violations are found, counted, excused and told; that watching changes nothing.

import { describe, expect, it } from 'vitest'
import { type Invariant, INVARIANTS, InvariantChecker, type Violation } from '../../src/invariants/index.ts'
import type { BreaksWhere } from '../../src/switches/switches.ts'
import { MiniCluster, settled } from './mini-cluster.ts'

describe('violations', () => {
  it('are recorded once for an invariant and a subject, with a count and the first occurrence', () => {
    const cluster = settled()
    const told: Violation[] = []
    const view = { ...cluster.view, partitionsOf: () => undefined }
    const checker = new InvariantChecker(INVARIANTS, view, cluster.loop, cluster.bus, {}, (found) => told.push(found))
    cluster.commit({ isr: [2, 3] })
    cluster.commit({ isr: [2] })
    expect(checker.violations.map(({ invariant, count }) => [invariant, count])).toEqual([['leader-in-isr', 2]])
    expect(told).toEqual(checker.violations)
    expect(told[0]).toMatchObject({ rule: 'RI-1', subject: 'orders-0', excused: null })
    expect(told[0]?.message).toBe('broker 1 leads epoch 1 and the ISR is [2, 3]')
    checker.stop()
    cluster.commit({ isr: [3] })
    expect(checker.violations[0]?.count).toBe(2)
  })

  it('name the event that was before and the one that disagrees', () => {
    const cluster = settled()
    cluster.produce(1, 3)
    cluster.fetch(2)
    cluster.fetch(3)
    cluster.step(() => void cluster.request(2))
    cluster.step(() => void cluster.request(3))
    const committedAt = cluster.loop.executed
    cluster.produce(1, 3)
    cluster.step(() => cluster.at(3).truncateTo(1))
    expect(cluster.checker.violations[0]?.events).toEqual([committedAt, cluster.loop.executed])
    expect(cluster.checker.violations[0]?.atUs).toBe(cluster.loop.nowUs)
  })

  it('are excused when a switch brings a defect back, if they rest on its absence (C4)', () => {
    const cluster = settled({
      switches: { maximalIsr: false },
      defects: { onPurpose: ['maximalIsr: false'], missingFixes: [] },
      isr: [1, 2],
    })
    cluster.step(() => void cluster.request(3))
    cluster.acceptProposal()
    cluster.commit({ isr: [2, 3] })
    const excuses = cluster.checker.violations.map(({ invariant, excused }) => [invariant, excused])
    expect(excuses).toContainEqual(['maximal-isr-covers-isr', 'C4: maximalIsr: false switched on purpose'])
    expect(excuses).toContainEqual(['leader-in-isr', null])
  })

  it('are excused by what a release lacks of itself only where that is known to break them', () => {
    const broken = (breaks: readonly string[]) => {
      const missingFixes = [{ text: 'KIP-0 is not in Kafka 3.3', breaks, where: 'anywhere' as const }]
      const defects = { onPurpose: [], missingFixes }
      const cluster = settled({ switches: { maximalIsr: false }, defects, isr: [1, 2] })
      cluster.step(() => void cluster.request(3))
      cluster.acceptProposal()
      return cluster.checker.violations.map(({ rule, excused }) => [rule, excused])
    }
    expect(broken(['RI-4'])).toContainEqual(['RI-4', 'C4: KIP-0 is not in Kafka 3.3'])
    expect(broken(['RI-3', 'RI-13'])).toContainEqual(['RI-4', null])
  })
})

describe('what a release lacks of itself', () => {
  const excusesOf = (
    where: BreaksWhere,
    breaks: readonly string[],
    loses: boolean,
    breakIt: (c: MiniCluster) => void,
  ) => {
    const defects = { onPurpose: [], missingFixes: [{ text: 'KIP-0 is not in Kafka 3.3', breaks, where }] }
    const cluster = settled({ defects })
    const disk = cluster.snapshot(3)
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    if (loses) cluster.losePower(3, disk)
    breakIt(cluster)
    const { violations } = cluster.checker
    return violations.filter(({ rule }) => breaks.includes(rule)).map(({ excused }) => excused?.slice(0, 2) ?? null)
  }

  it('excuses what a loss may lead to only where there was one', () => {
    const cut = (cluster: MiniCluster): void => cluster.step(() => cluster.at(2).truncateTo(0))
    expect(excusesOf('after a loss', ['RI-3'], true, cut)).toEqual(['C4'])
    expect(excusesOf('after a loss', ['RI-3'], false, cut)).toEqual([null])
  })

  it('excuses what followers may do, and no leader', () => {
    const cut = (cluster: MiniCluster): void => cluster.step(() => cluster.at(2).truncateTo(0))
    expect(excusesOf('at followers', ['RI-3'], false, cut)).toEqual(['C4'])
    const cutAndLead = (cluster: MiniCluster): void => {
      cut(cluster)
      cluster.elect(2, [1, 2, 3])
      cluster.learn(2)
    }
    expect(excusesOf('at followers', ['RI-5'], false, cutAndLead)).toEqual([null])
  })
})

describe('watching', () => {
  it('changes nothing: the trace hash of a run is the same without it', () => {
    const run = (watched: boolean): string => {
      const cluster = new MiniCluster()
      if (!watched) cluster.checker.stop()
      cluster.learn(1, 2, 3)
      for (let i = 0; i < 20; i++) {
        cluster.produce(1, 2)
        cluster.sync(2, 3)
      }
      return cluster.loop.hash.toString()
    }
    expect(run(true)).toBe(run(false))
  })

  it('looks at what an event touched, once, and at nothing else', () => {
    const looks: string[] = []
    const spy: Invariant = {
      id: 'spy',
      rule: '-',
      statement: '-',
      assumes: [],
      create: () => ({ checkReplica: ({ broker, home }) => void looks.push(`${broker}/${home.key}`) }),
    }
    const cluster = settled({ isr: [1] })
    const view = { ...cluster.view, partitionsOf: (id: number) => new Map([['orders-0', cluster.at(id)]]) }
    new InvariantChecker([spy], view, cluster.loop, cluster.bus)
    cluster.produce(1)
    expect(looks).toEqual(['1/orders-0'])
    cluster.step(() => {})
    expect(looks).toHaveLength(1)
    cluster.fetch(2)
    expect(looks).toEqual(['1/orders-0', '2/orders-0'])
  })

  it('asks after an event who heard something in it, and who looks always', () => {
    const asked: string[] = []
    const spy = (id: string, looksAlways: boolean): Invariant => ({
      id,
      rule: '-',
      statement: '-',
      assumes: [],
      create: () => ({
        hears: ['partition-changed'],
        hear: () => void asked.push(`${id} heard`),
        looksAlways,
        afterEvent: () => void asked.push(`${id} after`),
      }),
    })
    const cluster = settled()
    new InvariantChecker([spy('a', false), spy('b', true)], cluster.view, cluster.loop, cluster.bus)
    const during = (fn: () => void): string[] => {
      asked.length = 0
      fn()
      return [...asked]
    }
    expect(during(() => cluster.commit({ isr: [1, 2] }))).toEqual(['a heard', 'b heard', 'a after', 'b after'])
    expect(
      during(() => cluster.produce(1)),
      'heard by others only',
    ).toEqual(['b after'])
    expect(
      during(() => cluster.step(() => {})),
      'heard by nobody',
    ).toEqual([])
  })
})

describe('the list of invariants', () => {
  it('has ids in kebab-case, each once, a rule and one sentence', () => {
    expect(new Set(INVARIANTS.map(({ id }) => id)).size).toBe(INVARIANTS.length)
    for (const { id, rule, statement } of INVARIANTS) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/)
      expect(rule).toMatch(/^(?:RI?|IC|IG|G)-\d+$/)
      expect(statement).toMatch(/^[A-Z].*[A-Za-z]\.$/)
      expect(statement).not.toContain('. ')
    }
  })
})
