// The table of causes: the first rule that recognises a mishap explains it. What none recognises is told without a cause.

import type { Cause, CauseRule, FinishedRun, Mishap } from './cause.ts'
import { COMPACTION_RULES } from './compaction-rules.ts'
import { DEFECT_RULES, partitionOf } from './defect-rules.ts'
import { DISK_RULES } from './disk-rules.ts'
import { ELECTION_RULES } from './election-rules.ts'
import { GAP_RULES } from './gap-rules.ts'
import { GROUP_RULES } from './group-rules.ts'
import { GROUP_STUCK_RULES } from './group-stuck-rules.ts'
import { LOOP_RULES } from './loop-rules.ts'
import { LOSS_RULES } from './loss-rules.ts'
import { ORDER_RULES } from './order-rules.ts'
import { STUCK_RULES } from './stuck-rules.ts'

/** From those that know most to those that know least. */
export const CAUSE_RULES: readonly CauseRule[] = [
  ...DISK_RULES,
  ...LOSS_RULES,
  ...ELECTION_RULES,
  ...ORDER_RULES,
  ...COMPACTION_RULES,
  ...GROUP_RULES,
  ...LOOP_RULES,
  ...GROUP_STUCK_RULES,
  ...GAP_RULES,
  ...STUCK_RULES,
  ...DEFECT_RULES,
]

/** Switches that change what readers see, whatever became of the log. */
const READER_SWITCHES = ['consumerValidatesPosition', 'preferIsrOnly', 'listOffsetsGate']

export class Causes {
  private readonly run: FinishedRun
  /** Of lost records, by partition: what readers and invariants saw there follows from them. */
  private readonly lost = new Map<string, Cause>()

  constructor(run: FinishedRun) {
    this.run = run
  }

  /** Undefined: no rule recognises it. */
  of(mishap: Mishap): Cause | undefined {
    const partition = partitionOf(mishap)
    if (partition !== undefined && this.followsFromLoss(mishap)) {
      const lost = this.lost.get(partition)
      if (lost !== undefined) return lost
    }
    const cause = this.recognise(mishap)
    if (mishap.kind === 'lost' && cause !== undefined && !this.lost.has(mishap.record.partition)) {
      this.lost.set(mishap.record.partition, cause)
    }
    return cause
  }

  private recognise(mishap: Mishap): Cause | undefined {
    for (const rule of CAUSE_RULES) {
      const cause = rule.recognise(mishap, this.run)
      if (cause !== undefined) return cause
    }
    return undefined
  }

  /** What readers saw in a partition that lost records, and what its invariants say of the same broken assumption. */
  private followsFromLoss(mishap: Mishap): boolean {
    const { onPurpose } = this.run
    if (mishap.kind === 'read' && mishap.what === 'logs-agree-below-hw') return false
    if (mishap.kind === 'read') return !onPurpose.some((text) => READER_SWITCHES.some((name) => text.startsWith(name)))
    return mishap.kind === 'violation' && /^C[125]:/.test(mishap.violation.excused ?? '')
  }
}
