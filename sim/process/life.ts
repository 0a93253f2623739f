// Whether an incarnation of a process still lives, and how it stops itself. Everything a Host hands out asks its life
// first, so that a reference kept beyond death is a defect that shows, not a ghost that acts.

import { DefectError, assert } from '../assert.ts'
import type { Owner } from '../owner.ts'

/** Unwinds the stack of a process that halted. Only the world may catch it; swallowing it keeps nothing alive. */
export class HaltSignal extends Error {
  override readonly name = 'HaltSignal'
}

export class Life {
  readonly owner: Owner
  /** Name and incarnation, e.g. `'broker-1#2'`. */
  readonly label: string
  private haltReason: string | undefined = undefined

  constructor(owner: Owner, incarnation: number) {
    this.owner = owner
    this.label = `${owner.name}#${incarnation}`
  }

  get alive(): boolean {
    return this.owner.state !== 'dead'
  }

  /** Why it stopped itself, if it did. */
  get halted(): string | undefined {
    return this.haltReason
  }

  /** Marks a self-inflicted stop. */
  halt(reason: string): void {
    assert(this.haltReason === undefined, `${this.label} halts twice`)
    this.haltReason = reason
  }

  /** Returns if alive. Code still unwinding from `halt` (in a `finally`) is thrown on; a ghost is a defect. */
  check(what: string): void {
    if (this.owner.state !== 'dead') return
    if (this.haltReason !== undefined) throw new HaltSignal(this.haltReason)
    throw new DefectError(`${what} of ${this.label}, which is dead`)
  }
}
