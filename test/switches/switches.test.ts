import { describe, expect, it } from 'vitest'
import { KAFKA_VERSIONS, type KafkaVersion } from '../../src/config/versions.ts'
import { resolveFeatures, type Features } from '../../src/switches/features.ts'
import { defectsOf } from '../../src/switches/defects.ts'
import {
  isSwitchName,
  resolveSwitches,
  SWITCHES,
  type SwitchDefinition,
  type SwitchName,
} from '../../src/switches/switches.ts'

const ROWS = Object.entries<SwitchDefinition>(SWITCHES)

describe('switches', () => {
  it('have two values or more, and say what changed them', () => {
    for (const [name, { values, rule, says, changedBy }] of ROWS) {
      expect(new Set(values).size, name).toBe(values.length)
      expect(rule, name).toMatch(/^(RB?|B|P)-\d+$/)
      expect(says.length, name).toBeGreaterThan(10)
      expect(changedBy, name).not.toBe('')
    }
  })

  it('have a value of their own in every release, and today’s in the newest', () => {
    for (const version of KAFKA_VERSIONS) {
      for (const [name, value] of Object.entries(resolveSwitches(version))) {
        expect(SWITCHES[name as SwitchName].values, name).toContain(value)
      }
    }
    const today = Object.fromEntries(ROWS.map(([name, { values }]) => [name, values[0]]))
    expect(resolveSwitches('4.1')).toEqual(today)
  })

  it('are those of the release', () => {
    const releasesWith = (name: SwitchName, value: boolean): KafkaVersion[] =>
      KAFKA_VERSIONS.filter((version) => resolveSwitches(version)[name] === value)
    expect(releasesWith('hwMinIsrGate', false)).toEqual(['3.3', '3.4', '3.5', '3.6'])
    expect(releasesWith('hwWaitsForIneligible', true)).toEqual(['3.3', '3.4', '3.5'])
    expect(releasesWith('isrBrokerEpochCheck', false)).toEqual(['3.3', '3.4'])
    expect(releasesWith('adoptHwOnDivergence', true)).toEqual(['3.3'])
    expect(releasesWith('isrEligibilityCheck', false)).toEqual([])
  })

  it('follow the feature level of the cluster where that is what changes, not the binary', () => {
    const old = resolveFeatures('4.0', { 'metadata.version': '3.5-IV0' })
    expect(resolveSwitches('4.0', {}, old)).toMatchObject({ isrBrokerEpochCheck: false, hwMinIsrGate: true })
    const newer = resolveFeatures('4.0', { 'metadata.version': '3.5-IV1' })
    expect(resolveSwitches('4.0', {}, newer).isrBrokerEpochCheck).toBe(true)
  })

  it('are what a scenario sets, in any release', () => {
    for (const version of KAFKA_VERSIONS) {
      const old = resolveSwitches(version, { followerTruncation: 'highWatermark', hwMinIsrGate: true })
      expect(old).toEqual({ ...resolveSwitches(version), followerTruncation: 'highWatermark', hwMinIsrGate: true })
      expect(Object.isFrozen(old)).toBe(true)
    }
  })

  it('are known by name', () => {
    expect([isSwitchName('maximalIsr'), isSwitchName('toString')]).toEqual([true, false])
  })
})

describe('features', () => {
  it('are by default those that a new cluster of the release has', () => {
    const defaults = KAFKA_VERSIONS.map((version) => {
      const features = resolveFeatures(version)
      return `${features['metadata.version']} ${features['eligible.leader.replicas.version']}`
    })
    expect(defaults).toEqual([
      '3.3-IV3 0',
      '3.4-IV0 0',
      '3.5-IV2 0',
      '3.6-IV2 0',
      '3.7-IV4 0',
      '3.8-IV0 0',
      '3.9-IV0 0',
      '4.0-IV3 0',
      '4.1-IV1 1',
    ])
  })

  it('leave eligible leader replicas to the metadata version, unless set', () => {
    const elr = (set: Partial<Features>) => resolveFeatures('4.1', set)['eligible.leader.replicas.version']
    expect(elr({ 'metadata.version': '4.0-IV3' })).toBe(0)
    expect(elr({ 'metadata.version': '4.0-IV3', 'eligible.leader.replicas.version': 1 })).toBe(1)
    expect(elr({ 'eligible.leader.replicas.version': 0 })).toBe(0)
  })
})

describe('defects of a cluster', () => {
  const find = (nodes: readonly KafkaVersion[], overrides = {}) =>
    defectsOf(nodes, resolveFeatures(nodes[0] ?? '4.0'), overrides)

  it('are on purpose where the scenario undoes what its release does', () => {
    expect(find(['4.0'], { maximalIsr: false })).toEqual({ onPurpose: ['maximalIsr: false'], missingFixes: [] })
    expect(find(['4.0'], { maximalIsr: true })).toEqual({ onPurpose: [], missingFixes: [] })
  })

  it('are not what makes a cluster safer than Kafka is', () => {
    const better = { trustLeoAcrossSameLeaderEpochs: false, produceEpochCheck: true }
    expect(find(['4.0'], better)).toEqual({ onPurpose: [], missingFixes: [] })
  })

  it('are missing fixes where the release came before them, and break what is known of them only', () => {
    const { onPurpose, missingFixes } = find(['3.3'])
    expect(onPurpose).toEqual([])
    const texts = missingFixes.map(({ text }) => text)
    expect(texts).toContain(
      'KIP-903 is not in metadata.version 3.3-IV3 (isrBrokerEpochCheck: false; since metadata.version 3.5-IV1)',
    )
    expect(texts).toContain('KAFKA-14704 (3.4.1) is not in Kafka 3.3 (adoptHwOnDivergence: true; since 3.4)')
    expect(missingFixes.find(({ text }) => text.includes('KAFKA-14704'))?.breaks).toContain('RI-14')
    // Without a power loss a registration has all that the one before had.
    expect(missingFixes.find(({ text }) => text.includes('KIP-903'))?.where).toBe('after a loss')
    expect(missingFixes.find(({ text }) => text.includes('KAFKA-14704'))?.where).toBe('at followers')
    // What costs only time breaks nothing: KAFKA-15021.
    expect(texts.filter((text) => text.includes('hwWaitsForIneligible'))).toEqual([])
  })

  it('are none in the default release, and those of eligible leader replicas only where those are on', () => {
    expect(find(['4.0'])).toEqual({ onPurpose: [], missingFixes: [] })
    const elr = resolveFeatures('4.0', { 'eligible.leader.replicas.version': 1 })
    for (const { missingFixes } of [defectsOf(['4.0'], elr, {}), find(['4.0'], { elr: true })]) {
      expect(missingFixes.map(({ text }) => text)).toEqual([
        'KAFKA-19522 (4.1) is not in Kafka 4.0 (checkLastKnownAlive: false; since 4.1)',
      ])
    }
  })

  it('are none where a scenario mends its old release', () => {
    const { missingFixes } = find(['3.4'], { isrBrokerEpochCheck: true, fenceOnReregister: true })
    expect(missingFixes).toEqual([])
  })

  it('name the releases of a mixed cluster that have them', () => {
    const texts = find(['3.3', '4.0', '3.8', '3.3']).missingFixes.map(({ text }) => text)
    expect(texts.find((text) => text.includes('adoptHw'))).toContain('is not in Kafka 3.3 (')
    expect(texts.find((text) => text.includes('fenceOn'))).toContain('is not in Kafka 3.3, 3.8 (')
  })

  it('name invariants by their rules', () => {
    for (const [name, { breaks }] of ROWS) {
      for (const rule of breaks) expect(rule, name).toMatch(/^RI-([1-9]|1\d|24)$/)
    }
  })
})
