import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { hashOfText, TraceHash } from '../../sim/trace-hash.ts'

type Fields = [ordinal: number, atUs: number, node: number, kindHash: number, digest: number]

function hashOf(...events: Fields[]): string {
  const hash = new TraceHash()
  for (const event of events) hash.event(...event)
  return hash.hex()
}

describe('the trace hash', () => {
  it('is the same in every version of this package, until one says otherwise', () => {
    expect(new TraceHash().hex()).toBe('2314d5a710c0d103')
    expect(hashOf([1, 5_000_000_000, 3, hashOfText('fetch'), -7])).toBe('8af8836defbad6cc')
    expect(hashOfText('replica-fetch')).toBe(380546700)
  })

  it('changes with each field of an event', () => {
    const fields: Fields = [1, 2 ** 33 + 5, 3, 4, 5]
    const original = hashOf(fields)
    const hashes = fields.map((value, i) => hashOf(fields.with(i, value + 1) as Fields))
    expect(new Set([original, ...hashes]).size).toBe(6)
  })

  it('sees both words of the time', () => {
    expect(hashOf([1, 5, 0, 0, 0])).not.toBe(hashOf([1, 5 + 2 ** 32, 0, 0, 0]))
    expect(hashOf([1, 5, 0, 0, 0])).not.toBe(hashOf([1, 5 + 2 ** 45, 0, 0, 0]))
  })

  it('changes with what is folded, both words and the sign', () => {
    const values = [0, 1, -1, 2 ** 32, 2 ** 40, -(2 ** 40), Number.MAX_SAFE_INTEGER]
    const hashes = values.map((value) => {
      const hash = new TraceHash()
      hash.fold(value)
      return hash.hex()
    })
    expect(new Set([...hashes, new TraceHash().hex()]).size).toBe(values.length + 1)
  })

  it('depends on the order of events', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), fc.nat(), (fields, other) => {
        const one = fields as Fields
        const two: Fields = [other, 1, 2, 3, 4]
        fc.pre(one.join() !== two.join())
        expect(hashOf(one, two)).not.toBe(hashOf(two, one))
      }),
    )
  })

  it('is 16 hexadecimal digits, and asking for it changes nothing', () => {
    const hash = new TraceHash()
    for (let i = 0; i < 100; i++) {
      expect(hash.hex()).toMatch(/^[0-9a-f]{16}$/)
      expect(hash.hex()).toBe(hash.hex())
      hash.fold(i)
    }
  })

  it('does not depend on which kinds were scheduled first', () => {
    const run = (kindOfTheCancelled: string): string => {
      const loop = new EventLoop()
      const owner = new Owner(1, 'a')
      loop.cancel(loop.schedule(1, owner, kindOfTheCancelled, 0, () => undefined))
      loop.schedule(5, owner, 'x', 0, () => undefined)
      loop.schedule(6, owner, 'y', 0, () => undefined)
      loop.run(Infinity)
      return loop.hash.hex()
    }
    expect(run('y')).toBe(run('x'))
  })
})
