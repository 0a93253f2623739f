// What all warnings look at.

import type { SafetyId } from '../language/expectation.ts'
import type { CheckContext } from './check-context.ts'
import type { PlacedExpectation } from './check-expectations.ts'
import type { Trouble } from './troubles.ts'

export interface Grounds {
  readonly context: CheckContext
  readonly troubles: readonly Trouble[]
  readonly placed: readonly PlacedExpectation[]
  /** Producers by the topic they write. */
  readonly writers: ReadonlyMap<string, readonly string[]>
  /** Is this expected to hold, and a run without it no good? */
  hopesFor(id: SafetyId): boolean
}

/** The producers that write a topic. */
export function writersOf({ writers }: Grounds, topic: string): readonly string[] {
  return writers.get(topic) ?? []
}

/** `kill`, `kill and power-loss`. */
export function verbsIn(troubles: readonly Trouble[]): string {
  const verbs = [...new Set(troubles.map(({ verb }) => verb))]
  return verbs.length < 2 ? verbs.join('') : `${verbs.slice(0, -1).join(', ')} and ${verbs.at(-1)}`
}
