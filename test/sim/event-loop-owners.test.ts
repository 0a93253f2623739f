import { describe, expect, it } from 'vitest'
import { EventLog } from '../../sim/event-log.ts'
import type { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { setUp, setUpShuffled } from './loop-fixture.ts'

const orders = { fifo: () => setUp(), shuffle: () => setUpShuffled('owners') }

describe.each(['fifo', 'shuffle'] as const)('the death of an owner (%s)', (order) => {
  it('takes all its events with it, and no one else’s', () => {
    const { loop, owner, note, done } = orders[order]()
    const other = new Owner(2, 'b')
    const id = note(5, 'dead')
    note(5, 'alive', other)
    loop.kill(owner)
    expect(loop.isPending(id)).toBe(false)
    expect(loop.cancel(id)).toBe(false)
    loop.run(10)
    expect([loop.executed, done]).toEqual([1, ['alive@5']])
  })

  it('is final: nothing more is scheduled for it', () => {
    const { loop, owner, note, done } = orders[order]()
    loop.kill(owner)
    expect(note(5, 'ghost')).toBe(0)
    expect(loop.isPending(0)).toBe(false)
    expect([loop.run(10), done]).toEqual(['idle', []])
    expect(() => loop.resume(owner)).toThrow('resuming a, which is dead')
    expect(() => loop.pause(owner)).toThrow('pausing a, which is dead')
  })

  it('reaches events due at the very instant, and those in its backlog', () => {
    const { loop, owner, note, done } = orders[order]()
    const other = new Owner(2, 'b')
    loop.pause(owner)
    note(1, 'deferred')
    loop.run(2)
    loop.schedule(3, other, 'kill', 0, () => loop.kill(owner))
    loop.run(3)
    const third = new Owner(3, 'c')
    for (let i = 0; i < 10; i++) note(5, `killer-${i}`, third)
    loop.schedule(4, other, 'kill', 0, () => note(4, 'sudden', third))
    loop.schedule(4, other, 'kill', 0, () => loop.kill(third))
    loop.run(10)
    expect(done.filter((what) => what !== 'sudden@4')).toEqual([])
  })

  it('leaves no mark in the hash', () => {
    const hash = (withGhost: boolean): string => {
      const { loop, note } = orders[order]()
      const ghost = new Owner(9, 'ghost')
      const other = new Owner(2, 'b')
      for (let at = 1; at <= 20; at++) {
        note(at, 'x')
        if (withGhost) note(at, 'ghost', ghost)
        note(at, 'y', other)
      }
      loop.kill(ghost)
      loop.run(100)
      return loop.hash.hex()
    }
    expect(hash(true)).toBe(hash(false))
  })
})

describe.each(['fifo', 'shuffle'] as const)('a paused owner (%s)', (order) => {
  it('does late what came due meanwhile, in order, and keeps digests and causes', () => {
    const { loop, owner, note, done } = orders[order]()
    const other = new Owner(2, 'b')
    const log = new EventLog()
    loop.record(log)
    loop.schedule(1, other, 'cause', 0, () => {
      for (const at of [5, 6, 7, 8]) note(at, `due-${at}`)
    })
    loop.run(2)
    loop.pause(owner)
    note(6, 'unaffected', other)
    loop.run(20)
    expect(done).toEqual(['unaffected@6'])
    loop.resume(owner)
    expect(done).toHaveLength(1)
    loop.run(20)
    expect(done).toEqual(['unaffected@6', 'due-5@20', 'due-6@20', 'due-7@20', 'due-8@20'])
    expect(log.event(3)?.cause).toBe(1)
  })

  it('does what was due before the resumption first, even where something was scheduled earlier for that instant', () => {
    const { loop, owner, note, done } = orders[order]()
    note(9, 'timer')
    note(5, 'overdue')
    note(6, 'overdue-too')
    loop.pause(owner)
    loop.schedule(8, new Owner(2, 'b'), 'resume', 0, () => {
      note(8, 'fresh')
      loop.resume(owner)
    })
    loop.run(10)
    expect(done).toEqual(['overdue@8', 'overdue-too@8', 'fresh@8', 'timer@9'])
  })

  it('does nothing early, however the run was cut', () => {
    const cuts: ((loop: EventLoop) => unknown)[] = [
      (loop) => loop.run(5),
      (loop) => loop.run(20, 1),
      (loop) => loop.run(Infinity),
    ]
    for (const cut of cuts) {
      const { loop, owner, note } = orders[order]()
      const ranAt: number[] = []
      loop.schedule(10, owner, 'timer', 0, () => ranAt.push(loop.nowUs))
      note(3, 'x', new Owner(2, 'b'))
      note(15, 'y', new Owner(2, 'b'))
      loop.pause(owner)
      cut(loop)
      loop.resume(owner)
      loop.run(Infinity)
      expect(ranAt).toHaveLength(1)
      expect(ranAt[0]).toBeGreaterThanOrEqual(10)
    }
  })

  it('may be paused again before it has caught up', () => {
    const { loop, owner, note, done } = orders[order]()
    loop.pause(owner)
    for (const at of [1, 2, 3]) note(at, `due-${at}`)
    loop.run(5)
    loop.resume(owner)
    loop.run(5, 1)
    loop.pause(owner)
    note(6, 'due-6')
    loop.run(7)
    expect(done).toEqual(['due-1@5'])
    loop.resume(owner)
    loop.run(7)
    expect(done).toEqual(['due-1@5', 'due-2@7', 'due-3@7', 'due-6@7'])
  })

  it('can have its deferred events cancelled', () => {
    const { loop, owner, note, done } = orders[order]()
    const [a, b] = [note(1, 'a'), note(2, 'b')]
    loop.pause(owner)
    loop.run(5)
    expect([loop.isPending(a), loop.cancel(a), loop.cancel(a), loop.isPending(a)]).toEqual([true, true, false, false])
    // Its slot gets a new tenant, which must not be taken for it.
    note(9, 'c')
    loop.resume(owner)
    loop.run(5)
    expect([done, loop.isPending(b)]).toEqual([['b@5'], false])
    loop.run(9)
    expect(done).toEqual(['b@5', 'c@9'])
  })

  it('costs no budget and leaves no mark in the hash while nothing of it runs', () => {
    const hash = (withPaused: boolean): string => {
      const { loop, note } = orders[order]()
      const sleeper = new Owner(9, 'sleeper')
      loop.pause(sleeper)
      for (let at = 1; at <= 20; at++) {
        if (withPaused) note(at, 'z', sleeper)
        note(at, 'x')
        note(at, 'y', new Owner(2, 'b'))
      }
      expect(loop.run(100, 40)).toBe('idle')
      return loop.hash.hex()
    }
    expect(hash(true)).toBe(hash(false))
  })

  it('can be told apart from others paused twice', () => {
    const { loop, owner } = orders[order]()
    loop.pause(owner)
    expect(() => loop.pause(owner)).toThrow('pausing a, which is paused')
    loop.resume(owner)
    expect(() => loop.resume(owner)).toThrow('resuming a, which is running')
  })
})
