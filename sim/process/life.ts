// Whether an incarnation of a process still lives, and how it ended itself. Everything a Host hands out asks its life
// first, so that a reference kept beyond death is a defect that shows, not a ghost that acts.

import { DefectError, assert } from '../assert.ts'
import type { Owner } from '../owner.ts'

/** Unwinds the stack of a process that halted or exited. Only the world may catch it; swallowing it keeps nothing alive. */
export class HaltSignal extends Error {
  override readonly name = 'HaltSignal'
}

/** How a process ended itself: without a reason it was done, as by `exit(0)`. */
export interface OwnEnd {
  readonly haltReason: string | undefined
}

export class Life {
  readonly owner: Owner
  /** Name and incarnation, e.g. `'broker-1#2'`. */
  readonly label: string
  private end: OwnEnd | undefined = undefined

  constructor(owner: Owner, incarnation: number) {
    this.owner = owner
    this.label = `${owner.name}#${incarnation}`
  }

  get alive(): boolean {
    return this.owner.state !== 'dead'
  }

  /** Undefined if it did not end itself. */
  get ownEnd(): OwnEnd | undefined {
    return this.end
  }

  /** Marks a self-inflicted end. */
  endItself(haltReason: string | undefined): void {
    assert(this.end === undefined, `${this.label} halts twice`)
    this.end = { haltReason }
  }

  /** Returns if alive. Code still unwinding from `halt` (in a `finally`) is thrown on; a ghost is a defect. */
  check(what: string): void {
    if (this.owner.state !== 'dead') return
    if (this.end !== undefined) throw new HaltSignal(this.end.haltReason ?? 'exit')
    throw new DefectError(`${what} of ${this.label}, which is dead`)
  }
}
