// Feature levels of a cluster: what all its nodes have agreed to do, whatever their binaries could. A cluster says which,
// or has those that a new cluster of its oldest node's release has.

import { isAtLeast, type KafkaVersion } from '../config/versions.ts'

/** Levels of `metadata.version` that a KRaft cluster of a modelled release can be at, and since which release. */
export const METADATA_VERSIONS = {
  '3.3-IV0': { level: 4, since: '3.3' },
  '3.3-IV1': { level: 5, since: '3.3' },
  '3.3-IV2': { level: 6, since: '3.3' },
  '3.3-IV3': { level: 7, since: '3.3' },
  '3.4-IV0': { level: 8, since: '3.4' },
  '3.5-IV0': { level: 9, since: '3.5' },
  '3.5-IV1': { level: 10, since: '3.5' },
  '3.5-IV2': { level: 11, since: '3.5' },
  '3.6-IV0': { level: 12, since: '3.6' },
  '3.6-IV1': { level: 13, since: '3.6' },
  '3.6-IV2': { level: 14, since: '3.6' },
  '3.7-IV0': { level: 15, since: '3.7' },
  '3.7-IV1': { level: 16, since: '3.7' },
  '3.7-IV2': { level: 17, since: '3.7' },
  '3.7-IV3': { level: 18, since: '3.7' },
  '3.7-IV4': { level: 19, since: '3.7' },
  '3.8-IV0': { level: 20, since: '3.8' },
  '3.9-IV0': { level: 21, since: '3.9' },
  '4.0-IV0': { level: 22, since: '4.0' },
  '4.0-IV1': { level: 23, since: '4.0' },
  '4.0-IV2': { level: 24, since: '4.0' },
  '4.0-IV3': { level: 25, since: '4.0' },
  '4.1-IV0': { level: 26, since: '4.1' },
  '4.1-IV1': { level: 27, since: '4.1' },
} as const satisfies { readonly [name: string]: { readonly level: number; readonly since: KafkaVersion } }

export type MetadataVersion = keyof typeof METADATA_VERSIONS

/** From this level on a release no longer knows the ones before. */
const OLDEST_IN_4: MetadataVersion = '3.3-IV3'
/** Eligible leader replicas can be switched on from the first of these on, and are in new clusters from the second on. */
export const ELR_NEEDS: MetadataVersion = '4.0-IV1'
const ELR_BY_DEFAULT: MetadataVersion = '4.1-IV0'

export interface Features {
  readonly 'metadata.version': MetadataVersion
  /** KIP-966. */
  readonly 'eligible.leader.replicas.version': 0 | 1
}

export const METADATA_VERSION_NAMES = Object.keys(METADATA_VERSIONS)

export function isMetadataVersion(text: string): text is MetadataVersion {
  return Object.hasOwn(METADATA_VERSIONS, text)
}

export function hasReached(version: MetadataVersion, needed: MetadataVersion): boolean {
  return METADATA_VERSIONS[version].level >= METADATA_VERSIONS[needed].level
}

/** The levels that a node of this release can work at, the highest last. */
export function supportedMetadataVersions(kafka: KafkaVersion): readonly MetadataVersion[] {
  const oldestLevel = isAtLeast(kafka, '4.0') ? METADATA_VERSIONS[OLDEST_IN_4].level : 0
  return METADATA_VERSION_NAMES.filter(isMetadataVersion).filter((name) => {
    const { level, since } = METADATA_VERSIONS[name]
    return level >= oldestLevel && isAtLeast(kafka, since)
  })
}

/** Of a new cluster whose oldest node has this release, where the cluster does not say otherwise. */
export function resolveFeatures(kafka: KafkaVersion, set: Partial<Features> = {}): Features {
  // Every release has at least one level of its own.
  const newest = supportedMetadataVersions(kafka).at(-1) as MetadataVersion
  const metadataVersion = set['metadata.version'] ?? newest
  return {
    'metadata.version': metadataVersion,
    'eligible.leader.replicas.version':
      set['eligible.leader.replicas.version'] ?? (hasReached(metadataVersion, ELR_BY_DEFAULT) ? 1 : 0),
  }
}
