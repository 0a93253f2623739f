// When a producer is to send: at a steady rate, in phases, in bursts that come again and again, or (a closed loop) as soon as
// one of so many records is answered. Open loops do not wait for answers: a slow cluster makes them queue, not slow down.

import { assert } from '../../sim/index.ts'

export type LoadShape =
  | { readonly kind: 'steady'; readonly ratePerSecond: number }
  /** One after the other; the last lasts, or all begin anew. */
  | { readonly kind: 'phases'; readonly phases: readonly Phase[]; readonly repeats: boolean }
  /** So many records without an answer at a time; `thinkMs` passes between an answer and the next record. */
  | { readonly kind: 'closed'; readonly outstanding: number; readonly thinkMs: number }

export interface Phase {
  /** Infinity: to the end. */
  readonly forMs: number
  /** 0: silence. */
  readonly ratePerSecond: number
}

/** Of an open loop. Times are ms since it began. */
export interface Schedule {
  /** How many records are to be sent by then. */
  dueBy(elapsedMs: number): number
  /** When the n-th record, counted from 0, is to be sent; Infinity: never. */
  dueAt(n: number): number
}

export function scheduleOf(load: Exclude<LoadShape, { kind: 'closed' }>): Schedule {
  return load.kind === 'steady' ? new SteadySchedule(load.ratePerSecond) : new PhasedSchedule(load.phases, load.repeats)
}

/** Records that it asks for before this time is over; Infinity where answers decide. */
export function mostRecords(load: LoadShape, withinMs: number): number {
  return load.kind === 'closed' ? Infinity : scheduleOf(load).dueBy(withinMs) - 1
}

class SteadySchedule implements Schedule {
  private readonly ratePerSecond: number

  constructor(ratePerSecond: number) {
    this.ratePerSecond = ratePerSecond
  }

  dueBy(elapsedMs: number): number {
    return Math.floor((elapsedMs * this.ratePerSecond) / 1000) + 1
  }

  dueAt(n: number): number {
    return Math.ceil((n * 1000) / this.ratePerSecond)
  }
}

class PhasedSchedule implements Schedule {
  /** Each with its begin, and how many records those before it have. */
  private readonly pieces: (Phase & { readonly fromMs: number; readonly before: number })[] = []
  /** Infinity where nothing begins anew. */
  private readonly cycleMs: number
  private readonly perCycle: number

  constructor(phases: readonly Phase[], repeats: boolean) {
    let fromMs = 0
    let before = 0
    for (const phase of phases) {
      assert(phase.forMs > 0, 'a phase without an end that is not its begin')
      this.pieces.push({ ...phase, fromMs, before })
      fromMs += phase.forMs
      if (phase.ratePerSecond > 0) before += (phase.forMs * phase.ratePerSecond) / 1000
    }
    this.cycleMs = repeats ? fromMs : Infinity
    this.perCycle = before
  }

  dueBy(elapsedMs: number): number {
    const cycles = this.cycleMs === Infinity ? 0 : Math.floor(elapsedMs / this.cycleMs)
    const withinMs = cycles === 0 ? elapsedMs : elapsedMs - cycles * this.cycleMs
    const piece = this.pieces.findLast(({ fromMs }) => fromMs <= withinMs)
    assert(piece !== undefined, 'the first phase begins at once')
    const { before, fromMs, forMs, ratePerSecond } = piece
    const spentMs = Math.min(withinMs - fromMs, forMs)
    const due = this.inCycles(cycles) + before + (spentMs * ratePerSecond) / 1000
    // The first record of a phase is sent as it begins, unless it is silent.
    return Math.floor(due) + (ratePerSecond > 0 ? 1 : 0)
  }

  dueAt(n: number): number {
    if (this.cycleMs !== Infinity && this.perCycle === 0) return Infinity
    const cycles = this.cycleMs === Infinity ? 0 : Math.floor(n / this.perCycle)
    const rest = n - this.inCycles(cycles)
    for (const { before, fromMs, forMs, ratePerSecond } of this.pieces) {
      if (ratePerSecond === 0 || before + (forMs * ratePerSecond) / 1000 <= rest) continue
      const startMs = cycles === 0 ? fromMs : fromMs + cycles * this.cycleMs
      return startMs + Math.max(0, Math.ceil(((rest - before) * 1000) / ratePerSecond))
    }
    return Infinity
  }

  private inCycles(cycles: number): number {
    return cycles === 0 ? 0 : cycles * this.perCycle
  }
}
