// A history fed by hand, as if clients had traced it.

import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { GroupHistory } from '../../src/history/group-history.ts'
import { History } from '../../src/history/history.ts'
import type { GroupChanged, GroupStateName } from '../../src/trace/group-event.ts'
import type { KafkaEvent, ProduceCompleted } from '../../src/trace/kafka-event.ts'

export class HistoryFixture {
  readonly history: History
  readonly groupHistory: GroupHistory
  private readonly loop = new EventLoop()
  readonly bus = new TraceBus<KafkaEvent>(this.loop)
  private readonly owner = new Owner(1, 'test')

  constructor() {
    this.history = new History(this.bus)
    this.groupHistory = new GroupHistory(this.bus)
  }

  at(atMs: number, ...events: readonly KafkaEvent[]): void {
    this.loop.schedule(atMs * 1000, this.owner, 'test', 0, () => {
      for (const event of events) this.bus.emit(event, 'test')
    })
    this.loop.run(atMs * 1000)
  }
}

export function sent(client: string, n: number, topic = 'orders'): KafkaEvent {
  return { type: 'produce-invoked', client, n, topic }
}

export function completed(client: string, n: number, more: Partial<ProduceCompleted> = {}): KafkaEvent {
  const event = { type: 'produce-completed', client, n, partition: 'orders-0', outcome: 'ok' } as const
  return { ...event, offset: n, acks: -1, error: null, ...more }
}

export function delivered(client: string, partition: string, ...offsets: readonly number[]): KafkaEvent {
  const records = offsets.map((offset) => ({ offset, leaderEpoch: 0, producer: 'web[0]', n: offset }))
  return { type: 'records-delivered', client, partition, records }
}

export function processed(client: string, partition: string, next: number): KafkaEvent {
  return { type: 'records-processed', client, partition, next }
}

/** `billing[0]` of the group billing owns these, and did not own `added` before. */
export function assigned(
  client: string,
  owned: readonly string[],
  generation = 1,
  added: readonly string[] = owned,
): KafkaEvent {
  const group = client.replace(/\[.*/, '')
  return { type: 'partitions-assigned', client, group, member: `${client}-id`, generation, owned, added }
}

export function revoked(client: string, partitions: readonly string[], lost = false): KafkaEvent {
  return { type: 'partitions-revoked', client, group: client.replace(/\[.*/, ''), partitions, lost }
}

export function committed(client: string, partition: string, offset: number, error: string | null = null): KafkaEvent {
  const group = client.replace(/\[.*/, '')
  const offsets = [{ partition, offset }]
  return { type: 'commit-answered', client, group, generation: 1, kind: 'sync', offsets, error }
}

export function memberChanged(
  client: string,
  change: 'joined' | 'left' | 'expired' | 'removed' | 'replaced' | 'absent',
  generation = 1,
): KafkaEvent {
  const group = client.replace(/\[.*/, '')
  const member = `${client}-id`
  const type = 'group-member-changed'
  return { type, broker: 1, group, generation, member, instance: null, clientId: client, change }
}

export function groupChanged(
  group: string,
  to: GroupStateName,
  generation: number,
  more: Partial<GroupChanged> = {},
): KafkaEvent {
  return {
    type: 'group-changed',
    broker: 1,
    partition: '__consumer_offsets-0',
    epoch: 0,
    group,
    from: 'PreparingRebalance',
    to,
    generation,
    protocol: 'range',
    leader: null,
    members: [],
    reason: '',
    ...more,
  }
}
