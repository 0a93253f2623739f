// What a cause is: the words, the rule, the lines of configuration that let it happen, and what would prevent it. A rule
// recognises one from what a run left behind; it never guesses.

import { type Origins, placeOf } from '../../origins.ts'
import type { Findings, FoundRecord } from '../../../history/checkers.ts'
import type { ReadFindings } from '../../../history/check-reads.ts'
import type { GroupHistory } from '../../../history/group-history.ts'
import type { RebalanceLoop } from '../../../history/rebalance-loops.ts'
import type { Redelivery } from '../../../history/redeliveries.ts'
import type { ResurrectedKey } from '../../../history/resurrected-keys.ts'
import type { History } from '../../../history/history.ts'
import type { Violation } from '../../../invariants/invariant.ts'
import { isAtLeast } from '../../../config/versions.ts'
import type { GroupSpec, ProducerSpec, Scenario, TopicSpec } from '../../model.ts'
import type { GroupEvidence } from '../judge-groups.ts'
import type { RunRecord } from '../run-record.ts'
import type { PartitionPasts } from './partition-past.ts'
import type { Retries } from './retries.ts'

/** A setting that mattered, where it is written, and as what. */
export interface Setting {
  /** As `--set` takes it. */
  readonly path: string
  readonly value: string
  /** `x.yaml:12`, `--set`, or undefined: the file does not say, and this is the default. */
  readonly place: string | undefined
}

export interface Cure {
  /** `acks=all: …`, as the words of a sentence. */
  readonly text: string
  /** Settings that keep this from happening in this very run; empty if it is nothing that can be set. */
  readonly set: readonly string[]
}

export interface Cause {
  /** Findings with the same key are told together. */
  readonly key: string
  /** Id of the rule that recognised it. */
  readonly rule: string
  readonly happened: string
  readonly because: readonly Setting[]
  /** Rules of Kafka: `R-35, RB-21`. */
  readonly cites: string
  readonly cures: readonly Cure[]
}

/** One thing that went wrong. */
export type Mishap =
  | { readonly kind: 'lost'; readonly record: FoundRecord }
  | { readonly kind: 'duplicated'; readonly record: FoundRecord; readonly firstOffset: number }
  | { readonly kind: 'reordered'; readonly record: FoundRecord; readonly after: number }
  | { readonly kind: 'violation'; readonly violation: Violation }
  | { readonly kind: 'unclean-election'; readonly partition: string; readonly atUs: number }
  /** Writers of a partition waited, longer than was allowed. */
  | {
      readonly kind: 'gap'
      readonly partition: string
      readonly fromUs: number
      readonly untilUs: number
      readonly allowedUs: number
    }
  /** A reader saw what is not so, or missed what is; or replicas do not agree. */
  | { readonly kind: 'read'; readonly what: string; readonly partition: string; readonly offset: number }
  /** A reader holds a key that was deleted. */
  | { readonly kind: 'resurrected'; readonly record: ResurrectedKey }
  /** A group was handed a record again. */
  | { readonly kind: 'redelivered'; readonly group: string; readonly record: Redelivery }
  /** A group rebalanced again and again for one reason. */
  | { readonly kind: 'rebalance-loop'; readonly loop: RebalanceLoop }
  /** It does not come to rest: what waits, if that is known. */
  | {
      readonly kind: 'stuck'
      readonly text: string
      readonly partition: string | undefined
      readonly process: string | undefined
      /** It is a group that waits. */
      readonly group?: string
    }
  /** A group that had read and committed everything later than it should have. */
  | { readonly kind: 'late'; readonly group: string; readonly fromUs: number; readonly untilUs: number }

export interface CauseRule {
  readonly id: string
  /** What it recognises, for people. */
  readonly says: string
  recognise(mishap: Mishap, run: FinishedRun): Cause | undefined
}

/** What a run left behind. */
export interface FinishedRun {
  readonly scenario: Scenario
  readonly history: History
  readonly groupHistory: GroupHistory
  /** By name. */
  readonly groups: ReadonlyMap<string, GroupEvidence>
  readonly lastHealUs: number
  readonly findings: Findings
  readonly reads: ReadFindings
  readonly record: RunRecord
  readonly pasts: PartitionPasts
  readonly retries: Retries
  /** Replicas that are not alive and in the ISR in the end, by partition. */
  readonly missingReplicas: ReadonlyMap<string, readonly number[]>
  readonly violations: readonly Violation[]
  /** `t-0: brokers 1 and 2 differ at offset 0`. */
  readonly disagreements: readonly string[]
  /** What the scenario switched on purpose, `maximalIsr: false`. */
  readonly onPurpose: readonly string[]
  /** All that lies in a log twice was written again under a raised epoch (KU-7). */
  readonly raisedEpochs: boolean
}

/** Of the cluster: its config, its features, its switches. */
export function clusterSetting({ origins }: Scenario, path: string, value: unknown): Setting {
  return settingAt(origins, [path], value)
}

/** Of a topic, or of the cluster's default for it (`clusterKey`, if that has another name). */
export function topicSetting(
  { origins }: Scenario,
  topic: TopicSpec,
  key: keyof TopicSpec['config'],
  clusterKey: string = key,
): Setting {
  return settingAt(origins, [`topics.${topic.name}.config.${key}`, `cluster.config.${clusterKey}`], topic.config[key])
}

export function producerSetting(
  { origins }: Scenario,
  producer: ProducerSpec,
  key: keyof ProducerSpec['config'],
): Setting {
  const value = producer.config[key]
  const shown = key === 'acks' && value === -1 ? 'all' : value
  return settingAt(origins, [`producers.${producer.name}.config.${key}`], shown)
}

/** Files of a release before cannot set it. */
export function elrCure({ kafka }: Scenario, does: string): Cure {
  const text = `eligible leader replicas (KIP-966): ${does}`
  return isAtLeast(kafka, '4.0')
    ? { text, set: ['cluster.features.eligible.leader.replicas.version=1'] }
    : { text: `Kafka 4.0 with ${text}`, set: [] }
}

export function groupSetting({ origins }: Scenario, group: GroupSpec, key: keyof GroupSpec['config']): Setting {
  return settingAt(origins, [`consumers.${group.name}.config.${key}`], group.config[key])
}

export function topicOf({ topics }: Scenario, partition: string): TopicSpec | undefined {
  const name = partition.slice(0, partition.lastIndexOf('-'))
  return topics.find((topic) => topic.name === name)
}

/** `client` is an instance: `web[0]`. */
export function producerOf({ producers }: Scenario, client: string): ProducerSpec | undefined {
  return producers.find(({ name }) => client.startsWith(`${name}[`))
}

/** The first of the paths that the file has, or the first of all, by default. */
function settingAt(origins: Origins, paths: readonly string[], value: unknown): Setting {
  for (const path of paths) {
    const origin = origins.at(path)
    if (origin !== undefined) return { path, value: shownValue(value), place: placeOf(origin) }
  }
  return { path: paths[0] ?? '', value: shownValue(value), place: undefined }
}

/** Kafka's largest number is no number of JavaScript: it is said as people type it. */
function shownValue(value: unknown): string {
  return value === 2 ** 63 ? '9223372036854775807' : String(value)
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** `17.106s`, as the timeline has it. */
export function at(us: number): string {
  return `${(us / 1_000_000).toFixed(3)}s`
}

/** `broker 1`, `brokers 1 and 3`. */
export function brokersText(ids: readonly number[]): string {
  const sorted = ids.toSorted((a, b) => a - b)
  const last = sorted.at(-1)
  if (last === undefined) return 'no broker'
  return sorted.length === 1 ? `broker ${last}` : `brokers ${sorted.slice(0, -1).join(', ')} and ${last}`
}
