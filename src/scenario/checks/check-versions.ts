// Releases and feature levels: known ones, and levels that every node of the cluster can work at.

import { isAtLeast, isKafkaVersion, KAFKA_VERSIONS, type KafkaVersion, oldest } from '../../config/versions.ts'
import {
  ELR_NEEDS,
  hasReached,
  METADATA_VERSIONS,
  type MetadataVersion,
  resolveFeatures,
  supportedMetadataVersions,
} from '../../switches/features.ts'
import type { CheckContext } from './check-context.ts'
import { type Draw, extremes } from '../text/draw.ts'
import type { SourcePath } from '../text/source-tree.ts'

const FEATURES: SourcePath = ['cluster', 'features']
const METADATA_VERSION = 'metadata.version'
const ELR = 'eligible.leader.replicas.version'

export function checkVersions(context: CheckContext): void {
  const { kafka, cluster } = context.shape
  checkRelease(context, kafka, ['kafka'])
  if (!('kind' in cluster.brokers)) {
    for (const [i, broker] of cluster.brokers.entries()) {
      checkRelease(context, broker.kafka, ['cluster', 'brokers', i, 'kafka'])
    }
  }
  const { [METADATA_VERSION]: metadataVersion, [ELR]: elr } = cluster.features ?? {}
  const nodes = nodesOf(context)
  for (const { value, path } of valuesOf(metadataVersion, [...FEATURES, METADATA_VERSION])) {
    checkMetadataVersion(context, value, path, nodes)
  }
  for (const { value, path } of valuesOf(elr, [...FEATURES, ELR])) {
    if (value === 1) checkElr(context, path, nodes, metadataVersion)
  }
}

function checkRelease(context: CheckContext, drawn: Draw<string> | undefined, path: SourcePath): void {
  for (const { value, path: at } of valuesOf(drawn, path)) {
    if (isKafkaVersion(value)) continue
    const message = `Kafka ${value} is not modelled`
    context.report(at, { code: 'KS120', message, suggestion: `modelled are ${KAFKA_VERSIONS.join(', ')}` })
  }
}

interface Node {
  /** All that may be drawn. */
  readonly versions: readonly KafkaVersion[]
  /** `this file says kafka: "3.7" (line 3)`. */
  says(version: KafkaVersion): string
}

function checkMetadataVersion(
  context: CheckContext,
  level: MetadataVersion,
  path: SourcePath,
  nodes: readonly Node[],
): void {
  const { since } = METADATA_VERSIONS[level]
  for (const { versions, says } of nodes) {
    const low = versions.find((version) => !isAtLeast(version, since))
    if (low !== undefined) {
      const message = `${METADATA_VERSION} ${level} needs kafka >= ${since} on every node, ${says(low)}`
      const newest = supportedMetadataVersions(oldest(nodes.flatMap((node) => node.versions))).at(-1)
      return context.report(path, { code: 'KS120', message, suggestion: `the highest that all know is "${newest}"` })
    }
    const high = versions.find((version) => !supportedMetadataVersions(version).includes(level))
    if (high !== undefined) {
      const [first] = supportedMetadataVersions(high)
      const message = `${METADATA_VERSION} ${level} is too old for kafka ${high}, ${says(high)}`
      return context.report(path, { code: 'KS120', message, suggestion: `its lowest is "${first}"` })
    }
  }
}

function checkElr(
  context: CheckContext,
  path: SourcePath,
  nodes: readonly Node[],
  metadataVersion: Draw<MetadataVersion> | undefined,
): void {
  const { since } = METADATA_VERSIONS[ELR_NEEDS]
  for (const { versions, says } of nodes) {
    const low = versions.find((version) => !isAtLeast(version, since))
    if (low === undefined) continue
    return context.report(path, { code: 'KS120', message: `${ELR} needs kafka >= ${since}, ${says(low)}` })
  }
  const byDefault = resolveFeatures(oldest(nodes.flatMap((node) => node.versions)))[METADATA_VERSION]
  const levels = metadataVersion === undefined ? [byDefault] : extremes(metadataVersion)
  const low = levels.find((level) => !hasReached(level, ELR_NEEDS))
  if (low === undefined) return
  const message = `${ELR} 1 needs ${METADATA_VERSION} >= ${ELR_NEEDS}, and it is ${low}`
  context.report(path, { code: 'KS120', message })
}

/** The file's own release, then those of brokers that have another. */
function nodesOf(context: CheckContext): Node[] {
  const { kafka, cluster } = context.shape
  const lineOf = (path: SourcePath): string => `line ${context.positionOf(path).split(':', 1)[0]}`
  const nodes: Node[] = [
    {
      versions: context.versions(),
      says: (version) =>
        kafka === undefined
          ? `kafka is "${version}" by default`
          : `this file says kafka: "${version}" (${lineOf(['kafka'])})`,
    },
  ]
  if ('kind' in cluster.brokers) return nodes
  for (const [i, { id, kafka: own }] of cluster.brokers.entries()) {
    if (own === undefined) continue
    const path = ['cluster', 'brokers', i, 'kafka']
    nodes.push({
      versions: context.versions(i),
      says: (version) => `broker ${id} has kafka: "${version}" (${lineOf(path)})`,
    })
  }
  return nodes
}

function valuesOf<T>(draw: Draw<T> | undefined, path: SourcePath): { readonly value: T; readonly path: SourcePath }[] {
  if (draw === undefined) return []
  return extremes(draw).map((value, i) => ({ value, path: draw.kind === 'one-of' ? [...path, i] : path }))
}
