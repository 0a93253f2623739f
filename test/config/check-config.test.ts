import { describe, expect, it } from 'vitest'
import { checkConfig, settingsWithoutEffect } from '../../src/config/check-config.ts'
import { editDistance, editSuggestion } from '../../src/config/did-you-mean.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'

const problems = (...args: Parameters<typeof checkConfig>) =>
  checkConfig(...args).map(({ kind, severity, key, message, suggestion }) =>
    [kind, severity, key, message, suggestion].filter((part) => part !== undefined).join(' | '),
  )

describe('checking the configs of a scope', () => {
  it('finds nothing wrong with defaults written out, even of keys that are not built', () => {
    expect(problems('consumer', '4.0', { 'group.protocol': 'classic', 'enable.auto.commit': true })).toEqual([])
    expect(problems('topic', '3.9', { 'cleanup.policy': 'delete', 'retention.ms': 604_800_000 })).toEqual([])
  })

  it('refuses any other value of a key that is not built', () => {
    expect(problems('topic', '4.0', { 'message.timestamp.type': 'LogAppendTime' })).toEqual([
      'refused | error | message.timestamp.type | message.timestamp.type: LogAppendTime is refused: LogAppendTime is not built yet | only its default, CreateTime, may be set',
    ])
  })

  it('suggests the nearest key of the scope', () => {
    expect(problems('topic', '4.0', { 'min.insync.replica': 2 })).toEqual([
      'unknown-key | error | min.insync.replica | unknown topic config "min.insync.replica" | did you mean "min.insync.replicas"?',
    ])
  })

  it('suggests keys of other scopes, too, and says where they belong', () => {
    expect(problems('producer', '4.0', { 'replica.lag.time.max.m': 2 })).toEqual([
      'unknown-key | error | replica.lag.time.max.m | unknown producer config "replica.lag.time.max.m" | did you mean the broker config "replica.lag.time.max.ms"? It belongs in cluster.config',
    ])
  })

  it('says where a key of another scope belongs', () => {
    expect(problems('producer', '4.0', { 'replica.lag.time.max.ms': 1 })).toEqual([
      'wrong-scope | error | replica.lag.time.max.ms | "replica.lag.time.max.ms" is a broker config, not a producer config; move it to cluster.config',
    ])
  })

  it('checks types and ranges, which may differ by release', () => {
    expect(problems('broker', '4.0', { 'broker.session.timeout.ms': '9s' })).toEqual([
      'bad-value | error | broker.session.timeout.ms | broker.session.timeout.ms: expected a whole number of ms, found "9s" | the default is 9000',
    ])
    expect(problems('broker', '3.9', { 'log.segment.bytes': 1000 })).toEqual([])
    expect(problems('broker', '4.0', { 'log.segment.bytes': 1000 })).toHaveLength(1)
    expect(problems('broker', '4.0', { 'num.io.threads': 2 ** 31 })).toHaveLength(1)
  })

  it('takes what Kafka takes, and refuses what of it is not modelled', () => {
    expect(problems('broker', '4.0', { 'broker.session.timeout.ms': 0 })).toEqual([
      'refused | error | broker.session.timeout.ms | broker.session.timeout.ms: 0 is refused: Kafka takes it, but only values >= 1 are modelled',
    ])
    expect(problems('consumer', '4.0', { 'auto.offset.reset': 'by_duration:PT1H' })).toEqual([
      'refused | error | auto.offset.reset | auto.offset.reset: by_duration:PT1H is refused: only latest, earliest, none are modelled',
    ])
    expect(problems('consumer', '3.9', { 'auto.offset.reset': 'by_duration:PT1H' })[0]).toMatch(/^bad-value/)
    expect(problems('broker', '4.0', { 'replica.selector.class': 'com.example.Mine' })[0]).toMatch(/only org.apache/)
  })

  it('takes words in capitals where Kafka does', () => {
    expect(problems('consumer', '4.0', { 'metadata.recovery.strategy': 'NONE' })).toEqual([])
    expect(problems('consumer', '4.0', { 'isolation.level': 'READ_COMMITTED' })[0]).toMatch(/^bad-value/)
  })

  it('names the settings that change nothing here', () => {
    expect(settingsWithoutEffect('topic', '4.0', { preallocate: true, 'min.insync.replicas': 2 })).toEqual([
      { key: 'preallocate', why: 'files grow as they are written' },
    ])
  })

  it('and those that change nothing in Kafka itself yet (R-102)', () => {
    const config = { 'unclean.leader.election.enable': true }
    expect(settingsWithoutEffect('topic', '3.8', config)).toEqual([
      { key: 'unclean.leader.election.enable', why: 'Kafka looks at it since 3.9, and this is 3.8' },
    ])
    expect(settingsWithoutEffect('topic', '3.9', config)).toEqual([])
  })

  it('knows since when there is a key', () => {
    expect(problems('broker', '3.3', { 'producer.id.expiration.ms': 1000 })).toEqual([
      'not-in-release | error | producer.id.expiration.ms | producer.id.expiration.ms needs kafka >= 3.4, and this is 3.3',
    ])
    expect(problems('broker', '3.4', { 'producer.id.expiration.ms': 1000 })).toEqual([])
    expect(problems('broker', '4.1', { 'log.remote.copy.lag.ms': 5 })).toEqual([
      'not-in-release | error | log.remote.copy.lag.ms | log.remote.copy.lag.ms needs kafka >= 4.4, and this is 4.1',
    ])
  })

  it('and up to when', () => {
    expect(problems('broker', '4.0', { 'log.message.downconversion.enable': false })).toEqual([
      'not-in-release | error | log.message.downconversion.enable | log.message.downconversion.enable is gone since kafka 4.0, and this is 4.0',
    ])
    expect(problems('broker', '3.9', { 'log.message.downconversion.enable': false })).toEqual([])
  })

  it('knows configs that a scenario has no place for', () => {
    expect(problems('consumer', '4.0', { 'bootstrap.controllers': 'c:1' })).toEqual([
      'wrong-scope | error | bootstrap.controllers | "bootstrap.controllers" is a config of admin clients, which a scenario has no place for',
    ])
  })
})

describe('rules across the keys of a producer (P-14)', () => {
  it('idempotence that was asked for forbids what breaks it', () => {
    for (const broken of [{ acks: 1 }, { retries: 0 }, { 'max.in.flight.requests.per.connection': 6 }]) {
      const found = checkConfig('producer', '3.9', { 'enable.idempotence': true, ...broken })
      expect(found.map(({ kind, severity, key }) => [kind, severity, key])).toEqual([
        ['rule', 'error', Object.keys(broken)[0]],
      ])
    }
  })

  it('idempotence by default yields to them, with a warning', () => {
    const found = checkConfig('producer', '4.0', { acks: 1 })
    expect(found.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'acks: 1 turns idempotence off (it needs acks: all)'],
    ])
    expect(resolveConfig('producer', '4.0', { acks: 1 })['enable.idempotence']).toBe(false)
  })

  it('but since 4.0 too many requests in flight are an error even then', () => {
    const many = { 'max.in.flight.requests.per.connection': 6 }
    expect(checkConfig('producer', '3.9', many).map(({ severity }) => severity)).toEqual(['warning'])
    expect(checkConfig('producer', '4.0', many).map(({ severity }) => severity)).toEqual(['error'])
  })

  it('without idempotence anything goes', () => {
    const config = { 'enable.idempotence': false, acks: 0, retries: 0, 'max.in.flight.requests.per.connection': 50 }
    expect(checkConfig('producer', '4.0', config)).toEqual([])
  })

  it('delivery.timeout.ms covers linger and one request: an error if it was set, else it grows', () => {
    const least = { 'linger.ms': 1000, 'request.timeout.ms': 30_000 }
    expect(problems('producer', '4.0', { ...least, 'delivery.timeout.ms': 30_999 })[0]).toMatch(/^rule \| error/)
    expect(problems('producer', '4.0', { ...least, 'delivery.timeout.ms': 31_000 })).toEqual([])
    const long = { 'request.timeout.ms': 200_000 }
    expect(problems('producer', '4.0', long)[0]).toMatch(/^rule \| warning \| request.timeout.ms/)
    expect(resolveConfig('producer', '4.0', long)['delivery.timeout.ms']).toBe(200_005)
  })
})

describe('did-you-mean', () => {
  it('counts insertions, deletions, replacements and swaps of neighbours as one edit each', () => {
    expect([editDistance('abc', 'abcd'), editDistance('abc', 'ac'), editDistance('abc', 'axc')]).toEqual([1, 1, 1])
    expect(editDistance('kill', 'klil')).toBe(1)
    expect(editDistance('', 'abc')).toBe(3)
  })

  it('suggests nothing that is far off', () => {
    expect(editSuggestion('puase', ['kill', 'pause'])).toBe('pause')
    expect(editSuggestion('zzz', ['kill', 'pause'])).toBeUndefined()
    expect(editSuggestion('x', ['g'])).toBeUndefined()
  })
})
