// The Kafka releases whose defaults and behaviour are modelled, each as its last patch release. Any other is refused by
// name rather than approximated.

export const KAFKA_VERSIONS = ['3.3', '3.4', '3.5', '3.6', '3.7', '3.8', '3.9', '4.0', '4.1'] as const

/** A modelled release; ordered as in `KAFKA_VERSIONS`. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[number]

export const DEFAULT_KAFKA_VERSION: KafkaVersion = '4.0'

export function isKafkaVersion(text: string): text is KafkaVersion {
  return KAFKA_VERSIONS.some((version) => version === text)
}

/** Is this release `since`, or a later one? */
export function isAtLeast(version: KafkaVersion, since: KafkaVersion): boolean {
  return KAFKA_VERSIONS.indexOf(version) >= KAFKA_VERSIONS.indexOf(since)
}

export function oldest(versions: readonly KafkaVersion[]): KafkaVersion {
  return versions.reduce((a, b) => (isAtLeast(a, b) ? b : a))
}

/** Values by the release that introduced them. */
export type BySince<T> = { readonly [Version in KafkaVersion]?: T }

/** What holds in a release: what the latest release up to it introduced, or what was there before all of them. */
export function valueSince<T>(changes: BySince<T> | undefined, version: KafkaVersion, before: T): T {
  const since = KAFKA_VERSIONS.findLast((each) => isAtLeast(version, each) && changes?.[each] !== undefined)
  const value = since === undefined ? undefined : changes?.[since]
  return value === undefined ? before : value
}
