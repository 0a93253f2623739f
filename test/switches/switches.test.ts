import { describe, expect, it } from 'vitest'
import { KAFKA_VERSIONS } from '../../src/config/versions.ts'
import { isSwitchName, resolveSwitches, SWITCHES, type SwitchDefinition } from '../../src/switches/switches.ts'

describe('switches', () => {
  it('have a default of their own values in every release, and say what changed them', () => {
    for (const [name, definition] of Object.entries<SwitchDefinition>(SWITCHES)) {
      for (const version of KAFKA_VERSIONS) expect(definition.values, name).toContain(definition.defaults[version])
      expect(definition.rule, name).toMatch(/^RB?-\d+$/)
      expect(definition.says.length, name).toBeGreaterThan(10)
    }
  })

  it('are those of the release unless overridden', () => {
    expect(resolveSwitches('4.0')).toMatchObject({ hwMinIsrGate: true, followerTruncation: 'epoch', maximalIsr: true })
    const old = resolveSwitches('4.0', { followerTruncation: 'highWatermark' })
    expect(old).toEqual({ ...resolveSwitches('4.0'), followerTruncation: 'highWatermark' })
    expect(Object.isFrozen(old)).toBe(true)
  })

  it('are known by name', () => {
    expect([isSwitchName('maximalIsr'), isSwitchName('toString')]).toEqual([true, false])
  })
})
