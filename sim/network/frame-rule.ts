// Faults that pick frames by what they are: delayed, with all behind them on their connection, or lost, and the connection
// with them. TCP does neither reorder nor drop nor repeat a frame; an application that loses a connection sends again.

import type { Frame, Kind, Micros } from '../host.ts'
import type { Rng } from '../random/rng.ts'

/** The connection breaks in place of the frame: both ends are told, the receiver never sees it. */
export const LOST_WITH_CONNECTION: Micros = -1

export interface FrameRule {
  /** Asked once for each frame that goes onto the wire: µs to add, 0 for none, or `LOST_WITH_CONNECTION`. */
  judge(frame: Frame, chance: () => Rng): Micros
}

export interface FrameChoice {
  /** Kinds of frames concerned. */
  readonly kinds: readonly Kind[]
  /** The first frame concerned is the nth from now on, counted over all links of the fault; default 1. */
  readonly nth?: number
  /** So many from there on; default: all. */
  readonly count?: number
  /** Of each such frame being hit; default 1. */
  readonly probability?: number
  /** Called for each frame that is hit. */
  readonly onHit?: () => void
}

/** One rule for all links of a fault, so that it counts over all of them. `fateUs` is what becomes of chosen frames. */
export function frameRule(choice: FrameChoice, fateUs: Micros): FrameRule {
  const { kinds, nth = 1, count = Infinity, probability = 1, onHit } = choice
  let seen = 0
  return {
    judge: (frame, chance) => {
      if (!kinds.includes(frame.kind)) return 0
      seen++
      if (seen < nth || seen >= nth + count) return 0
      if (probability < 1 && !chance().chance(probability)) return 0
      onHit?.()
      return fateUs
    },
  }
}
