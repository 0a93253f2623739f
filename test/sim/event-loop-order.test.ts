import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Owner } from '../../sim/owner.ts'
import { type LoopFixture, setUp, setUpShuffled } from './loop-fixture.ts'

const orders = { fifo: () => setUp(), shuffle: () => setUpShuffled('cancel') }
const noop = (): void => undefined

describe.each(['fifo', 'shuffle'] as const)('a cancelled event (%s)', (order) => {
  it('never runs, and is pending no more', () => {
    const { loop, note, done } = orders[order]()
    const id = note(5, 'a')
    expect([loop.isPending(id), loop.cancel(id), loop.cancel(id), loop.isPending(id)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect([loop.run(10), done]).toEqual(['idle', []])
  })

  it('that has fired stays fired, and its id names no other', () => {
    const { loop, note, done } = orders[order]()
    const fired = note(5, 'a')
    loop.run(5)
    const next = note(6, 'b')
    expect(next).not.toBe(fired)
    expect([loop.cancel(fired), loop.isPending(fired)]).toEqual([false, false])
    loop.run(6)
    expect(done).toEqual(['a@5', 'b@6'])
  })

  it('may be cancelled by an event of its own instant', () => {
    const { loop, owner } = orders[order]()
    let runs = 0
    const ids: number[] = []
    const step = (): void => {
      runs++
      for (const id of ids) loop.cancel(id)
    }
    for (let i = 0; i < 5; i++) ids.push(loop.schedule(3, owner, 'k', 0, step))
    loop.run(3)
    expect(runs).toBe(1)
  })

  it('changes neither the hash nor the order of the others', () => {
    const step = fc.record({ at: fc.nat(10), timer: fc.boolean(), cancelAt: fc.nat(12), again: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const play = (withTimers: boolean): LoopFixture => {
          const fixture = orders[order]()
          const { loop, owner, note } = fixture
          for (const [i, { at, timer, cancelAt, again }] of steps.entries()) {
            note(at, `e${i}`)
            // The cancelling event is there in both plays; it cancels a timer that would fire no earlier.
            const id = withTimers && timer ? note(at + 1 + cancelAt, 'timer') : 0
            loop.schedule(at, owner, 'cancel', 0, () => {
              loop.cancel(id)
              if (again > 0) note(loop.nowUs + again - 1, `again${i}`)
            })
          }
          loop.run(100)
          return fixture
        }
        const [plain, disturbed] = [play(false), play(true)]
        expect(disturbed.done).toEqual(plain.done)
        expect(disturbed.loop.hash.hex()).toBe(plain.loop.hash.hex())
      }),
    )
  })
})

describe('the shuffled order', () => {
  const play = (name: string): string => {
    const { loop, note, done } = setUpShuffled(name)
    for (const what of ['a', 'b', 'c']) note(5, what)
    note(4, 'early')
    note(6, 'late')
    loop.run(10)
    return done.map((what) => what.split('@')[0]).join(' ')
  }

  it('is a function of its stream', () => {
    expect(play('x')).toBe(play('x'))
  })

  it('takes every order of an instant, and never leaves it', () => {
    const seen = new Map<string, number>()
    for (let i = 0; i < 600; i++) {
      const order = play(`stream ${i}`)
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    expect([...seen.keys()].toSorted()).toEqual([
      'early a b c late',
      'early a c b late',
      'early b a c late',
      'early b c a late',
      'early c a b late',
      'early c b a late',
    ])
    for (const count of seen.values()) expect(count).toBeGreaterThan(60)
  })

  it('includes what is scheduled for the instant while it lasts', () => {
    const orders = new Set<string>()
    for (let i = 0; i < 60; i++) {
      const { loop, owner, note, done } = setUpShuffled(`during ${i}`)
      loop.schedule(5, owner, 'parent', 0, () => note(5, 'child'))
      note(5, 'sibling')
      loop.run(5)
      orders.add(done.join())
    }
    expect(orders).toEqual(new Set(['sibling@5,child@5', 'child@5,sibling@5']))
  })

  it('survives being cut within an instant', () => {
    const whole = setUpShuffled('cut')
    const cut = setUpShuffled('cut')
    for (const { note } of [whole, cut]) for (let i = 0; i < 10; i++) note(5, `e${i}`)
    whole.loop.run(10)
    while (cut.loop.run(10, 1) === 'budget');
    expect(cut.done).toEqual(whole.done)
    expect(cut.loop.hash.hex()).toBe(whole.loop.hash.hex())
  })

  it('needs a stream', () => {
    expect(() => setUp({ order: 'shuffle' })).toThrow('a shuffling loop needs chance')
  })

  it('does not draw for an event that is alone', () => {
    const alone = setUpShuffled('alone')
    const busy = setUpShuffled('alone')
    for (let at = 1; at < 5; at++) busy.loop.schedule(at, new Owner(2, 'b'), 'k', 0, noop)
    for (const { loop, note } of [alone, busy]) {
      for (let i = 0; i < 10; i++) note(9, `e${i}`)
      loop.run(9)
    }
    expect(busy.done).toEqual(alone.done)
  })
})
