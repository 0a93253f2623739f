import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DelayedOperation, Purgatory } from '../../src/broker/purgatory.ts'
import { FakeHost } from './fake-host.ts'

class Waiting extends DelayedOperation {
  ready = false
  looks = 0
  readonly ends: ('done' | 'expired')[] = []

  override canComplete(): boolean {
    this.looks += 1
    return this.ready
  }

  override onComplete(expired: boolean): void {
    this.ends.push(expired ? 'expired' : 'done')
  }
}

describe('a purgatory', () => {
  it('lets through what can complete at once', () => {
    const host = new FakeHost()
    const purgatory = new Purgatory(host, 'test')
    const operation = new Waiting()
    operation.ready = true
    purgatory.tryCompleteElseWatch(operation, ['a'], 10)
    expect(operation.ends).toEqual(['done'])
    expect([purgatory.size, host.clock.pending]).toEqual([0, 0])
  })

  it('looks only at those who watch what was touched, once each', () => {
    const purgatory = new Purgatory(new FakeHost(), 'test')
    const watchers = [['a'], ['b'], ['a', 'b'], ['a', 'a']].map((keys) => {
      const operation = new Waiting()
      purgatory.tryCompleteElseWatch(operation, keys, 10)
      return operation
    })
    purgatory.checkAndComplete('a')
    expect(watchers.map((operation) => operation.looks - 1)).toEqual([1, 0, 1, 1])
    purgatory.checkAndComplete('c')
    expect(watchers.map((operation) => operation.looks - 1)).toEqual([1, 0, 1, 1])
  })

  it('completes an operation once: by a touch or by its time, whichever is first', () => {
    const host = new FakeHost()
    const purgatory = new Purgatory(host, 'test')
    const touched = new Waiting()
    const late = new Waiting()
    purgatory.tryCompleteElseWatch(touched, ['a', 'b'], 10)
    purgatory.tryCompleteElseWatch(late, ['a', 'b'], 10)
    touched.ready = true
    purgatory.checkAndComplete('b')
    expect(host.clock.pending).toBe(1)
    host.clock.advance(10)
    late.ready = true
    purgatory.checkAndComplete('a')
    expect([touched.ends, late.ends]).toEqual([['done'], ['expired']])
    expect([purgatory.size, host.clock.pending]).toEqual([0, 0])
  })

  it('agrees with a plain list that looks at everybody, over any history', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        keys: fc.subarray(['a', 'b', 'c']),
        timeoutMs: fc.integer({ min: 1, max: 5 }),
      }),
      fc.record({ kind: fc.constant('ready' as const), n: fc.nat(20) }),
      fc.record({ kind: fc.constant('touch' as const), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 4 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const host = new FakeHost()
        const purgatory = new Purgatory(host, 'test')
        const operations: Waiting[] = []
        const model: { keys: string[]; dueMs: number; end: string | undefined; ready: boolean }[] = []
        for (const action of steps) {
          const nowMs = host.clock.monotonicMs()
          if (action.kind === 'add') {
            const operation = new Waiting()
            operations.push(operation)
            model.push({ keys: action.keys, dueMs: nowMs + action.timeoutMs, end: undefined, ready: false })
            purgatory.tryCompleteElseWatch(operation, action.keys, action.timeoutMs)
          } else if (action.kind === 'ready' && action.n < operations.length) {
            operations[action.n]!.ready = true
            model[action.n]!.ready = true
          } else if (action.kind === 'touch') {
            purgatory.checkAndComplete(action.key)
            for (const entry of model) if (entry.ready && entry.keys.includes(action.key)) entry.end ??= 'done'
          } else if (action.kind === 'pass') {
            host.clock.advance(action.ms)
            for (const entry of model) if (entry.dueMs <= nowMs + action.ms) entry.end ??= 'expired'
          }
        }
        expect(operations.map((operation) => operation.ends)).toEqual(
          model.map(({ end }) => (end === undefined ? [] : [end])),
        )
        expect(purgatory.size).toBe(model.filter((entry) => entry.end === undefined).length)
      }),
    )
  })
})
