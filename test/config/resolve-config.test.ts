import { describe, expect, it } from 'vitest'
import { CONFIG_TABLES, counterpart } from '../../src/config/config-tables.ts'
import { CONFIG_SCOPES } from '../../src/config/key-definition.ts'
import { resolveConfig, resolveTopicConfig } from '../../src/config/resolve-config.ts'

describe('the config tables', () => {
  it('know what a topic key is called in a broker, and the other way round', () => {
    expect(counterpart('topic', 'segment.bytes')).toBe('log.segment.bytes')
    expect(counterpart('broker', 'log.roll.hours')).toBe('segment.ms')
    expect(counterpart('broker', 'num.io.threads')).toBeUndefined()
  })
})

describe('a resolved config', () => {
  it('has the defaults of its release', () => {
    expect(resolveConfig('producer', '3.9')['linger.ms']).toBe(0)
    expect(resolveConfig('producer', '4.0')['linger.ms']).toBe(5)
    expect(resolveConfig('producer', '4.0').acks).toBe(-1)
    expect(resolveConfig('broker', '4.0')['replica.lag.time.max.ms']).toBe(30_000)
  })

  it.each([
    ['3.3', 604_800_000, 'none', 100],
    ['3.4', 86_400_000, 'none', 100],
    ['3.7', 86_400_000, 'none', 1000],
    ['3.9', 86_400_000, 'none', 1000],
    ['4.0', 86_400_000, 'rebootstrap', 1000],
    ['4.1', 86_400_000, 'rebootstrap', 1000],
  ] as const)(
    'of %s: producer ids expire after %i ms (R-49), clients recover by %s, retries slow down to %i ms',
    (...row) => {
      const [version, expirationMs, recovery, retryMaxMs] = row
      expect(resolveConfig('broker', version)['producer.id.expiration.ms']).toBe(expirationMs)
      expect(resolveConfig('consumer', version)['metadata.recovery.strategy']).toBe(recovery)
      expect(resolveConfig('producer', version)['retry.backoff.max.ms']).toBe(retryMaxMs)
    },
  )

  it('has every key of its scope and is frozen', () => {
    for (const scope of CONFIG_SCOPES) {
      const config = resolveConfig(scope, '4.0')
      expect(Object.keys(config)).toEqual(Object.keys(CONFIG_TABLES[scope]))
      expect(Object.isFrozen(config)).toBe(true)
    }
  })

  it('has typed values, whatever way YAML gave them', () => {
    const config = resolveConfig('producer', '4.0', { acks: 'all', 'linger.ms': '10', 'enable.idempotence': 'TRUE' })
    expect([config.acks, config['linger.ms'], config['enable.idempotence']]).toEqual([-1, 10, true])
  })

  it('refuses to be made of what was not checked', () => {
    expect(() => resolveConfig('broker', '4.0', { 'min.insync.replicas': 0 })).toThrow(/min.insync.replicas/)
    expect(() => resolveConfig('broker', '4.0', { acks: 1 })).toThrow(/no broker config/)
  })

  it('gives reconnect.backoff.max.ms the value of reconnect.backoff.ms if only that is set', () => {
    const config = resolveConfig('consumer', '4.0', { 'reconnect.backoff.ms': 2000 })
    expect(config['reconnect.backoff.max.ms']).toBe(2000)
  })
})

describe("a topic's config", () => {
  it('comes from the broker, under the broker’s name for it', () => {
    const broker = resolveConfig('broker', '4.0', { 'log.segment.bytes': 2_000_000, 'min.insync.replicas': 2 })
    const topic = resolveTopicConfig('4.0', broker)
    expect([topic['segment.bytes'], topic['min.insync.replicas']]).toEqual([2_000_000, 2])
  })

  it('prefers its own setting', () => {
    const broker = resolveConfig('broker', '4.0', { 'min.insync.replicas': 2 })
    expect(resolveTopicConfig('4.0', broker, { 'min.insync.replicas': 1 })['min.insync.replicas']).toBe(1)
  })

  it('takes the finest of several units that is set', () => {
    const hours = resolveConfig('broker', '4.0', { 'log.roll.hours': 2 })
    expect(resolveTopicConfig('4.0', hours)['segment.ms']).toBe(7_200_000)
    const both = resolveConfig('broker', '4.0', { 'log.roll.hours': 2, 'log.roll.ms': 5 })
    expect(resolveTopicConfig('4.0', both)['segment.ms']).toBe(5)
  })
})
