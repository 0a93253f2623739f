// A scenario as it is run: every reference checked, every chance drawn, every config resolved, durations in µs. What a
// file may leave to chance is drawn before (`resolveDraws`), so nothing here is a range but what is drawn per message.

import type { DiskSettings, Quantiles } from '../../sim/index.ts'
import type { BuggifyPlan } from '../buggify/buggify.ts'
import type { ClientLibrary } from '../client/partitioners/make-partitioner.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { TopicConfig } from '../config/topic-config.ts'
import type { KafkaVersion } from '../config/versions.ts'
import type { Features } from '../switches/features.ts'
import type { Switches } from '../switches/switches.ts'
import type { Keys } from '../workload/key-chooser.ts'
import type { LoadShape } from '../workload/load-shape.ts'
import type {
  CommitMode,
  HandlerFailure,
  PoisonPolicy,
  SlowRecords,
  StartingPoint,
  Workers,
} from '../workload/member-options.ts'
import type { DataFile } from './data/data-directory.ts'
import type { Expectation } from './language/expectation.ts'
import type { FaultSpec } from './faults/fault-model.ts'
import type { Drawn } from './drawn-settings.ts'
import type { Origins } from './origins.ts'
import type { PlainMapping } from './text/to-yaml.ts'

export interface Scenario {
  /** The file's `name:`, else the file's own name without directory and ending. */
  readonly name: string
  /** '' if there is none. */
  readonly description: string
  /** Of the controller and of clients, and of brokers that have none of their own. */
  readonly kafka: KafkaVersion
  readonly features: Features
  /** What the file sets. */
  readonly switches: Partial<Switches>
  /** The buggify points that are on in this run. */
  readonly buggify: BuggifyPlan
  /** The seed written in the file; undefined leaves it to the command line. */
  readonly seed: number | undefined
  /** Producers stop and faults heal (but those that say `forever`). */
  readonly durationUs: number
  /** How long the cluster may take to come to rest after that. */
  readonly settleUs: number
  /** In order of their ids. */
  readonly brokers: readonly BrokerSpec[]
  /** Of the one dedicated controller: `cluster.config`. */
  readonly controller: { readonly config: BrokerConfig; readonly switches: Switches }
  readonly topics: readonly TopicSpec[]
  readonly producers: readonly ProducerSpec[]
  readonly consumers: readonly ConsumerSpec[]
  readonly groups: readonly GroupSpec[]
  readonly monitors: readonly MonitorSpec[]
  readonly network: NetworkSpec
  /** What the file sets; the rest is the simulation's default. */
  readonly disk: Partial<DiskSettings>
  /** As in the file. */
  readonly faults: readonly FaultSpec[]
  /** Those of them that a nemesis chose, as a file would have them. */
  readonly chosenFaults: readonly PlainMapping[]
  readonly expectations: readonly Expectation[]
  readonly allowed: readonly Allowance[]
  /** Producer ids below this are in data that brokers begin with. */
  readonly firstProducerId?: number
  /** Configs the file sets that change nothing here, e.g. `topics.orders.config.segment.ms (segments are …)`. */
  readonly withoutEffect: readonly string[]
  /** What was left to chance, and what came of it. */
  readonly drawn: readonly Drawn[]
  /** Where the file says what. */
  readonly origins: Origins
}

export interface BrokerSpec {
  readonly id: number
  readonly rack: string | null
  readonly kafka: KafkaVersion
  readonly switches: Switches
  readonly config: BrokerConfig
  /** Files that are in its log directory when it starts for the first time. */
  readonly data?: readonly DataFile[] | undefined
}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Broker ids by partition, the preferred leader first; undefined lets the controller place them. */
  readonly replicas: readonly (readonly number[])[] | undefined
  /** What the topic itself sets, as CreateTopics takes it. */
  readonly overrides: { readonly [key: string]: string }
  /** With the brokers' defaults (`cluster.config`). */
  readonly config: TopicConfig
}

export interface ProducerSpec {
  readonly name: string
  /** What its client is written with. */
  readonly library: ClientLibrary
  readonly topic: string
  /** Instances `name[0]`, `name[1]` …, each with the whole load. */
  readonly count: number
  readonly load: LoadShape
  /** It starts then, or once the topics exist. */
  readonly startUs: number
  /** Records of each instance in all; undefined: until the duration is over. */
  readonly total: number | undefined
  readonly keys: Keys
  /** Share of records with a key that have no value. */
  readonly tombstones: number
  /** Drawn for each record from a table. */
  readonly valueSizeBytes: number | Quantiles
  readonly config: ProducerConfig
}

export interface ConsumerSpec {
  /** One instance, `name[0]`, in no group. */
  readonly name: string
  readonly assignment: ReadonlyMap<string, readonly number[] | 'all'>
  /** It starts then, or once the topics exist. */
  readonly startUs: number
  readonly config: ConsumerConfig
}

/** A consumer group. */
export interface GroupSpec {
  readonly name: string
  /** What its clients are written with. */
  readonly library: ClientLibrary
  readonly topics: readonly string[]
  /** Instances `name[0]`, `name[1]` … */
  readonly members: number
  /** They start then, or once the topics exist. */
  readonly startUs: number
  /** How long the application works on a record; drawn for each from a table. */
  readonly processUs: number | Quantiles
  readonly slow: SlowRecords | undefined
  readonly commit: CommitMode
  /** What it seeks when it is given a partition. */
  readonly from: StartingPoint | undefined
  readonly failure: HandlerFailure | undefined
  readonly poison: PoisonPolicy
  readonly workers: Workers | undefined
  /** A process that ends unasked is started again so much later; undefined: it stays down. */
  readonly restartUs: number | undefined
  /** `{index}` in its `group.instance.id` stands for the member's number. */
  readonly config: ConsumerConfig
}

/** Asks again and again how far a topic may be read. */
export interface MonitorSpec {
  readonly name: string
  readonly topic: string
  readonly everyMs: number
  readonly config: ConsumerConfig
}

/** What a kind of link is like; what is undefined is the simulation's default. */
export interface LinkSpec {
  /** One way, µs, drawn for each message. */
  readonly latencyUs: Quantiles | undefined
  readonly bytesPerMs: number | undefined
}

/** The most special kind that is given applies: client, replication or controller, then racks, then default. */
export interface NetworkSpec {
  readonly default: LinkSpec | undefined
  /** Between machines of different racks. */
  readonly racks: LinkSpec | undefined
  /** Between clients and brokers, both ways. */
  readonly client: LinkSpec | undefined
  /** Among brokers. */
  readonly replication: LinkSpec | undefined
  /** Between brokers and the controller, both ways. */
  readonly controller: LinkSpec | undefined
}

/** An anomaly that may happen without failing the run. */
export interface Allowance {
  /** `stuck`, or the id of a safety expectation. */
  readonly what: string
  /** '' if the file gives no reason. */
  readonly because: string
}
