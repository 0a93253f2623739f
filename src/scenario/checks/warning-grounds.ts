// What all warnings look at.

import type { SafetyId } from '../language/expectation.ts'
import type { CheckContext } from './check-context.ts'
import type { PlacedExpectation } from './check-expectations.ts'
import type { Trouble } from './troubles.ts'

export interface Grounds {
  readonly context: CheckContext
  readonly troubles: readonly Trouble[]
  readonly placed: readonly PlacedExpectation[]
  /** Is this expected to hold, and a run without it no good? */
  hopesFor(id: SafetyId): boolean
}

/** Producers by the topic they write. */
export function writersOf({ context }: Grounds, topic: string): readonly string[] {
  return Object.entries(context.shape.producers ?? {}).flatMap(([name, producer]) =>
    producer.topic === topic ? [name] : [],
  )
}

/** `kill`, `kill and power-loss`. */
export function verbsIn(troubles: readonly Trouble[]): string {
  const verbs = [...new Set(troubles.map(({ verb }) => verb))]
  return verbs.length < 2 ? verbs.join('') : `${verbs.slice(0, -1).join(', ')} and ${verbs.at(-1)}`
}
