// Rebalances that lie close together for one reason, against a search that knows nothing of order and time.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rebalance } from '../../src/history/group-history.ts'
import type { RebalanceKind } from '../../src/history/rebalance-causes.ts'
import { LOOP_OF_ONE, LOOP_REBALANCES, rebalanceLoops, tellOfLoop } from '../../src/history/rebalance-loops.ts'

const WINDOW = 100
const WINDOWS = { 'poll-interval': WINDOW, session: WINDOW, crash: WINDOW, 'comes-and-goes': WINDOW, metadata: WINDOW }

const rebalances = fc
  .array(
    fc.record({
      afterUs: fc.integer({ min: 1, max: 60 }),
      kind: fc.constantFrom<RebalanceKind>('poll-interval', 'session', 'other'),
      client: fc.constantFrom('g[0]', 'g[1]', 'g[2]'),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let atUs = 0
    return steps.map(({ afterUs, kind, client }, i): Rebalance => {
      atUs += afterUs
      return { group: i % 5 === 4 ? 'h' : 'g', generation: i, atUs, cause: { kind, client, detail: '' } }
    })
  })

/** Every rebalance of the kind that is one of so many within some window. */
function naive(all: readonly Rebalance[], kind: RebalanceKind): ReadonlySet<number> {
  const own = all.filter((each) => each.group === 'g' && each.cause.kind === kind)
  const close = own.flatMap((_, i) => {
    const some = own.slice(i, i + LOOP_REBALANCES)
    const isClose = some.length === LOOP_REBALANCES && some.every((a) => some.every((b) => a.atUs - b.atUs <= WINDOW))
    return isClose ? some.map(({ atUs }) => atUs) : []
  })
  return new Set(close)
}

describe('loops of rebalances', () => {
  it('are all that lie close together, for one reason, and often enough for one member', () => {
    fc.assert(
      fc.property(rebalances, (all) => {
        const loops = rebalanceLoops('g', all, WINDOWS)
        for (const kind of ['poll-interval', 'session'] as const) {
          const close = naive(all, kind)
          const found = loops.filter((loop) => loop.kind === kind)
          const isIn = (atUs: number) => found.some(({ fromUs, untilUs }) => fromUs <= atUs && atUs <= untilUs)
          for (const { fromUs, untilUs, clients, generations } of found) {
            expect(close.has(fromUs) && close.has(untilUs)).toBe(true)
            const own = all.filter(({ group, atUs }) => group === 'g' && fromUs <= atUs && atUs <= untilUs)
            expect(generations).toBe(own.length)
            const times = own.filter(({ cause }) => cause.kind === kind && cause.client === clients[0]?.client)
            expect(clients[0]?.times).toBe(times.length)
            expect(times.length).toBeGreaterThanOrEqual(LOOP_OF_ONE)
          }
          // What is close and in none was of too many members.
          const left = all.filter(
            ({ group, atUs, cause }) => group === 'g' && cause.kind === kind && close.has(atUs) && !isIn(atUs),
          )
          const perClient = ['g[0]', 'g[1]', 'g[2]'].map((name) => left.filter(({ cause }) => cause.client === name))
          if (found.length === 0)
            for (const own of perClient) expect(maxInStretch(own, close)).toBeLessThan(LOOP_OF_ONE)
        }
      }),
    )
  })

  it('are told with who and why', () => {
    const five = [0, 1, 2, 3, 4].map((i): Rebalance => {
      const cause = { kind: 'poll-interval', client: `g[${i % 2}]`, detail: '' } as const
      return { group: 'g', generation: i, atUs: i * 1e6, cause }
    })
    const [loop] = rebalanceLoops('g', five, { ...WINDOWS, 'poll-interval': 4e6 })
    expect(loop && tellOfLoop(loop)).toBe('generation +5 in 4.0 s: members g[0] and g[1] exceed max.poll.interval.ms')
    expect(rebalanceLoops('g', five, { ...WINDOWS, 'poll-interval': 4e6 - 1 })).toEqual([])
    expect(rebalanceLoops('h', five, { ...WINDOWS, 'poll-interval': 4e6 })).toEqual([])
  })
})

/** Of one member's rebalances, the most in a run without a break of a whole window. */
function maxInStretch(own: readonly Rebalance[], close: ReadonlySet<number>): number {
  let most = 0
  let count = 0
  let before = -Infinity
  for (const { atUs } of own) {
    const together = [...close].filter((each) => each >= before && each <= atUs)
    const isOne = together.every((each, i) => i === 0 || each - (together[i - 1] ?? 0) <= WINDOW)
    count = before > -Infinity && isOne ? count + 1 : 1
    before = atUs
    most = Math.max(most, count)
  }
  return most
}
