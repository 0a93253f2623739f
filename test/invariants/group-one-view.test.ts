// IG-3 when the leader goes while the place of a static member is being written: the answer, kept back until then, is of
// the old generation and names the leader of now, as Kafka's does (`updateStaticMemberThenRebalanceOrCompleteJoin`).

import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { TraceBus } from '../../sim/trace.ts'
import { InvariantChecker } from '../../src/invariants/index.ts'
import { groupOneView } from '../../src/invariants/group-one-view.ts'
import type { GroupJoinAnswered, GroupMemberChanged } from '../../src/trace/group-event.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { GroupRig } from '../group/rig.ts'

function told(member: string, leader: string, protocol = 'range'): GroupJoinAnswered {
  return {
    type: 'group-join-answered',
    broker: 1,
    group: 'g',
    member,
    error: null,
    generation: 1,
    protocol,
    leader,
    members: member === leader ? ['a', 'b', 'c'] : [],
  }
}

function changed(member: string, change: GroupMemberChanged['change']): GroupMemberChanged {
  const instance = null
  return { type: 'group-member-changed', broker: 1, group: 'g', generation: 1, member, instance, clientId: '', change }
}

function violations(events: readonly KafkaEvent[]): readonly string[] {
  const loop = new EventLoop()
  const bus = new TraceBus<KafkaEvent>(loop)
  const rig = new GroupRig()
  const view = {
    brokerIds: [1],
    metadata: rig.metadata,
    partitionsOf: () => rig.replicas.partitions,
    broker: () => undefined,
  }
  const checker = new InvariantChecker([groupOneView], view, loop, bus)
  for (const event of events) bus.emit(event, 'broker-1')
  return checker.violations.map(({ message }) => message)
}

describe('group-one-view (IG-3)', () => {
  it.each(['left', 'expired', 'removed'] as const)('lets another be named once the leader is gone (%s)', (how) => {
    expect(violations([told('a', 'a'), told('b', 'a'), changed('a', how), told('c', 'b')])).toEqual([])
  })

  it('finds another leader while the leader is there, whoever else is gone', () => {
    const found = [`of generation 1 one member was told 'leader a, range', c 'leader b, range'`]
    expect(violations([told('a', 'a'), told('c', 'b')])).toEqual(found)
    expect(violations([told('a', 'a'), changed('b', 'expired'), told('c', 'b')])).toEqual(found)
  })

  it('finds two leaders after one that is gone, and another protocol', () => {
    const gone = [told('a', 'a'), changed('a', 'expired')]
    expect(violations([...gone, told('c', 'b'), told('d', 'c')])).toEqual([
      `of generation 1 one member was told 'leader b, range', d 'leader c, range'`,
    ])
    expect(violations([...gone, told('c', 'b', 'sticky')])).toEqual([
      `of generation 1 one member was told 'leader ?, range', c 'leader b, sticky'`,
    ])
  })
})
