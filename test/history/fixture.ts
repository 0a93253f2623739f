// A history fed by hand, as if clients had traced it.

import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { History } from '../../src/history/history.ts'
import type { KafkaEvent, ProduceCompleted } from '../../src/trace/kafka-event.ts'

export class HistoryFixture {
  readonly history: History
  private readonly loop = new EventLoop()
  readonly bus = new TraceBus<KafkaEvent>(this.loop)
  private readonly owner = new Owner(1, 'test')

  constructor() {
    this.history = new History(this.bus)
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
