// All that a fault hits, as written: its targets, wherever its verb has them.

import { FAULT_VERBS, type FaultShape, type FaultVerb } from '../faults/fault-schema.ts'
import type { Target } from '../faults/target.ts'
import type { SourcePath } from '../text/source-tree.ts'

/** `at` is the verb that they belong to. */
export function* targetsIn(fault: FaultShape, path: SourcePath): Generator<{ target: Target; at: SourcePath }> {
  for (const verb of FAULT_VERBS) {
    const value = fault[verb]
    if (value === undefined) continue
    for (const group of groupsIn(value)) {
      for (const target of group === undefined || group === 'others' ? [] : group) yield { target, at: [...path, verb] }
    }
  }
}

type Group = readonly Target[] | 'others' | undefined

function groupsIn(value: NonNullable<FaultShape[FaultVerb]>): Group[] {
  if ('length' in value) return value.flatMap((item): Group[] => ('from' in item ? [item.from, item.to] : [[item]]))
  if ('type' in value || 'topic' in value || 'partitions' in value || 'group' in value) return []
  const { on, from, to }: { on?: Group; from?: Group; to?: Group } = value
  return [on, from, to]
}
