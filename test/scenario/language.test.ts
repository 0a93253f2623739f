import { describe, expect, it } from 'vitest'
import { parseClaim, SAFETY_EXPECTATIONS } from '../../src/scenario/language/expectation.ts'
import { parseTarget } from '../../src/scenario/faults/target.ts'

const target = (text: string) => {
  const parsed = parseTarget(text)
  return parsed.ok ? parsed.target : parsed.notBuilt ? 'not built' : 'none'
}

describe('targets', () => {
  it.each([
    ['broker:2', { kind: 'broker', id: 2 }],
    ['rack:a', { kind: 'rack', rack: 'a' }],
    ['leader(orders-0)', { kind: 'leader', topic: 'orders', partition: 0 }],
    ['follower(my-topic.v1-12)', { kind: 'follower', topic: 'my-topic.v1', partition: 12 }],
    ['controller', { kind: 'controller' }],
    ['producer(web)', { kind: 'producer', name: 'web', index: undefined }],
    ['producer(web[1])', { kind: 'producer', name: 'web', index: 1 }],
    ['consumer(audit)', { kind: 'consumer', name: 'audit', index: undefined }],
    ['consumers(audit)', { kind: 'consumer', name: 'audit', index: undefined }],
    ['coordinator(billing)', { kind: 'coordinator', group: 'billing' }],
    ['minority brokers', { kind: 'brokers', which: 'minority' }],
    ['one broker', { kind: 'brokers', which: 'one' }],
  ])('%s', (text, expected) => {
    expect(target(text)).toEqual({ ...expected, text })
  })

  it.each(['txn-coordinator(t)', 'app[0]'])('%s is not built', (text) => {
    expect(target(text)).toBe('not built')
  })

  it.each(['', 'broker', 'broker:x', 'leader(orders)', 'leader()', 'few brokers', 'leader(orders-0'])(
    '"%s" is none',
    (text) => {
      expect(target(text)).toBe('none')
    },
  )
})

const claim = (text: string, finds = false) => {
  const parsed = parseClaim(text, finds, ['one-leader-per-epoch'])
  return parsed.ok ? parsed.claim : parsed.problem
}

describe('expectations', () => {
  it.each(SAFETY_EXPECTATIONS)('%s', (id) => {
    expect(claim(id)).toEqual({ kind: 'safety', id })
  })

  it('liveness with and without a limit', () => {
    expect(claim('isr-full')).toEqual({ kind: 'isr-full', withinUs: undefined })
    expect(claim('isr-full within 2m')).toEqual({ kind: 'isr-full', withinUs: 120_000_000 })
    expect(claim('writable(orders) gap <= 15s')).toEqual({ kind: 'writable', topic: 'orders', gapUs: 15_000_000 })
    expect(claim('caught-up(audit) within 30s')).toEqual({ kind: 'caught-up', consumer: 'audit', withinUs: 30_000_000 })
  })

  it('an invariant can only be found', () => {
    expect(claim('one-leader-per-epoch', true)).toEqual({ kind: 'invariant', id: 'one-leader-per-epoch' })
    expect(claim('one-leader-per-epoch')).toBe('unknown')
  })

  it.each(['isr-full within', 'isr-full within 5', 'writable(orders)', 'writable(orders) gap < 5s', 'caught-up'])(
    '"%s" is malformed',
    (text) => {
      expect(claim(text)).toBe('malformed')
    },
  )

  it.each(['no-torn-transactions', 'exactly-once', 'p99(lag) < 500', 'no-hanging-transactions'])(
    '"%s" is not built',
    (text) => {
      expect(claim(text)).toBe('not-built')
    },
  )
})
