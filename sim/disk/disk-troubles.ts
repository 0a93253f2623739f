// What is wrong with a disk, as long as faults last: operations that fail, a limit to what it holds, syncs that lie. Nothing
// here draws from the disk's own stream, so that a fault leaves the disk's other draws as they were.

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'
import type { Rng } from '../random/rng.ts'
import { DiskError, type DiskOperation } from './disk-error.ts'

/** Which operations fail. */
export interface ErrorRule {
  /** Undefined: of any kind. */
  readonly operation: DiskOperation | undefined
  /** The first one that fails, counted from 1. */
  readonly nth: number
  /** How many fail from then on; Infinity: all. */
  readonly count: number
  /** Of each of these. */
  readonly probability: number
  readonly rng: (() => Rng) | undefined
  /** Told of each that fails. */
  readonly onHit: (() => void) | undefined
}

interface ActiveRule extends ErrorRule {
  seen: number
}

export class DiskTroubles {
  /** Nothing is wrong with what is asked of it: no need to look further. */
  calm = true
  private readonly rules: ActiveRule[] = []
  private readonly limits: number[] = []
  private readonly onFull: (() => void)[] = []
  private lies = 0
  private lyingSinceUs: Micros = 0

  /** Until healed, operations that the rule names fail. */
  failing(rule: ErrorRule): () => void {
    assert(rule.nth >= 1 && rule.count >= 1, `a disk fails ${rule.count} operations from number ${rule.nth} on`)
    const active: ActiveRule = { ...rule, seen: 0 }
    this.rules.push(active)
    this.settle()
    return () => {
      const index = this.rules.indexOf(active)
      if (index >= 0) this.rules.splice(index, 1)
      this.settle()
    }
  }

  /** Until healed, it holds no more than so many bytes. Of several limits the lowest counts. */
  full(limitBytes: number, onHit: () => void): () => void {
    this.limits.push(limitBytes)
    this.onFull.push(onHit)
    this.settle()
    return () => {
      const index = this.onFull.indexOf(onHit)
      if (index >= 0) {
        this.onFull.splice(index, 1)
        this.limits.splice(index, 1)
      }
      this.settle()
    }
  }

  /** Until healed, syncs end in time and make nothing durable, and neither does writeback. */
  lying(nowUs: Micros): () => void {
    if (this.lies === 0) this.lyingSinceUs = nowUs
    this.lies++
    let healed = false
    return () => {
      if (!healed) this.lies--
      healed = true
    }
  }

  get isLying(): boolean {
    return this.lies > 0
  }

  /** Until when writeback has reached the medium. */
  honestUntil(workedUntilUs: Micros): Micros {
    return this.lies > 0 && this.lyingSinceUs < workedUntilUs ? this.lyingSinceUs : workedUntilUs
  }

  /** How many bytes it may hold; Infinity: no limit. */
  get limitBytes(): number {
    return this.limits.length === 0 ? Infinity : Math.min(...this.limits)
  }

  /** It was asked to hold more. */
  hitLimit(path: string): DiskError {
    for (const onHit of this.onFull) onHit()
    return new DiskError('no-space', 'write', path)
  }

  /** How the operation fails; undefined: it does not. Counts it. */
  errorOf(operation: DiskOperation, path: string): DiskError | undefined {
    let error: DiskError | undefined
    for (const rule of this.rules) {
      if (rule.operation !== undefined && rule.operation !== operation) continue
      rule.seen++
      if (rule.seen < rule.nth || rule.seen >= rule.nth + rule.count) continue
      if (rule.probability < 1 && rule.rng?.().chance(rule.probability) !== true) continue
      rule.onHit?.()
      error ??= new DiskError('io-error', operation, path)
    }
    return error
  }

  private settle(): void {
    this.calm = this.rules.length === 0 && this.limits.length === 0
  }
}
