// What a case is: a function of the campaign's seed, its number, the file and the settings, and always a scenario that runs.

import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { FAULT_PLAIN_KEYS } from '../../src/scenario/faults/fault-schema.ts'
import { Cases, type CampaignSetup, SettingsError } from '../../src/fuzz/case.ts'
import { loadScenario } from '../../src/simulate.ts'

const SETUP: CampaignSetup = { seed: 11, file: undefined, settings: [], verify: false }

const FILE = `
name: mine
duration: 12s
cluster: { brokers: 3, config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300 } }
topics: { orders: { partitions: 1..2, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 10/s..20/s } }
expect: [no-acked-loss]
`

describe('a drawn case', () => {
  it('is a scenario that the loader takes without a complaint', () => {
    const cases = new Cases(SETUP)
    for (let i = 0; i < 150; i++) {
      const { plain } = cases.draw(i)
      const loaded = loadScenario(stringify(plain))
      expect({ i, findings: loaded.ok ? [] : loaded.findings }).toEqual({ i, findings: [] })
    }
  })

  it('is the same whoever draws it and whatever was drawn before', () => {
    const forwards = new Cases(SETUP)
    const backwards = new Cases(SETUP)
    const there = [0, 1, 2].map((i) => forwards.report(i))
    const back = [2, 1, 0].map((i) => backwards.report(i)).toReversed()
    expect(back).toEqual(there)
    expect(new Set(there.map(({ traceHash }) => traceHash)).size).toBe(3)
  })

  it('depends on the seed of the campaign', () => {
    const other = new Cases({ ...SETUP, seed: 12 })
    expect(other.draw(0).plain).not.toEqual(new Cases(SETUP).draw(0).plain)
  })

  it('switches a part of the verbs on, another part in each case', () => {
    const cases = new Cases(SETUP)
    const verbs = Array.from({ length: 60 }, (_, i) => Object.keys(verbCounts(cases.draw(i).plain)))
    expect(new Set(verbs.flat()).size).toBeGreaterThanOrEqual(9)
    expect(verbs.filter((used) => used.length <= 4).length).toBeGreaterThan(20)
  })

  it('demands no more than its settings promise', () => {
    const cases = new Cases(SETUP)
    for (let i = 0; i < 150; i++) {
      const { topics, producers, expect: wanted } = cases.draw(i).plain as unknown as Drawn
      if (!wanted.includes('no-acked-loss')) continue
      for (const { config } of Object.values(topics)) {
        expect(config['min.insync.replicas']).toBeGreaterThanOrEqual(2)
        expect(config['unclean.leader.election.enable']).not.toBe(true)
      }
      for (const { config } of Object.values(producers)) expect(config['acks']).toBe('all')
    }
  })
})

interface Drawn {
  readonly topics: { readonly [name: string]: { readonly config: { readonly [key: string]: unknown } } }
  readonly producers: { readonly [name: string]: { readonly config: { readonly [key: string]: unknown } } }
  readonly expect: readonly string[]
}

describe('a case around a file', () => {
  it('keeps what the file fixes and draws faults for it', () => {
    const cases = new Cases({ ...SETUP, file: { name: 'mine.yaml', text: FILE } })
    const drawn = [0, 1, 2, 3].map((i) => cases.draw(i).plain)
    for (const plain of drawn) {
      const { faults, ...rest } = plain
      expect(rest).toMatchObject({ name: 'mine', duration: '12s', topics: { orders: { partitions: '1..2' } } })
      expect(Array.isArray(faults) && faults.length > 0).toBe(true)
    }
    expect(new Set(drawn.map(({ faults }) => JSON.stringify(faults))).size).toBe(4)
    expect(new Set([0, 1, 2, 3].map((i) => cases.draw(i).runSeed)).size).toBe(4)
  })

  it('leaves faults alone that the file has', () => {
    const text = `${FILE}faults: [{ at: 3s, kill: broker:1, for: 2s }]\n`
    const cases = new Cases({ ...SETUP, file: { name: 'mine.yaml', text } })
    expect(cases.draw(5).plain['faults']).toEqual([{ at: '3s', kill: 'broker:1', for: '2s' }])
  })
})

describe('settings', () => {
  it('are in every case', () => {
    const cases = new Cases({ ...SETUP, settings: ['switches.maximalIsr=false', 'duration=9s'] })
    expect(cases.draw(3).plain).toMatchObject({ switches: { maximalIsr: false }, duration: '9s' })
  })

  it('that lead nowhere are refused', () => {
    const cases = new Cases({ ...SETUP, settings: ['switches.maximalISR=false'] })
    expect(() => cases.check(0)).toThrow(SettingsError)
    const file = { name: 'bad.yaml', text: 'duration: 3s\n' }
    expect(() => new Cases({ ...SETUP, file })).toThrow(SettingsError)
  })
})

/** Faults by verb. */
function verbCounts(plain: { readonly [key: string]: unknown }): { [verb: string]: number } {
  const counts: { [verb: string]: number } = {}
  for (const fault of plain['faults'] as readonly object[]) {
    const verb = Object.keys(fault).find((key) => !FAULT_PLAIN_KEYS.includes(key)) ?? ''
    counts[verb] = (counts[verb] ?? 0) + 1
  }
  return counts
}
