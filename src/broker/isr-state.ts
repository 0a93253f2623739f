// The leader's view of its ISR: what the controller last confirmed, and at most one change that is on its way.
//
//   committed ──expand──▶ pending-expand ─┐ confirmed: committed, with the controller's ISR
//        │                                ├ refused for good: back to committed, as it was
//        └─────shrink──▶ pending-shrink ──┘ anything else: pending until new metadata, or sent again

import { assert } from '../../sim/assert.ts'
import { Errors } from '../protocol/error-codes.ts'

export type IsrStateKind = 'committed' | 'pending-expand' | 'pending-shrink'

/** Immutable; compared by identity, so that an answer to a replaced proposal is recognised. All lists are sorted. */
export class IsrState {
  readonly kind: IsrStateKind
  /** ISR of the last confirmed partition epoch. */
  readonly committed: readonly number[]
  /** What the high watermark waits for: the larger of before and after the change on its way (KIP-497). */
  readonly maximal: readonly number[]
  /** ISR asked for; `committed` when nothing is. */
  readonly proposed: readonly number[]

  private constructor(
    kind: IsrStateKind,
    committed: readonly number[],
    maximal: readonly number[],
    proposed: readonly number[],
  ) {
    this.kind = kind
    this.committed = committed
    this.maximal = maximal
    this.proposed = proposed
  }

  static committed(isr: readonly number[]): IsrState {
    const sorted = [...isr].sort(ascending)
    return new IsrState('committed', sorted, sorted, sorted)
  }

  /** `countsAtOnce`: the newcomer holds the high watermark back from now on; false brings RB-11 back. */
  expand(newcomer: number, countsAtOnce: boolean): IsrState {
    assert(this.kind === 'committed' && !this.committed.includes(newcomer), `cannot expand ${this.kind} by ${newcomer}`)
    const proposed = [...this.committed, newcomer].sort(ascending)
    return new IsrState('pending-expand', this.committed, countsAtOnce ? proposed : this.committed, proposed)
  }

  /** Nobody is dropped before the controller agrees. */
  shrink(leaving: readonly number[]): IsrState {
    assert(this.kind === 'committed' && leaving.length > 0, `cannot shrink ${this.kind} by ${leaving.length} members`)
    const proposed = this.committed.filter((member) => !leaving.includes(member))
    return new IsrState('pending-shrink', this.committed, this.committed, proposed)
  }

  /** The change is off: as before it was asked for. */
  reverted(): IsrState {
    return IsrState.committed(this.committed)
  }

  get isInFlight(): boolean {
    return this.kind !== 'committed'
  }
}

export const NO_ISR = IsrState.committed([])

export type AfterRefusal = 'revert' | 'stay-pending' | 'retry'

/**
 * What a leader does with a refused change. Staying pending is safe because the larger set only restricts the
 * high watermark, while reverting could be wrong: the change may have been applied.
 */
export function afterRefusal(errorCode: number): AfterRefusal {
  switch (errorCode) {
    case Errors.INELIGIBLE_REPLICA:
    case Errors.OPERATION_NOT_ATTEMPTED:
      return 'revert'
    case Errors.FENCED_LEADER_EPOCH:
    case Errors.INVALID_UPDATE_VERSION:
    case Errors.INVALID_REQUEST:
    case Errors.UNKNOWN_TOPIC_OR_PARTITION:
    case Errors.UNKNOWN_TOPIC_ID:
    case Errors.NEW_LEADER_ELECTED:
      return 'stay-pending'
    default:
      return 'retry'
  }
}

function ascending(a: number, b: number): number {
  return a - b
}
