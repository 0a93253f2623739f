import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { setUp } from './loop-fixture.ts'

const noop = (): void => undefined

describe('the event loop', () => {
  it('executes by time, and what is due together in the order it was scheduled', () => {
    const { loop, note, done } = setUp()
    note(20, 'c')
    note(10, 'a')
    note(20, 'd')
    note(10, 'b')
    loop.run(100)
    expect(done).toEqual(['a@10', 'b@10', 'c@20', 'd@20'])
  })

  it('executes what an event schedules for its own instant after the rest of the instant', () => {
    const { loop, owner, note, done } = setUp()
    loop.schedule(5, owner, 'parent', 0, () => note(5, 'child'))
    note(5, 'sibling')
    loop.run(5)
    expect(done).toEqual(['sibling@5', 'child@5'])
  })

  it('counts the executed events, from 1', () => {
    const { loop, owner } = setUp()
    const ordinals: number[] = []
    expect(loop.executed).toBe(0)
    for (const at of [1, 2, 3]) loop.schedule(at, owner, 'k', 0, () => ordinals.push(loop.executed))
    loop.run(10)
    expect(ordinals).toEqual([1, 2, 3])
    expect(loop.executed).toBe(3)
  })

  it('refuses the past, fractions of time, and digests of more than 32 bits', () => {
    const { loop, owner } = setUp()
    loop.run(10)
    for (const at of [9, 10.5, NaN, Infinity]) expect(() => loop.schedule(at, owner, 'k', 0, noop)).toThrow("'k' at")
    for (const digest of [2 ** 32, -(2 ** 31) - 1, 0.5, NaN]) {
      expect(() => loop.schedule(10, owner, 'k', digest, noop)).toThrow('with digest')
    }
    expect(loop.schedule(10, owner, 'k', 2 ** 32 - 1, noop)).toBeGreaterThan(0)
  })

  it('refuses endless work at one instant, naming who does what', () => {
    const loop = new EventLoop({ maxEventsPerInstant: 5000 })
    const [a, b] = [new Owner(1, 'broker-1'), new Owner(2, 'client')]
    loop.schedule(0, a, 'boot', 0, noop)
    const ping = (): void => void loop.schedule(loop.nowUs, b, 'pong', 0, pong)
    const pong = (): void => void loop.schedule(loop.nowUs, a, 'ping', 0, ping)
    loop.schedule(7, a, 'ping', 0, ping)
    const run = (): unknown => loop.run(100)
    expect(run).toThrow(
      '5000 events at 7 us without time passing: broker-1 ping (500 of the last 1000), client pong (500 of the last 1000)',
    )
    expect(loop.executed).toBe(5001)
  })

  it('allows as many events at one instant as the limit says, at each instant anew', () => {
    const loop = new EventLoop({ maxEventsPerInstant: 3 })
    const owner = new Owner(1, 'a')
    for (const at of [4, 4, 4, 5, 5, 5]) loop.schedule(at, owner, 'k', 0, noop)
    expect(loop.run(10)).toBe('idle')
    for (let i = 0; i < 4; i++) loop.schedule(11, owner, 'k', 0, noop)
    expect(() => loop.run(20)).toThrow('3 events at 11 us without time passing: a k (3 of the last 3)')
  })
})

describe('a run', () => {
  it('executes what is due at its end, and leaves the clock there', () => {
    const { loop, note, done } = setUp()
    note(10, 'a')
    note(11, 'b')
    expect(loop.run(10)).toBe('until')
    expect([loop.nowUs, done]).toEqual([10, ['a@10']])
    expect(loop.run(30)).toBe('idle')
    expect([loop.nowUs, done]).toEqual([30, ['a@10', 'b@11']])
  })

  it('without end leaves the clock at the last event', () => {
    const { loop, note } = setUp()
    note(10, 'a')
    expect(loop.run(Infinity)).toBe('idle')
    expect(loop.nowUs).toBe(10)
  })

  it('goes on after an instant it was cut in', () => {
    const { loop, note, done } = setUp()
    for (const what of ['a', 'b', 'c']) note(10, what)
    expect(loop.run(20, 2)).toBe('budget')
    expect([loop.nowUs, done]).toEqual([10, ['a@10', 'b@10']])
    expect(loop.run(20, 1)).toBe('idle')
    expect(done).toEqual(['a@10', 'b@10', 'c@10'])
  })

  it('is out of budget only when more is due', () => {
    const { loop, note } = setUp()
    note(10, 'a')
    note(20, 'b')
    expect(loop.run(15, 1)).toBe('until')
    expect(loop.run(15, 0)).toBe('until')
    expect(loop.run(25, 0)).toBe('budget')
  })

  it('returns after the event that stops it', () => {
    const { loop, owner, note, done } = setUp()
    loop.schedule(5, owner, 'stop', 0, () => {
      loop.stop()
      note(5, 'later')
    })
    expect(loop.run(10)).toBe('stopped')
    expect([loop.nowUs, done]).toEqual([5, []])
    expect(loop.run(10)).toBe('idle')
    expect(done).toEqual(['later@5'])
  })

  it('is not stopped by what came before it', () => {
    const { loop, note } = setUp()
    loop.stop()
    note(1, 'a')
    expect(loop.run(10)).toBe('idle')
  })

  it('lets an error out, and may go on after the event that threw', () => {
    const { loop, owner, note, done } = setUp()
    const seen: number[] = []
    loop.observe({ onEvent: (ordinal) => seen.push(ordinal) })
    loop.schedule(5, owner, 'fail', 0, () => {
      loop.stop()
      throw new Error('halt')
    })
    note(6, 'next')
    expect(() => loop.run(10)).toThrow('halt')
    expect(loop.run(10)).toBe('stopped')
    expect(seen).toEqual([1])
    expect(loop.run(10)).toBe('idle')
    expect([seen, done]).toEqual([[1, 2], ['next@6']])
  })

  it('never goes back, and never nests', () => {
    const { loop, owner } = setUp()
    loop.run(10)
    expect(() => loop.run(9)).toThrow('run until 9 us, now 10')
    expect(() => loop.run(10.5)).toThrow('run until 10.5 us')
    loop.schedule(10, owner, 'k', 0, () => loop.run(20))
    expect(() => loop.run(20)).toThrow('the loop runs already')
  })
})

describe('an observer', () => {
  it('is called after each executed event, until it leaves', () => {
    const { loop, note, done } = setUp()
    const seen: string[] = []
    const leave = loop.observe({ onEvent: (ordinal) => seen.push(`${ordinal}: ${done.at(-1)}`) })
    note(1, 'a')
    note(2, 'b')
    loop.run(2)
    leave()
    note(3, 'c')
    loop.run(3)
    expect(seen).toEqual(['1: a@1', '2: b@2'])
  })

  it('that observes twice is called twice, until it has left twice', () => {
    const { loop, note } = setUp()
    const seen: number[] = []
    const observer = { onEvent: (ordinal: number) => void seen.push(ordinal) }
    const [leave, leaveAgain] = [loop.observe(observer), loop.observe(observer)]
    note(1, 'a')
    loop.run(1)
    leave()
    leave()
    note(2, 'b')
    loop.run(2)
    leaveAgain()
    note(3, 'c')
    loop.run(3)
    expect(seen).toEqual([1, 1, 2])
  })

  it('may stop the run', () => {
    const { loop, note } = setUp()
    loop.observe({ onEvent: () => loop.stop() })
    note(1, 'a')
    note(2, 'b')
    expect([loop.run(5), loop.nowUs]).toEqual(['stopped', 1])
  })

  it('changes neither hash nor world', () => {
    const observed = setUp()
    const alone = setUp()
    observed.loop.observe({ onEvent: () => observed.loop.isPending(1) })
    for (const { loop, note } of [observed, alone]) {
      note(1, 'a')
      note(2, 'b')
      loop.run(5)
    }
    expect(observed.loop.hash.hex()).toBe(alone.loop.hash.hex())
    const attempts: ((loop: EventLoop, owner: Owner) => unknown)[] = [
      (loop, owner) => loop.schedule(9, owner, 'k', 0, noop),
      (loop) => loop.cancel(1),
      (loop) => loop.fold(1),
      (loop, owner) => loop.kill(owner),
      (loop, owner) => loop.pause(owner),
      (loop, owner) => loop.resume(owner),
    ]
    for (const attempt of attempts) {
      const { loop, owner, note } = setUp()
      loop.observe({ onEvent: () => attempt(loop, owner) })
      note(1, 'a')
      expect(() => loop.run(5)).toThrow('an observer tried to change what it observes')
    }
  })
})

describe('the hash of a run', () => {
  const hashOf = (fill: (loop: EventLoop, owner: Owner) => void): string => {
    const loop = new EventLoop()
    fill(loop, new Owner(1, 'a'))
    loop.run(1000)
    return loop.hash.hex()
  }

  it('tells runs apart by time, owner, kind, digest and what is folded', () => {
    const hashes = [
      hashOf((loop, owner) => loop.schedule(1, owner, 'k', 0, noop)),
      hashOf((loop, owner) => loop.schedule(2, owner, 'k', 0, noop)),
      hashOf((loop) => loop.schedule(1, new Owner(2, 'a'), 'k', 0, noop)),
      hashOf((loop, owner) => loop.schedule(1, owner, 'l', 0, noop)),
      hashOf((loop, owner) => loop.schedule(1, owner, 'k', 1, noop)),
      hashOf((loop, owner) => loop.schedule(1, owner, 'k', 0, () => loop.fold(0))),
      hashOf((loop, owner) => loop.schedule(1, owner, 'k', 0, () => loop.fold(1))),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('does not depend on what caused an event', () => {
    const together = hashOf((loop, owner) => {
      loop.schedule(1, owner, 'k', 0, noop)
      loop.schedule(2, owner, 'k', 0, noop)
    })
    const chained = hashOf((loop, owner) => {
      loop.schedule(1, owner, 'k', 0, () => loop.schedule(2, owner, 'k', 0, noop))
    })
    expect(chained).toBe(together)
  })
})
