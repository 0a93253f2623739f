// Laws of the config tables: what is extracted is sound in itself, and what we say covers it.

import { describe, expect, it } from 'vitest'
import { absenceOf, checkValue } from '../../src/config/check-config.ts'
import { ALL_CONFIG_TABLES, CONFIG_TABLES, keyDefinition } from '../../src/config/config-tables.ts'
import { ALL_SCOPES, type ConfigScope, type ConfigValue, type KeyDefinition } from '../../src/config/key-definition.ts'
import { parseValue, rangeOf, wordsOf } from '../../src/config/parse-value.ts'
import { defaultOf, resolveConfig, resolveTopicConfig } from '../../src/config/resolve-config.ts'
import { isAtLeast, KAFKA_VERSIONS, type Release, RELEASES } from '../../src/config/versions.ts'

const ALL = ALL_SCOPES.flatMap((scope) =>
  Object.entries(ALL_CONFIG_TABLES[scope]).map(([key, definition]) => ({ scope, key, definition })),
)

/** The releases that have a key. */
function releasesOf({ since, until }: KeyDefinition): readonly Release[] {
  return RELEASES.filter((r) => isAtLeast(r, since ?? '3.3') && isAtLeast(until ?? '4.4', r))
}

describe('every extracted key', () => {
  it('is one of those that released Kafkas have', () => {
    const counts = ALL_SCOPES.map((scope) => [scope, ALL.filter((row) => row.scope === scope).length])
    expect(Object.fromEntries(counts)).toEqual({
      broker: 428,
      topic: 41,
      producer: 121,
      consumer: 122,
      admin: 96,
      group: 27,
    })
  })

  it('has a default of its own type and range in every release that has it', () => {
    for (const { scope, key, definition } of ALL) {
      for (const release of releasesOf(definition)) {
        const value = defaultOf(definition, release)
        if (value === null) continue
        expect(parseValue(definition, release, value), `${scope} ${key} in ${release}`).toEqual({ ok: true, value })
      }
    }
  })

  it('has a range that is one, and changes that change something', () => {
    for (const { key, definition } of ALL) {
      for (const release of releasesOf(definition)) {
        const [min, max] = rangeOf(definition, release)
        expect(min, key).toBeLessThanOrEqual(max)
        expect(wordsOf(definition, release)?.length, key).not.toBe(0)
      }
      changesSomething(key, definition.default, definition.defaultSince)
      if (definition.min !== undefined) changesSomething(key, definition.min, definition.minSince)
      if (definition.max !== undefined) changesSomething(key, definition.max, definition.maxSince)
    }
  })

  it('was there in one release at least, and not gone before it came', () => {
    for (const { key, definition } of ALL) expect(releasesOf(definition), key).not.toEqual([])
  })

  it('has the unit that its name says', () => {
    const unit = (key: string): unknown => keyDefinition('broker', key)?.unit ?? keyDefinition('producer', key)?.unit
    expect(['log.roll.hours', 'log.retention.minutes', 'batch.size', 'num.io.threads', 'linger.ms'].map(unit)).toEqual([
      'h',
      'min',
      'bytes',
      undefined,
      'ms',
    ])
    for (const { key, definition } of ALL) {
      if (key.endsWith('.ms')) expect(definition.unit, key).toBe('ms')
      if (definition.unit !== undefined) expect(['int', 'short', 'long', 'double'], key).toContain(definition.type)
    }
  })
})

describe('our notes', () => {
  it('say in one line what each key is for', () => {
    for (const { key, definition } of ALL) {
      expect(definition.doc, key).toMatch(/^[A-Z][^\n]{15,150}\.$/)
    }
  })

  it('say why of every key that is not modelled', () => {
    for (const { key, definition } of ALL) {
      if (definition.effect !== 'modelled') expect(definition.why, key).toMatch(/^\S[^\n]{8,160}[^.\s]$/)
    }
  })

  it('narrow modelled keys only, and never away from the default', () => {
    for (const { scope, key, definition } of ALL) {
      const { only, atLeast, before, effectSince } = definition
      if (only === undefined && atLeast === undefined && before === undefined && effectSince === undefined) continue
      expect(definition.effect, key).toBe('modelled')
      for (const version of KAFKA_VERSIONS) {
        const value = defaultOf(definition, version)
        if (value === null || absenceOf(definition, version) !== undefined) continue
        if (atLeast !== undefined) expect(value, key).toBeGreaterThanOrEqual(atLeast)
        if (only !== undefined) expect(only, key).toContain(value)
        expect(
          scope === 'admin' || scope === 'group' ? undefined : checkValue(scope, version, key, value),
        ).toBeUndefined()
      }
    }
  })

  it('model every key that is modelled in a release that is modelled', () => {
    const unreachable = ALL.filter(({ definition }) => {
      return definition.effect === 'modelled' && KAFKA_VERSIONS.every((v) => absenceOf(definition, v) !== undefined)
    })
    expect(unreachable.map(({ key }) => key)).toEqual([])
  })
})

describe('synonyms', () => {
  it('of topic keys are broker keys that mean as much here, and give the same default', () => {
    const alone: string[] = []
    for (const [key, definition] of Object.entries<KeyDefinition>(CONFIG_TABLES.topic)) {
      if (definition.broker === undefined) alone.push(key)
      for (const { key: brokerKey } of definition.broker ?? []) {
        expect(keyDefinition('broker', brokerKey)?.effect, `${key} from ${brokerKey}`).toBe(definition.effect)
      }
      for (const version of KAFKA_VERSIONS) {
        const inherited: unknown = Object.entries(resolveTopicConfig(version, resolveConfig('broker', version)))
        expect(inherited, key).toContainEqual([key, defaultOf(definition, version)])
      }
    }
    expect(alone).toEqual([
      'errors.deadletterqueue.group.enable',
      'follower.replication.throttled.replicas',
      'internal.segment.bytes',
      'leader.replication.throttled.replicas',
      'remote.log.copy.disable',
      'remote.log.delete.on.disable',
      'remote.storage.enable',
    ])
  })

  it('of broker keys name each other, in one order', () => {
    const retention = ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours']
    for (const key of retention) expect(keyDefinition('broker', key)?.synonyms).toEqual(retention)
    for (const { key, definition } of ALL) {
      for (const other of definition.synonyms ?? []) expect(keyDefinition('broker', other), key).toBeDefined()
    }
  })
})

describe('what changed between releases', () => {
  const history = (scope: ConfigScope, key: string): [ConfigValue, ...unknown[]] => {
    const definition = keyDefinition(scope, key)
    return definition === undefined ? [null] : [definition.default, definition.defaultSince]
  }

  it('is as the upgrade notes say', () => {
    expect(history('producer', 'linger.ms')).toEqual([0, { '4.0': 5 }])
    expect(history('broker', 'num.recovery.threads.per.data.dir')).toEqual([1, { '4.0': 2 }])
    expect(history('topic', 'message.timestamp.after.max.ms')).toEqual([2 ** 63, { '4.0': 3_600_000 }])
    expect(history('broker', 'log.message.timestamp.after.max.ms')).toEqual([2 ** 63, { '4.0': 3_600_000 }])
    expect(history('broker', 'metadata.max.retention.bytes')).toEqual([-1, { '3.4': 104_857_600 }])
    expect(history('consumer', 'metadata.recovery.strategy')).toEqual(['none', { '4.0': 'rebootstrap' }])
    expect(history('broker', 'group.coordinator.threads')).toEqual([1, { '4.0': 4 }])
    expect(history('broker', 'group.consumer.migration.policy')).toEqual(['disabled', { '4.0': 'bidirectional' }])
    expect(history('broker', 'remote.log.manager.thread.pool.size')).toEqual([10, { '4.0': 2 }])
    expect(history('broker', 'min.insync.replicas')).toEqual([1, undefined])
    expect(history('broker', 'replica.lag.time.max.ms')).toEqual([30_000, undefined])
    expect(history('consumer', 'session.timeout.ms')).toEqual([45_000, undefined])
  })

  it('is also the least size of a segment: that of brokers since 4.0, that of topics since 4.1', () => {
    const least = (scope: 'broker' | 'topic', key: string): readonly number[] => {
      const definition = keyDefinition(scope, key)
      return definition === undefined ? [] : (['3.9', '4.0', '4.1'] as const).map((r) => rangeOf(definition, r)[0])
    }
    expect(least('broker', 'log.segment.bytes')).toEqual([14, 1_048_576, 1_048_576])
    expect(least('topic', 'segment.bytes')).toEqual([14, 14, 1_048_576])
  })

  it('is when keys came and went', () => {
    const span = (scope: ConfigScope, key: string): unknown => {
      const definition = keyDefinition(scope, key)
      return [definition?.since, definition?.until]
    }
    expect(span('consumer', 'group.protocol')).toEqual(['3.7', undefined])
    expect(span('broker', 'producer.id.expiration.ms')).toEqual(['3.4', undefined])
    expect(span('broker', 'zookeeper.connect')).toEqual([undefined, '3.9'])
    expect(span('topic', 'message.format.version')).toEqual([undefined, '3.9'])
    expect(span('broker', 'leader.imbalance.per.broker.percentage')).toEqual([undefined, '3.9'])
  })
})

describe('how a key can be changed while a broker runs', () => {
  it('is per broker, in the whole cluster, or not', () => {
    const update = (key: string): unknown => keyDefinition('broker', key)?.update
    expect(update('listeners')).toBe('per-broker')
    expect(update('min.insync.replicas')).toBe('cluster-wide')
    expect(update('replica.lag.time.max.ms')).toBeUndefined()
  })
})

function changesSomething(key: string, first: ConfigValue, changes: { readonly [since: string]: unknown } = {}): void {
  let before: unknown = first
  for (const value of Object.values(changes)) {
    expect(value, key).not.toEqual(before)
    before = value
  }
}
