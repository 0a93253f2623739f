// What a power loss took from one replica, while that still matters. Kafka learns of it only when the broker is fenced or
// registers anew: until then the replica counts as holding what it had (RI: "running" excludes it), and not a day longer.

import type { ObservedLog } from './cluster-view.ts'

export class UnsyncedLoss {
  /** Who lost what, and when. */
  readonly text: string
  /** Its log ended here before. */
  readonly endBefore: number
  /** The log it had; a later one tells what is left. */
  readonly logBefore: ObservedLog | undefined
  /** Of the broker's registration when the power failed. */
  readonly brokerEpoch: number
  /** Neither fenced nor registered anew since, and not taken out of the ISR. */
  unnoticed = true
  /** It could be elected without having fetched again: it has not left the ISR since. */
  asMember = true

  constructor(text: string, endBefore: number, logBefore: ObservedLog | undefined, brokerEpoch: number) {
    this.text = text
    this.endBefore = endBefore
    this.logBefore = logBefore
    this.brokerEpoch = brokerEpoch
  }

  /** Out of the ISR: what it lost is not missed any more, and when it returns it must hold everything. */
  leftIsr(): void {
    this.unnoticed = false
    this.asMember = false
  }
}
