// A sometimes-mark: a situation that is legal, rare, and worth having been in. Hitting one is no verdict; never hitting one
// in a whole campaign says what was not tested.

import type { KafkaEvent } from '../trace/kafka-event.ts'
import type { SeenCluster } from './seen-cluster.ts'

type Sort = KafkaEvent['type']
type OfSort<S extends Sort> = Extract<KafkaEvent, { readonly type: S }>

export interface Mark {
  /** Kebab-case. */
  readonly id: string
  /** 'R-78', of the fact sheet. */
  readonly rule: string
  /** One sentence: what happened. */
  readonly statement: string
  /** The trace event that may show it. */
  readonly hears: Sort
  /** Does it? `seen` is what was before. */
  readonly isHit: (event: KafkaEvent, seen: SeenCluster) => boolean
}

export function mark<S extends Sort>(
  hears: S,
  id: string,
  rule: string,
  statement: string,
  isHit: (event: OfSort<S>, seen: SeenCluster) => boolean,
): Mark {
  // It is called with events of the sort that it hears, and no others.
  return { id, rule, statement, hears, isHit: (event, seen) => isHit(event as OfSort<S>, seen) }
}
