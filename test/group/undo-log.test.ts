import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { UndoableMap, UndoLog } from '../../src/group/undo-log.ts'

type Step =
  | { readonly does: 'set'; readonly key: string; readonly value: number }
  | { readonly does: 'delete'; readonly key: string }
  /** What was changed so far stands in the log. */
  | { readonly does: 'append' }
  | { readonly does: 'commit' }
  | { readonly does: 'revert' }

const key = fc.constantFrom('a', 'b', 'c')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('set' as const), key, value: fc.nat(9) }),
  fc.record({ does: fc.constant('delete' as const), key }),
  fc.record({ does: fc.constant('append' as const) }),
  fc.record({ does: fc.constant('commit' as const) }),
  fc.record({ does: fc.constant('revert' as const) }),
)

it('memory that is ahead of its log is like a memory that keeps a copy for every end of the log', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const log = new UndoLog()
      const map = new UndoableMap<number>(log)
      let now = new Map<string, number>()
      // By end of the log: what was in memory when the log got there.
      const copies = new Map([[0, new Map<string, number>()]])
      for (const taken of steps) {
        if (taken.does === 'set') {
          map.set(taken.key, taken.value)
          now.set(taken.key, taken.value)
        } else if (taken.does === 'delete') {
          map.delete(taken.key)
          now.delete(taken.key)
        } else if (taken.does === 'append') {
          log.lastWritten += 1
          copies.set(log.lastWritten, new Map(now))
        } else if (taken.does === 'commit') {
          log.commit(log.lastWritten)
        } else {
          log.revert(log.lastWritten)
          now = new Map(copies.get(log.lastWritten))
        }
        const committed = copies.get(log.lastCommitted)!
        for (const asked of ['a', 'b', 'c']) {
          expect(map.get(asked)).toBe(now.get(asked))
          expect(map.committed(asked)).toBe(committed.get(asked))
        }
        expect(map.keys().toSorted()).toEqual([...now.keys()].toSorted())
        expect(map.committedKeys().toSorted()).toEqual([...committed.keys()].toSorted())
      }
    }),
    { numRuns: 300 },
  )
})
