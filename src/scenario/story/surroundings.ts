// What went on around a record: elections and ISR changes of its partition, and faults. An account gets those that fall
// into its time, and the faults that were in force when it began.

import type { TraceBus } from '../../../sim/index.ts'
import type { KafkaEvent, PartitionChanged } from '../../trace/kafka-event.ts'
import type { AccountBuilder } from './account-builder.ts'
import type { ElectionStep, FaultStep, HealStep, IsrStep, StoryStep } from './record-story.ts'

interface SeenFault {
  readonly step: FaultStep
  /** Infinity while in force; the time it was applied, if it is over at once. */
  untilMs: number
}

/** These are done when they are done. */
const MOMENTARY: ReadonlySet<string> = new Set([
  'clock-jump',
  'start',
  'elect',
  'add-partitions',
  'delete-records',
  'alter-offsets',
  'scale',
])

export class Surroundings {
  private readonly accounts: readonly AccountBuilder[]
  /** By account, what all partitions went through: where a record goes is known late. */
  private readonly changes = new Map<AccountBuilder, (ElectionStep | IsrStep)[]>()
  private readonly faults = new Map<string, SeenFault[]>()
  private readonly heals: HealStep[] = []
  private readonly last = new Map<string, PartitionChanged>()

  constructor(trace: TraceBus<KafkaEvent>, accounts: readonly AccountBuilder[]) {
    this.accounts = accounts
    for (const account of accounts) this.changes.set(account, [])
    trace.subscribe(['partition-changed', 'fault-applied', 'fault-healed'], (event, { atUs }) => {
      const atMs = atUs / 1000
      if (event.type === 'partition-changed') this.changed(event, atMs)
      else if (event.type === 'fault-applied') {
        const { fault, verb, targets, detail } = event
        const step: FaultStep = { kind: 'fault', atMs, who: targets.join(', '), verb, targets, detail }
        const seen = this.faults.get(fault) ?? []
        seen.push({ step, untilMs: MOMENTARY.has(verb) ? atMs : Infinity })
        this.faults.set(fault, seen)
      } else if (event.type === 'fault-healed') {
        for (const seen of this.faults.get(event.fault) ?? []) seen.untilMs = Math.min(seen.untilMs, atMs)
        this.heals.push({ kind: 'heal', atMs, who: event.targets.join(', '), verb: event.verb })
      }
    })
  }

  /** `[fromMs, toMs]` is the time of the account. */
  around(account: AccountBuilder, fromMs: number, toMs: number): StoryStep[] {
    const within = ({ atMs }: StoryStep): boolean => fromMs <= atMs && atMs <= toMs
    const faults = this.allFaults().filter(
      ({ step, untilMs }) => within(step) || (step.atMs < fromMs && untilMs > fromMs),
    )
    const changes = this.changesOf(account).filter(within)
    return [...faults.map(({ step }) => step), ...this.heals.filter(within), ...changes]
  }

  /** The election that put somebody without the record in office, first of all after it was written in `epoch`. */
  electionWithout(account: AccountBuilder, epoch: number): ElectionStep | null {
    for (const step of this.changesOf(account)) {
      if (step.kind === 'election' && step.leaderEpoch > epoch && step.to >= 0 && step.leaderHasIt === false)
        return step
    }
    return null
  }

  /** The last fault before this time that hit this process. */
  faultOn(process: string, beforeMs: number): FaultStep | null {
    const steps = this.allFaults().map(({ step }) => step)
    return steps.findLast(({ atMs, targets }) => atMs <= beforeMs && targets.includes(process)) ?? null
  }

  private changesOf(account: AccountBuilder): (ElectionStep | IsrStep)[] {
    return (this.changes.get(account) ?? []).filter(({ who }) => account.isAbout(who))
  }

  private allFaults(): SeenFault[] {
    return [...this.faults.values()].flat().toSorted((a, b) => a.step.atMs - b.step.atMs)
  }

  private changed(event: PartitionChanged, atMs: number): void {
    const { partition, leader, leaderEpoch, isr, reason } = event
    const before = this.last.get(partition)
    this.last.set(partition, event)
    if (before === undefined || before.partitionEpoch === event.partitionEpoch) return
    for (const account of this.accounts) {
      const steps = this.changes.get(account) ?? []
      if (leader !== before.leader) {
        const unclean = leader >= 0 && !before.isr.includes(leader) && !before.elr.includes(leader)
        const places = account.places.filter((place) => place.partition === partition)
        const leaderHasIt = places.length === 0 ? null : places.some((place) => place.copies.has(leader))
        const whose = { from: before.leader, to: leader, leaderEpoch, isr, reason, unclean, leaderHasIt }
        steps.push({ kind: 'election', atMs, who: partition, ...whose })
      } else if (isr.length !== before.isr.length || !isr.every((member) => before.isr.includes(member))) {
        steps.push({ kind: 'isr', atMs, who: partition, from: before.isr, to: isr, reason })
      }
    }
  }
}
