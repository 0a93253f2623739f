// What Kafka configs may come to in a run: every value that may be drawn, else the brokers' setting, else the default of
// every release that may be drawn. For warnings; values that are no values are left to others.

import { libraryDefaults } from '../../client/library-defaults.ts'
import { keyDefinition } from '../../config/config-tables.ts'
import type { ConfigScope, ConfigValue } from '../../config/key-definition.ts'
import { parseValue } from '../../config/parse-value.ts'
import { type ConfigOverrides, defaultOf, resolveConfig } from '../../config/resolve-config.ts'
import type { ConfigDraws } from '../language/config-literals.ts'
import { type Draw, extremes } from '../text/draw.ts'
import type { SourcePath } from '../text/source-tree.ts'
import type { CheckContext } from './check-context.ts'

/** Of the brokers: what `cluster.config` or one of them sets. */
export function ofBrokers(context: CheckContext, key: string): readonly ConfigValue[] {
  const { brokers, config } = context.shape.cluster
  const own = 'kind' in brokers ? [] : brokers.flatMap((broker) => written(context, 'broker', broker.config, key) ?? [])
  return [...(written(context, 'broker', config, key) ?? defaults(context, 'broker', key)), ...own]
}

/** Of all brokers, or of the one at this place of the list. */
export function ofBroker(context: CheckContext, broker: number | undefined, key: string): readonly ConfigValue[] {
  const { brokers, config } = context.shape.cluster
  const own = broker === undefined || 'kind' in brokers ? undefined : brokers[broker]?.config
  const set = written(context, 'broker', own, key) ?? written(context, 'broker', config, key)
  return set ?? defaults(context, 'broker', key)
}

export function ofTopic(context: CheckContext, topic: string, key: string): readonly ConfigValue[] {
  const own = written(context, 'topic', context.shape.topics[topic]?.config, key)
  if (own !== undefined) return own
  const [behind] = keyDefinition('topic', key)?.broker ?? []
  const fromBrokers =
    behind === undefined ? undefined : written(context, 'broker', context.shape.cluster.config, behind.key)
  return fromBrokers ?? defaults(context, 'topic', key)
}

/** Where the value of the topic is written; the topic, if it is a default. */
export function placeOfTopicKey(context: CheckContext, topic: string, key: string): SourcePath {
  if (context.shape.topics[topic]?.config?.[key] !== undefined) return ['topics', topic, 'config', key]
  const [behind] = keyDefinition('topic', key)?.broker ?? []
  const isBrokers = behind !== undefined && context.shape.cluster.config?.[behind.key] !== undefined
  return isBrokers ? ['cluster', 'config', behind.key] : ['topics', topic]
}

export function numbers(values: readonly ConfigValue[]): readonly number[] {
  return values.filter((value) => typeof value === 'number')
}

/** What kind of producer it may be. */
export interface ProducerMode {
  /** −1: all. */
  readonly acks: number
  readonly idempotent: boolean
  readonly retries: boolean
  readonly inFlight: number
}

const MODE_KEYS = ['acks', 'enable.idempotence', 'retries', 'max.in.flight.requests.per.connection'] as const
const MAX_MODES = 256

export function modesOf(context: CheckContext, producer: string): readonly ProducerMode[] {
  const { config, client = 'java' } = context.shape.producers?.[producer] ?? {}
  let overrides: ConfigOverrides[] = [libraryDefaults('producer', client)]
  for (const key of MODE_KEYS) {
    const values = written(context, 'producer', config, key)
    if (values === undefined) continue
    overrides = overrides.flatMap((each) => values.map((value) => ({ ...each, [key]: value }))).slice(0, MAX_MODES)
  }
  return context.versions().flatMap((version) =>
    overrides.map((each) => {
      const resolved = resolveConfig('producer', version, each)
      return {
        acks: resolved.acks,
        idempotent: resolved['enable.idempotence'],
        retries: resolved.retries > 0,
        inFlight: resolved['max.in.flight.requests.per.connection'],
      }
    }),
  )
}

/** Of a topic, whatever is drawn. */
export function replicationFactors(context: CheckContext, topic: string): readonly number[] {
  const { replicas, 'replication.factor': factor } = context.shape.topics[topic] ?? {}
  if (replicas !== undefined) return [replicas[0]?.length ?? 0]
  return factor === undefined ? numbers(ofBrokers(context, 'default.replication.factor')) : extremes(factor)
}

/** Undefined if it is not set. */
function written(
  context: CheckContext,
  scope: ConfigScope,
  config: ConfigDraws | undefined,
  key: string,
): readonly ConfigValue[] | undefined {
  const draw: Draw<unknown> | undefined = config?.[key]
  const definition = keyDefinition(scope, key)
  if (draw === undefined || definition === undefined) return undefined
  const [version] = context.allVersions()
  return extremes(draw).flatMap((raw) => {
    const parsed = version === undefined ? undefined : parseValue(definition, version, raw)
    return parsed?.ok === true ? [parsed.value] : []
  })
}

function defaults(context: CheckContext, scope: ConfigScope, key: string): readonly ConfigValue[] {
  const definition = keyDefinition(scope, key)
  return definition === undefined ? [] : context.allVersions().map((version) => defaultOf(definition, version))
}
