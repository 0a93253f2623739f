// IC-1 beside a reader of the whole past: what is handed over again is found by both, or by neither, whatever else happens.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { consumerReadsOn } from '../../src/invariants/consumer-reads-on.ts'
import { InvariantChecker } from '../../src/invariants/index.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { assigned, delivered } from '../history/fixture.ts'

const steps = fc.array(
  fc.record({
    client: fc.constantFrom('g[0]', 'g[1]'),
    what: fc.constantFrom(
      'delivered',
      'delivered',
      'delivered',
      'moved',
      'assigned',
      'kept',
      'started',
      'halted',
      'killed',
    ),
    at: fc.nat(12),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 20 },
)
type Step = (typeof steps extends fc.Arbitrary<infer T> ? T : never)[number]

function eventOf({ client, what, at, count }: Step): KafkaEvent {
  switch (what) {
    case 'delivered':
      return delivered(client, 't-0', ...Array.from({ length: count }, (_, i) => at + i))
    case 'moved':
      return { type: 'position-moved', client, partition: 't-0', from: 12, to: at, why: 'auto.offset.reset=earliest' }
    case 'assigned':
      return assigned(client, ['t-0'])
    case 'kept':
      return assigned(client, ['t-0'], 2, [])
    case 'started':
      return { type: 'member-started', client, group: 'g' }
    case 'killed':
      return { type: 'fault-applied', fault: 'kill-1', verb: 'kill', targets: [`consumer-${client}`], detail: '' }
    default:
      return { type: 'process-changed', process: `consumer-${client}`, state: 'halted', detail: '' }
  }
}

/** Looks back from a delivery to whatever the reader's place came from last. */
function isAgain(past: readonly Step[], now: Step): boolean {
  const before = past.findLast(({ client, what }) => client === now.client && what !== 'kept')
  if (before === undefined) return false
  // A position that was moved before anything was read is no place that anybody knows of.
  if (before.what === 'moved') {
    const known = past
      .slice(0, past.indexOf(before))
      .findLast((each) => each.client === now.client && !['kept', 'moved'].includes(each.what))
    return known?.what === 'delivered' && now.at < before.at
  }
  return before.what === 'delivered' && now.at < before.at + before.count
}

it('finds what is handed over again, and nothing else', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const loop = new EventLoop()
      const bus = new TraceBus<KafkaEvent>(loop)
      const owner = new Owner(1, 'test')
      const view = { brokerIds: [], metadata: undefined, partitionsOf: () => undefined, broker: () => undefined }
      const checker = new InvariantChecker([consumerReadsOn], view, loop, bus)
      const found = () => checker.violations.reduce((sum, { count }) => sum + count, 0)
      for (const [i, step] of all.entries()) {
        const before = found()
        loop.schedule((i + 1) * 1000, owner, 'test', 0, () => bus.emit(eventOf(step), 'test'))
        loop.run((i + 1) * 1000)
        const isExpected = step.what === 'delivered' && isAgain(all.slice(0, i), step)
        expect(found() - before, `${i}: ${JSON.stringify(step)}`).toBe(isExpected ? 1 : 0)
      }
    }),
    { numRuns: 150 },
  )
})
