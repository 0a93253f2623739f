// a log begins later and later, unless it is cut to below its start.

import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { InvariantChecker, INVARIANTS } from '../../src/invariants/index.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'

const REPLICA = { broker: 2, partition: 't-0' } as const
const moved = (from: number, to: number): KafkaEvent => ({ type: 'log-start-changed', ...REPLICA, from, to })
const cut = (fromOffset: number, toOffset: number): KafkaEvent => ({
  type: 'log-truncated',
  ...REPLICA,
  fromOffset,
  toOffset,
})

function found(...events: readonly KafkaEvent[]): string[] {
  const loop = new EventLoop()
  const bus = new TraceBus<KafkaEvent>(loop)
  const view = {
    metadata: undefined,
    partitionsOf: () => undefined,
    fetchedFrom: () => [],
    broker: () => undefined,
    brokerIds: [],
  }
  const only = INVARIANTS.filter(({ id }) => id === 'log-start-stays')
  const checker = new InvariantChecker(only, view, loop, bus)
  loop.schedule(0, new Owner(1, 'broker-2'), 'test', 0, () => {
    for (const event of events) bus.emit(event, 'broker-2')
  })
  loop.run(10)
  return checker.violations.map(({ message }) => message)
}

describe('R-8 log-start-stays', () => {
  it('says who moved a log start back, and from where', () => {
    expect(found(moved(0, 10), moved(10, 4))).toEqual(['broker 2 has moved its log start back from 10 to 4'])
  })

  it('lets a start rise, and fall with a cut to below it', () => {
    expect(found(moved(0, 10), moved(10, 12))).toEqual([])
    expect(found(moved(0, 10), cut(20, 4), moved(10, 4))).toEqual([])
    expect(found(moved(0, 10), cut(20, 12), moved(10, 4))).toHaveLength(1)
  })
})
