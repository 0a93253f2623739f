import { describe, expect, it } from 'vitest'
import { EventLog } from '../../sim/event-log.ts'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'

const noop = (): void => undefined

/** Executes `count` events at 1, 2, 3 … µs, each caused by the one before. */
function tick(loop: EventLoop, owner: Owner, count: number): void {
  const last = loop.nowUs + count
  const step = (): void => {
    if (loop.nowUs < last) loop.schedule(loop.nowUs + 1, owner, 'tick', 0, step)
  }
  loop.schedule(loop.nowUs + 1, owner, 'tick', 0, step)
  loop.run(last)
}

describe('the event log', () => {
  it('explains an event by the chain of its causes, oldest first', () => {
    const loop = new EventLoop()
    const log = new EventLog()
    const [a, b] = [new Owner(1, 'a'), new Owner(2, 'b')]
    loop.record(log)
    loop.schedule(10, a, 'send', 0, () => {
      loop.schedule(30, b, 'deliver', 0, () => loop.schedule(31, b, 'reply', 0, noop))
    })
    loop.schedule(20, a, 'unrelated', 0, noop)
    loop.run(100)
    expect(log.chain(4)).toEqual([
      { ordinal: 1, atUs: 10, node: 'a', kind: 'send', cause: 0 },
      { ordinal: 3, atUs: 30, node: 'b', kind: 'deliver', cause: 1 },
      { ordinal: 4, atUs: 31, node: 'b', kind: 'reply', cause: 3 },
    ])
    expect(log.event(2)?.kind).toBe('unrelated')
  })

  it('knows nothing of events that were not executed', () => {
    const loop = new EventLoop()
    const log = new EventLog()
    loop.record(log)
    tick(loop, new Owner(1, 'a'), 3)
    for (const ordinal of [-1, 0, 4, NaN]) expect(log.chain(ordinal)).toEqual([])
  })

  it('keeps at least its window, and forgets older events', () => {
    const loop = new EventLoop()
    const log = new EventLog(20_000)
    loop.record(log)
    tick(loop, new Owner(1, 'a'), 100_000)
    expect(log.event(1)).toBeUndefined()
    expect(log.event(80_001)).toEqual({ ordinal: 80_001, atUs: 80_001, node: 'a', kind: 'tick', cause: 80_000 })
    expect(log.event(100_000)?.atUs).toBe(100_000)
    const chain = log.chain(100_000)
    expect(chain.length).toBeGreaterThanOrEqual(20_000)
    expect(chain.length).toBeLessThan(60_000)
    expect(chain.every((event) => event.ordinal === event.atUs)).toBe(true)
  })

  it('may begin late, and then knows what came since', () => {
    const loop = new EventLoop()
    const owner = new Owner(1, 'a')
    const log = new EventLog()
    tick(loop, owner, 5)
    loop.record(log)
    tick(loop, owner, 2)
    expect(log.event(5)).toBeUndefined()
    expect(log.chain(7).map((event) => event.ordinal)).toEqual([6, 7])
  })

  it('does not change the hash', () => {
    const hash = (recorded: boolean): string => {
      const loop = new EventLoop()
      if (recorded) loop.record(new EventLog())
      tick(loop, new Owner(1, 'a'), 10)
      return loop.hash.hex()
    }
    expect(hash(true)).toBe(hash(false))
  })

  it('belongs to one loop', () => {
    const log = new EventLog()
    new EventLoop().record(log)
    expect(() => new EventLoop().record(log)).toThrow('an event log belongs to one loop')
  })
})
