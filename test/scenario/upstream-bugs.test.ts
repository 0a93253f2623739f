// Two defects of Kafka's controller, each reproduced by its file, gone with the fix, and known in the releases without it.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/simulate.ts'

const read = (name: string) => readFileSync(new URL(`../../scenarios/bugs/${name}.yaml`, import.meta.url), 'utf8')

function violations(text: string, seed: number): string[] {
  const verdict = simulate(text, { seed })
  return verdict.violations.map(({ invariant, excused }) => `${invariant} ${excused?.slice(0, 4) ?? 'fails'}`)
}

/** Without its switch, as this release is of itself. */
const of = (text: string, kafka: string) =>
  text
    .replace(/^switches: .*\n/m, '')
    .replace(/^kafka: .*$/m, `kafka: "${kafka}"`)
    .replace(/finds: .*$/m, 'no-unclean-election')

describe('RB-33: a dead last known leader is elected', () => {
  const text = read('rb-33-dead-last-known-leader')
  const withElr = text.replace('{ brokers: 1 }', '{ brokers: 1, features: { eligible.leader.replicas.version: 1 } }')

  it('by a controller without the fix, in the record that takes the broker out of the ELR', () => {
    expect(violations(text, 1)).toEqual(['valid-controller-state fails'])
  })

  it('by 4.0 with eligible leader replicas: known as KU-3; by 4.1 not', () => {
    expect(violations(of(withElr, '4.0'), 1)).toEqual(['valid-controller-state KU-3'])
    expect(violations(of(withElr, '4.1'), 1)).toEqual([])
  })
})

describe('RB-34: a registration overtakes the fencing of the one before', () => {
  const text = read('rb-34-registration-overtakes-fencing')
  const SEED = 7

  it('where the controller trusts that fencing came first: the broker leads on in its old epoch', () => {
    const found = violations(text, SEED)
    expect(found).toContain('valid-controller-state fails')
    // And a member of the ISR that lacks what was committed.
    expect(found.join()).toContain('isr-holds-committed')
  })

  it('in 3.9: known as KU-4, with all that follows from it; in 4.0 not', () => {
    const found = violations(of(text, '3.9'), SEED)
    expect(found).toContain('valid-controller-state KU-4')
    expect(found).toContain('isr-holds-committed KU-4')
    expect(found.filter((each) => each.endsWith('fails'))).toEqual([])
    expect(violations(of(text, '4.0'), SEED)).toEqual([])
  })
})

describe('eligible leader replicas', () => {
  it('are told of in the timeline, also when nothing else of the partition changes', () => {
    const text = of(read('rb-33-dead-last-known-leader'), '4.1')
    const told = simulate(text, { seed: 1 })
      .timeline.filter(({ subject }) => subject === 'orders-0')
      .map(({ text: line }) => line)
    expect(told).toContainEqual(expect.stringContaining('isr [], eligible [1]'))
    expect(told).toContainEqual(expect.stringContaining('eligible leader replicas change from [1] to []'))
  })
})
