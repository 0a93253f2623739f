// What a myth is: a claim that people are taught, a scenario that puts it to the test, and a probe that looks on and says
// whether the claim held there. The verdict comes from the runs; the table only says which one must come out.

import type { RunResult } from '../scenario/run-result.ts'
import type { Witness } from './witness.ts'

export type MythVerdict = 'true' | 'false' | 'depends on version'

export interface Myth {
  /** Number in the list of claims: M07. */
  readonly id: string
  readonly slug: string
  /** As it is taught. */
  readonly claim: string
  /** What must come out. */
  readonly verdict: MythVerdict
  /** How it is instead, or since when. */
  readonly truth: string
  /** Rules, KIPs and issues. */
  readonly rules: string
  /**
   * What the rows of the scenario are, if it has several: releases, where a claim may hold in one and not in another, or
   * settings, where it must hold in all.
   */
  readonly rows?: 'releases' | 'settings'
  readonly probe: Probe
}

/** A claim that cannot be put to the test yet. */
export interface UnbuiltMyth {
  readonly id: string
  readonly slug: string
  readonly claim: string
  /** The part of Kafka that it is about, which is not built. */
  readonly needs: string
}

/** Called before the run, to listen; what it returns is called after it. */
export type Probe = (witness: Witness) => (result: RunResult) => Shown

export interface Shown {
  /** Did the claim hold in this run? Undefined: what it is about never came about. */
  readonly holds: boolean | undefined
  /** What there was to see, with figures; a sentence each. */
  readonly facts: readonly string[]
}

/** The file that puts it to the test, from the package's root. */
export function scenarioOf({ id, slug }: Pick<Myth, 'id' | 'slug'>): string {
  return `scenarios/myths/${id.toLowerCase()}-${slug}.yaml`
}
