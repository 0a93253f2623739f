// One case as it is drawn, before it is written down: its cluster, what goes wrong in it, and what kind of run it is to be.

import type { CalmPlan } from './calm-plan.ts'
import type { Character, DrawnCluster } from './drawn-cluster.ts'
import type { DrawnFault } from './faults.ts'

export interface DrawnCase {
  readonly character: Character
  readonly cluster: DrawnCluster
  readonly faults: readonly DrawnFault[]
  /** Of a calm one. */
  readonly calm: CalmPlan | undefined
  /** Top-level keys beside those of the cluster: `kafka`. */
  readonly more: { readonly [key: string]: unknown }
  /** Why it may stand still in the end; undefined: it may not. */
  readonly allows?: string
}
