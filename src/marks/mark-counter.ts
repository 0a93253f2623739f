// Counts how often each mark was hit in one run. Listens to the trace alone, so it changes nothing.

import type { TraceBus } from '../../sim/trace.ts'
import type { ClusterView } from '../invariants/cluster-view.ts'
import type { KafkaEvent, ProduceAnswered } from '../trace/kafka-event.ts'
import type { Mark } from './mark.ts'
import { SeenCluster } from './seen-cluster.ts'

/** Mark by mark, in the order of the list: also those never hit. */
export type MarkCounts = Readonly<Record<string, number>>

interface Counted {
  readonly mark: Mark
  count: number
}

export class MarkCounter {
  private readonly all: readonly Counted[]
  private readonly byType = new Map<KafkaEvent['type'], Counted[]>()
  private readonly seen: SeenCluster

  constructor(marks: readonly Mark[], view: ClusterView, trace: TraceBus<KafkaEvent>) {
    this.seen = new SeenCluster(view)
    this.all = marks.map((mark) => ({ mark, count: 0 }))
    for (const counted of this.all) {
      const { hears } = counted.mark
      this.byType.set(hears, [...(this.byType.get(hears) ?? []), counted])
    }
    const types = new Set<KafkaEvent['type']>([...SeenCluster.HEARS, ...this.byType.keys()])
    trace.subscribe([...types], (event) => this.hear(event))
  }

  counts(): MarkCounts {
    return Object.fromEntries(this.all.map(({ mark, count }) => [mark.id, count]))
  }

  private hear(event: KafkaEvent): void {
    // By far the most are answers to writes that went well, and high watermarks that rise.
    if (event.type === 'produce-answered' && isPlain(event)) return
    if (event.type === 'high-watermark-changed' && event.to >= event.from) return
    const marks = this.byType.get(event.type)
    if (marks !== undefined) {
      for (let i = 0; i < marks.length; i++) {
        const counted = marks[i]!
        if (counted.mark.isHit(event, this.seen)) counted.count += 1
      }
    }
    this.seen.note(event)
  }
}

/** No mark is about an answer like this one. */
function isPlain({ error, duplicate, acks }: ProduceAnswered): boolean {
  return error === null && !duplicate && acks === -1
}
