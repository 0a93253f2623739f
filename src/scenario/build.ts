// From a file that was found good to the scenario of one run: draws what is left to chance and resolves configs,
// switches and defaults. Cannot fail: everything that could was checked for every value that may be drawn.

import { assert, type DiskSettings, type Quantiles } from '../../sim/index.ts'
import { libraryDefaults } from '../client/library-defaults.ts'
import { drawPlan } from '../buggify/buggify.ts'
import { type ConfigOverrides, resolveConfig, resolveTopicConfig } from '../config/resolve-config.ts'
import { settingsWithoutEffect } from '../config/check-config.ts'
import type { ConfigScope } from '../config/key-definition.ts'
import { DEFAULT_KAFKA_VERSION, isKafkaVersion, type KafkaVersion, oldest } from '../config/versions.ts'
import { type Features, resolveFeatures } from '../switches/features.ts'
import { resolveSwitches, type Switches } from '../switches/switches.ts'
import type { ConfigDraws } from './language/config-literals.ts'
import { type Draw, type DrawNow, drawValue, type StreamOf } from './text/draw.ts'
import type { Expectation } from './language/expectation.ts'
import type { Drawn } from './drawn-settings.ts'
import type { MatrixRow } from './language/matrix.ts'
import type { Origins } from './origins.ts'
import { buildFaults, faultIds } from './faults/build-faults.ts'
import type { BrokerData } from './data/check-data.ts'
import { buildGroup } from './build-group.ts'
import { buildProducer } from './build-producer.ts'
import { faultSchema } from './faults/fault-schema.ts'
import { chooseFaults } from './nemesis/nemesis.ts'
import type {
  Allowance,
  BrokerSpec,
  ConsumerSpec,
  GroupSpec,
  LinkSpec,
  MonitorSpec,
  NetworkSpec,
  ProducerSpec,
  Scenario,
  TopicSpec,
} from './model.ts'
import type { ScenarioShape } from './language/schema.ts'
import type { PlainMapping } from './text/to-yaml.ts'

/** A file that was found good. What may be read off it before anything is drawn stands beside its shape. */
export interface LoadedScenario {
  readonly name: string
  readonly description: string
  /** Undefined: not in the file. */
  readonly seed: number | undefined
  readonly shape: ScenarioShape
  /** The file as it was read, overrides and the settings of the row in place, without the matrix. */
  readonly plain: PlainMapping
  /** Undefined without a matrix. */
  readonly row: MatrixRow | undefined
  /** Where the file says what. */
  readonly origins: Origins
  readonly expectations: readonly Expectation[]
  readonly allowed: readonly Allowance[]
  /** What brokers begin with. */
  readonly data: BrokerData
}

const DEFAULT_SETTLE_US = 60_000_000
const DEFAULT_MONITOR_US = 200_000

/** The scenario of one run. `streamOf` opens streams of chance named `draw/<path>`, one for each setting to be drawn. */
export function resolveDraws(loaded: LoadedScenario, streamOf: StreamOf): Scenario {
  const { shape } = loaded
  const drawn: Drawn[] = []
  const draw: DrawNow = (value, path) => {
    const chosen = drawValue(value, path, streamOf)
    if (value.kind !== 'fixed') drawn.push({ draw: value, path, value: chosen })
    return chosen
  }
  const kafka = drawVersion(shape.kafka, 'kafka', draw) ?? DEFAULT_KAFKA_VERSION
  const builder = new Builder(kafka, shape, draw, loaded.data)
  const brokers = builder.brokers()
  const topics = builder.topics()
  const producers = builder.producers()
  const consumers = builder.consumers()
  const groups = builder.groups()
  const durationUs = draw(shape.duration, 'duration')
  const around = { brokers, topics, producers: producers.map(({ name }) => name), groups, durationUs }
  const takenIds = faultIds(shape.faults ?? [])
  const chosenFaults = shape.nemesis === undefined ? [] : chooseFaults(shape.nemesis, { ...around, takenIds }, streamOf)
  return {
    name: loaded.name,
    description: loaded.description,
    kafka,
    features: builder.features,
    switches: builder.setSwitches,
    buggify: drawPlan(shape.buggify ?? false, (name) => streamOf(`draw/${name}`)),
    seed: loaded.seed,
    durationUs,
    settleUs: shape.settle === undefined ? DEFAULT_SETTLE_US : draw(shape.settle, 'settle'),
    brokers,
    controller: { config: builder.clusterConfig(kafka), switches: builder.switches(kafka) },
    topics,
    producers,
    consumers,
    groups,
    monitors: builder.monitors(),
    network: builder.network(),
    disk: builder.disk(),
    faults: buildFaults(
      [...(shape.faults ?? []), ...chosenFaults.map((fault) => faultSchema.parse(fault))],
      kafka,
      draw,
    ),
    chosenFaults,
    expectations: loaded.expectations,
    allowed: loaded.allowed,
    firstProducerId: loaded.data.nextProducerId,
    withoutEffect: builder.withoutEffect,
    drawn,
    origins: loaded.origins,
  }
}

class Builder {
  readonly withoutEffect: string[] = []
  readonly features: Features
  readonly setSwitches: Partial<Switches>
  private readonly kafka: KafkaVersion
  private readonly shape: ScenarioShape
  private readonly draw: DrawNow
  private readonly data: BrokerData
  private readonly clusterOverrides: ConfigOverrides
  /** Of brokers that have one of their own, by id. */
  private readonly ownVersions: ReadonlyMap<number, KafkaVersion>

  constructor(kafka: KafkaVersion, shape: ScenarioShape, draw: DrawNow, data: BrokerData) {
    this.data = data
    this.kafka = kafka
    this.shape = shape
    this.draw = draw
    this.setSwitches = shape.switches ?? {}
    this.clusterOverrides = this.overrides('broker', shape.cluster.config, 'cluster.config')
    const { brokers, features = {} } = shape.cluster
    const listed = 'kind' in brokers ? [] : brokers
    this.ownVersions = new Map(
      listed.flatMap(({ id, kafka: own }) => {
        const version = drawVersion(own, `cluster.brokers.${id}.kafka`, draw)
        return version === undefined ? [] : [[id, version]]
      }),
    )
    const set: { -readonly [Name in keyof Features]?: Features[Name] } = {}
    const { 'metadata.version': metadataVersion, 'eligible.leader.replicas.version': elr } = features
    if (metadataVersion !== undefined)
      set['metadata.version'] = draw(metadataVersion, 'cluster.features.metadata.version')
    if (elr !== undefined) {
      set['eligible.leader.replicas.version'] = draw(elr, 'cluster.features.eligible.leader.replicas.version')
    }
    this.features = resolveFeatures(oldest([kafka, ...this.ownVersions.values()]), set)
  }

  clusterConfig(kafka = this.kafka): BrokerSpec['config'] {
    return resolveConfig('broker', kafka, this.clusterOverrides)
  }

  switches(kafka: KafkaVersion): Switches {
    return resolveSwitches(kafka, this.setSwitches, this.features)
  }

  brokers(): BrokerSpec[] {
    const { brokers, racks = [] } = this.shape.cluster
    const rackOf = (index: number): string | null => racks[index % racks.length] ?? null
    if ('kind' in brokers) {
      const same = { kafka: this.kafka, switches: this.switches(this.kafka), config: this.clusterConfig() }
      const count = this.draw(brokers, 'cluster.brokers')
      return Array.from({ length: count }, (_, i) => ({ id: i + 1, rack: rackOf(i), ...same }))
    }
    const inOrder = brokers.toSorted((a, b) => a.id - b.id)
    return inOrder.map(({ id, rack, config }, i) => {
      const own = this.overrides('broker', config, `cluster.brokers.${id}.config`)
      const kafka = this.ownVersions.get(id) ?? this.kafka
      const resolved = resolveConfig('broker', kafka, { ...this.clusterOverrides, ...own })
      return {
        id,
        rack: rack ?? rackOf(i),
        kafka,
        switches: this.switches(kafka),
        config: resolved,
        data: this.data.files.get(id),
      }
    })
  }

  topics(): TopicSpec[] {
    const cluster = this.clusterConfig()
    return Object.entries(this.shape.topics).map(([name, topic]) => {
      const path = `topics.${name}`
      const { partitions, 'replication.factor': factor, replicas } = topic
      const overrides = this.overrides('topic', topic.config, `${path}.config`)
      const count = partitions === undefined ? undefined : this.draw(partitions, `${path}.partitions`)
      const copies = factor === undefined ? undefined : this.draw(factor, `${path}.replication.factor`)
      return {
        name,
        partitions: replicas?.length ?? count ?? cluster['num.partitions'],
        replicationFactor: replicas?.[0]?.length ?? copies ?? cluster['default.replication.factor'],
        replicas,
        overrides: Object.fromEntries(Object.entries(overrides).map(([key, value]) => [key, String(value)])),
        config: resolveTopicConfig(this.kafka, cluster, overrides),
      }
    })
  }

  producers(): ProducerSpec[] {
    return Object.entries(this.shape.producers ?? {}).map(([name, producer]) => {
      const overrides = this.overrides('producer', producer.config, `producers.${name}.config`)
      const defaults = libraryDefaults('producer', producer.client ?? 'java')
      const config = resolveConfig('producer', this.kafka, { ...defaults, ...overrides })
      return buildProducer(name, producer, this.draw, config)
    })
  }

  /** Those without a group. */
  consumers(): ConsumerSpec[] {
    const entries = Object.entries(this.shape.consumers ?? {}).filter(([, { members }]) => members === undefined)
    return entries.map(([name, { topic, topics, partitions, start, config }]) => {
      const read = topics ?? (topic === undefined ? [] : [topic])
      const assigned = partitions === undefined || typeof partitions === 'string' ? 'all' : partitions
      return {
        name,
        startUs: start === undefined ? 0 : this.draw(start, `consumers.${name}.start`),
        assignment: new Map(read.map((each) => [each, assigned] as const)),
        config: resolveConfig('consumer', this.kafka, this.overrides('consumer', config, `consumers.${name}.config`)),
      }
    })
  }

  groups(): GroupSpec[] {
    return Object.entries(this.shape.consumers ?? {}).flatMap(([name, group]) => {
      const path = `consumers.${name}`
      if (group.members === undefined) return []
      const overrides = this.overrides('consumer', group.config, `${path}.config`)
      const defaults = libraryDefaults('consumer', group.client ?? 'java')
      const config = resolveConfig('consumer', this.kafka, { ...defaults, ...overrides })
      return [buildGroup(name, group, this.draw, config, resolveConfig('producer', this.kafka, {}))]
    })
  }

  monitors(): MonitorSpec[] {
    return Object.entries(this.shape.monitors ?? {}).map(([name, { topic, every, config }]) => {
      const everyUs = every === undefined ? DEFAULT_MONITOR_US : this.draw(every, `monitors.${name}.every`)
      const overrides = this.overrides('consumer', config, `monitors.${name}.config`)
      const resolved = resolveConfig('consumer', this.kafka, overrides)
      return { name, topic, everyMs: Math.max(1, Math.round(everyUs / 1000)), config: resolved }
    })
  }

  network(): NetworkSpec {
    const link = (kind: keyof NetworkSpec): LinkSpec | undefined => {
      const written = this.shape.network?.[kind]
      if (written === undefined) return undefined
      const { latency, bandwidth } = written
      const bytesPerMs = bandwidth === undefined ? undefined : this.draw(bandwidth, `network.${kind}.bandwidth`)
      return { latencyUs: latency, bytesPerMs }
    }
    return {
      default: link('default'),
      racks: link('racks'),
      client: link('client'),
      replication: link('replication'),
      controller: link('controller'),
    }
  }

  disk(): Partial<DiskSettings> {
    const disk = this.shape.disk ?? {}
    const bytesPerUs = (key: 'write-bandwidth' | 'read-bandwidth'): number | undefined => {
      const bandwidth = disk[key]
      return bandwidth === undefined ? undefined : this.draw(bandwidth, `disk.${key}`) / 1000
    }
    return present({
      syncLatencyUs: disk['sync-latency'],
      coldReadLatencyUs: disk['read-latency'],
      writeBytesPerUs: bytesPerUs('write-bandwidth'),
      coldReadBytesPerUs: bytesPerUs('read-bandwidth'),
      writebackAgeUs: disk.flush,
      tearProbability: disk['torn-write'],
      zeroedTailProbability: disk['zeroed-tail'],
    })
  }

  private overrides(scope: ConfigScope, config: ConfigDraws | undefined, path: string): ConfigOverrides {
    const drawn: { [key: string]: unknown } = {}
    for (const [key, value] of Object.entries(config ?? {})) {
      if (value !== undefined) drawn[key] = this.draw(value, `${path}.${key}`)
    }
    for (const { key, why } of settingsWithoutEffect(scope, this.kafka, drawn))
      this.withoutEffect.push(`${path}.${key}: ${why}`)
    return drawn
  }
}

function drawVersion(version: Draw<string> | undefined, path: string, draw: DrawNow): KafkaVersion | undefined {
  if (version === undefined) return undefined
  const kafka = draw(version, path)
  assert(isKafkaVersion(kafka), `Kafka ${kafka} got through the checks`)
  return kafka
}

type Settings = { readonly [Key in keyof DiskSettings]: number | Quantiles | undefined }

/** Without what is undefined. */
function present(settings: Partial<Settings>): Partial<DiskSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}
