import { beforeEach, describe, expect, it } from 'vitest'
import { DeferredElections, MAX_ELECTIONS_AT_ONCE } from '../../src/controller/deferred-elections.ts'
import { FakeHost } from '../broker/fake-host.ts'

const INTERVAL_MS = 300_000

describe('elections that the controller owes (R-102, R-107)', () => {
  let host: FakeHost
  let isDue: boolean
  let changed: number
  let rounds: number[]
  let offset: number
  let elections: DeferredElections

  beforeEach(() => {
    host = new FakeHost()
    isDue = false
    changed = 1
    rounds = []
    offset = 0
    const round = () => {
      rounds.push(host.clock.monotonicMs())
      return changed
    }
    const task = { name: 'balance', intervalMs: INTERVAL_MS, isDue: () => isDue, round }
    elections = new DeferredElections(
      host,
      (_, fn) => {
        fn()
        elections.eventEnded(offset)
      },
      [task],
    )
  })

  function event(due: boolean): void {
    isDue = due
    elections.eventEnded(++offset)
  }

  it('come an interval after there is something to do, not on a grid', () => {
    const startMs = host.clock.monotonicMs()
    event(false)
    host.clock.advance(INTERVAL_MS / 2)
    event(true)
    host.clock.advance(INTERVAL_MS - 1)
    expect(rounds).toEqual([])
    isDue = false
    host.clock.advance(1)
    expect(rounds).toEqual([startMs + 1.5 * INTERVAL_MS])
    host.clock.advance(3 * INTERVAL_MS)
    expect(rounds).toHaveLength(1)
  })

  it('come again an interval later while there is something left', () => {
    event(true)
    host.clock.advance(3 * INTERVAL_MS)
    expect(rounds).toHaveLength(3)
  })

  it('come at once after a round that did all it may', () => {
    changed = MAX_ELECTIONS_AT_ONCE
    event(true)
    host.clock.advance(INTERVAL_MS)
    expect(rounds).toHaveLength(1)
    changed = 1
    host.clock.advance(10)
    expect(rounds).toHaveLength(2)
    host.clock.advance(INTERVAL_MS - 1)
    expect(rounds).toHaveLength(2)
  })

  it('are looked for only when an event changed something', () => {
    event(false)
    isDue = true
    elections.eventEnded(offset)
    host.clock.advance(2 * INTERVAL_MS)
    expect(rounds).toEqual([])
  })
})
