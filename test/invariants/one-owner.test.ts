// IG-6, and who the history says owned what: two pieces of code that know nothing of each other say the same of whatever may
// happen to a group.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { GroupHistory } from '../../src/history/group-history.ts'
import { groupOneOwner } from '../../src/invariants/group-one-owner.ts'
import { InvariantChecker } from '../../src/invariants/index.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { groupChanged, memberChanged } from '../history/fixture.ts'

const CLIENTS = ['g[0]', 'g[1]', 'g[2]'] as const
const PARTITIONS = ['t-0', 't-1']

/** What a member may hear or do, in any order. */
const happenings = fc.array(
  fc.record({
    client: fc.constantFrom(...CLIENTS),
    what: fc.constantFrom(
      'assigned',
      'assigned',
      'revoked',
      'started',
      'left',
      'expired',
      'removed',
      'absent',
      'late',
      'joined',
      'killed',
      'moved',
    ),
    partitions: fc.subarray(PARTITIONS),
  }),
  { maxLength: 25 },
)

function eventsOf(steps: readonly { client: string; what: string; partitions: readonly string[] }[]): KafkaEvent[] {
  const owned = new Map<string, Set<string>>()
  let epoch = 0
  let generation = 1
  return steps.flatMap(({ client, what, partitions }): KafkaEvent[] => {
    const own = owned.get(client) ?? new Set<string>()
    owned.set(client, own)
    const member = `${client}-id`
    switch (what) {
      case 'late':
      case 'assigned': {
        const added = partitions.filter((partition) => !own.has(partition))
        for (const partition of added) own.add(partition)
        const told = what === 'late' ? generation - 1 : generation
        return [{ type: 'partitions-assigned', client, group: 'g', member, generation: told, added, owned: [...own] }]
      }
      case 'revoked': {
        const given = partitions.filter((partition) => own.delete(partition))
        return [{ type: 'partitions-revoked', client, group: 'g', partitions: given, lost: false }]
      }
      case 'started':
        own.clear()
        return [{ type: 'member-started', client, group: 'g' }]
      case 'left':
        return [{ type: 'member-left', client, group: 'g', reason: 'consumer poll timeout has expired.' }]
      case 'absent':
        generation += 1
        return [memberChanged(client, 'absent', generation)]
      case 'expired':
      case 'removed':
      case 'joined':
        return [memberChanged(client, what)]
      case 'killed':
        own.clear()
        return [{ type: 'fault-applied', fault: 'f', verb: 'kill', detail: '', targets: [`consumer-${client}`] }]
      default:
        // Another coordinator has all of them on record.
        epoch += 1
        return [
          groupChanged('g', 'Stable', generation - (epoch % 2), {
            epoch,
            from: null,
            members: CLIENTS.map((name) => `${name}-id`),
          }),
        ]
    }
  })
}

it('is found wherever the history has two owners, and nowhere else', () => {
  fc.assert(
    fc.property(happenings, (steps) => {
      const loop = new EventLoop()
      const bus = new TraceBus<KafkaEvent>(loop)
      const owner = new Owner(1, 'test')
      const { ownership } = new GroupHistory(bus)
      const view = { brokerIds: [], metadata: undefined, partitionsOf: () => undefined, broker: () => undefined }
      const checker = new InvariantChecker([groupOneOwner], view, loop, bus)
      let atUs = 0
      for (const event of eventsOf(steps)) {
        atUs += 1000
        const before = ownership.overlaps.length
        const seen = checker.violations.reduce((sum, { count }) => sum + count, 0)
        loop.schedule(atUs, owner, 'test', 0, () => bus.emit(event, 'test'))
        loop.run(atUs)
        const found = checker.violations.reduce((sum, { count }) => sum + count, 0)
        expect(found - seen, JSON.stringify(event)).toBe(ownership.overlaps.length - before)
      }
    }),
    { numRuns: 150 },
  )
})
