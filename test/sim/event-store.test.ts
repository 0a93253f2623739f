import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventStore } from '../../sim/event-store.ts'
import { Owner } from '../../sim/owner.ts'

const noop = (): void => undefined

describe('the event store', () => {
  it('never finds an event under the id of one that has gone', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(-1), fc.nat(50)), { maxLength: 400, size: 'max' }), (steps) => {
        const store = new EventStore()
        const owner = new Owner(1, 'a')
        const pending = new Map<number, number>()
        const gone = new Set<number>()
        let causes = 0
        for (const step of steps) {
          const id = step < 0 ? undefined : [...pending.keys()][step]
          if (id === undefined) {
            const slot = store.add(owner, 'k', 0, ++causes, noop)
            pending.set(store.idOf(slot), causes)
          } else {
            store.free(store.slotOf(id))
            pending.delete(id)
            gone.add(id)
          }
        }
        for (const [id, cause] of pending) expect(store.causeOf(store.slotOf(id))).toBe(cause)
        for (const id of gone) expect(store.slotOf(id)).toBe(-1)
        expect(store.slotsOf(owner)).toHaveLength(pending.size)
      }),
    )
  })

  it('knows no event of id 0, nor of ids it never gave', () => {
    const store = new EventStore()
    const id = store.idOf(store.add(new Owner(1, 'a'), 'k', 0, 0, noop))
    expect(id).toBeGreaterThan(0)
    for (const other of [0, 1, -1, id + 1, id * 2, NaN]) expect(store.slotOf(other)).toBe(-1)
  })
})
