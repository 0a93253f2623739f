// What a finished run says: the verdict and everything a report may show. Data only; reports render it. The part that
// goes out as JSON is a contract (`verdict`); the rest is for people.

import type { LoggedEvent } from '../../sim/index.ts'
import type { ClientSummaries } from '../history/client-summaries.ts'
import type { GroupSummary } from '../history/group-summaries.ts'
import type { Cause } from './judge/causes/cause.ts'
import type { RunSetup } from './run-setup.ts'
import type { BuggifyCounts } from '../buggify/buggify.ts'
import type { MarkCounts } from '../marks/mark-counter.ts'
import type { PlainMapping } from './text/to-yaml.ts'
import type { Violation } from '../invariants/invariant.ts'

/** `find`: everything that was to be found was found, and nothing else went wrong. */
export type RunOutcome = 'pass' | 'fail' | 'find' | 'stuck' | 'vacuous'

export interface ExpectationResult {
  /** As written in the file, e.g. `finds: no-acked-loss`. */
  readonly text: string
  readonly met: boolean
  readonly message: string
}

/** An expectation's result, and what the outcome of the whole run needs to know of it. */
export interface Judged extends ExpectationResult {
  readonly vacuous: boolean
  /** Whether it holds cannot be said. */
  readonly unknown: boolean
  /** It is about progress: a cluster that stands still explains why it is not met. */
  readonly liveness: boolean
  /** Kafka's own defect that explains why it does not hold; null: none is known. */
  readonly upstream: string | null
}

export interface HistorySummary {
  readonly produced: number
  readonly acked: number
  readonly failed: number
  readonly unknown: number
  readonly delivered: number
  readonly lost: number
  readonly duplicated: number
  readonly reordered: number
}

export interface PartitionSummary {
  readonly topic: string
  readonly partition: number
  /** −1 without a leader. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  /** Of the leader; −1 without one. */
  readonly highWatermark: number
  readonly logEndOffset: number
}

/** The contract of `--json`, keys in this order; the command line adds `wallMs`. Times in ms with three decimals. */
export interface Verdict {
  readonly scenario: string
  readonly seed: number
  readonly kafka: string
  readonly outcome: RunOutcome
  readonly passed: boolean
  readonly violations: readonly {
    readonly invariant: string
    readonly rule: string
    readonly excused: string | null
    readonly atMs: number
    readonly subject: string
    readonly message: string
    readonly events: readonly [number, number]
  }[]
  readonly expectations: readonly ExpectationResult[]
  readonly notFired: readonly string[]
  readonly history: HistorySummary
  readonly cluster: { readonly partitions: readonly PartitionSummary[] }
  readonly events: number
  readonly simulatedMs: number
  readonly traceHash: string
  readonly reproduce: string
}

/** One line of the timeline: something that matters to the story. */
export interface TimelineEntry {
  readonly atUs: number
  readonly kind: 'fault' | 'heal' | 'process' | 'election' | 'isr' | 'truncation' | 'broker' | 'violation' | 'note'
  /** Who: `broker-2`, `orders-0`, `controller`. */
  readonly subject: string
  readonly text: string
  /** It happened to several partitions for one cause. */
  readonly shared?: SharedChange
  /** It cost acknowledged records, broke a promise that nothing excuses, or went round and round: never left out. */
  readonly grave?: true
}

/** What entries about several partitions have in common, and what differs: one line says it of all of them. */
export interface SharedChange {
  /** Entries with the same one that follow each other closely are one happening. */
  readonly cause: string
  /** What happened, for all of them, with `…` in place of what differs. */
  readonly text: string
  /** What stands in place of `…`; '' if nothing does. */
  readonly differs: string
}

/** One replica's log around the place where something went wrong: for logs side by side. */
export interface ReplicaLogView {
  readonly broker: number
  readonly state: 'leader' | 'follower' | 'none' | 'dead'
  readonly leaderEpoch: number
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
  readonly batches: readonly { readonly firstOffset: number; readonly lastOffset: number; readonly epoch: number }[]
}

/** Everything there is to say about one violation or one met `finds:`. */
export interface Explanation {
  readonly title: string
  readonly subject: string
  /** Why it happened, one step a line, first cause first. */
  readonly chain: readonly LoggedEvent[]
  /** The last things that happened to the subject before. */
  readonly lastEvents: readonly TimelineEntry[]
  readonly logs: readonly ReplicaLogView[]
}

/** What went wrong for one cause, in plain words. */
export interface Paragraph {
  /** What showed it: expectations and invariants by name. */
  readonly shownBy: readonly string[]
  /** `found`: it was sought; `excused`: shown, and fails nothing. */
  readonly weight: 'failed' | 'found' | 'excused'
  readonly promised: string
  /** What came of that, in figures. */
  readonly broken: string
  /** What is known, of whatever cause. */
  readonly facts: readonly string[]
  /** Undefined: no rule recognises it, and there is no guess. */
  readonly cause: Cause | undefined
}

export interface RunResult {
  readonly verdict: Verdict
  /** What a nemesis chose, as literal faults of a file. */
  readonly chosenFaults: readonly PlainMapping[]
  readonly description: string
  readonly setup: RunSetup
  readonly timeline: readonly TimelineEntry[]
  readonly violations: readonly Violation[]
  /** The verdict's expectations, with why one is not met. */
  readonly judged: readonly Judged[]
  /** Of what was to be judged beside them. */
  readonly alsoJudged?: readonly Judged[]
  readonly explanations: readonly Explanation[]
  /** Of everything that went wrong, by cause; the gravest first. */
  readonly paragraphs: readonly Paragraph[]
  /** What is waiting for what, when the run is stuck. */
  readonly stuckOn: readonly string[]
  /** Configs that were accepted and have no effect here. */
  readonly withoutEffect: readonly string[]
  /** How often each sometimes-mark was hit, all of them, in the order of their list. */
  readonly marks: MarkCounts
  /** How often each buggify point that was on was passed, and fired. */
  readonly buggify: BuggifyCounts
  /** What each producer and consumer lived through. */
  readonly clients: ClientSummaries
  /** What each consumer group did. */
  readonly groups: readonly GroupSummary[]
  /** Longest stretch without an acknowledgement, by topic, while producers were sending. */
  readonly writeGaps: readonly {
    readonly topic: string
    readonly partition: string
    readonly gapMs: number
    readonly endedAtMs: number
  }[]
}
