// The Kafka releases whose defaults and behaviour are modelled, each as its last patch release. Any other is refused by
// name rather than approximated. Later ones are known by their configs only.

export const KAFKA_VERSIONS = ['3.3', '3.4', '3.5', '3.6', '3.7', '3.8', '3.9', '4.0', '4.1'] as const

/** A modelled release; ordered as in `KAFKA_VERSIONS`. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[number]

/** Every release whose configs are known, oldest first. */
export const RELEASES = [...KAFKA_VERSIONS, '4.2', '4.3', '4.4'] as const

export type Release = (typeof RELEASES)[number]

export const DEFAULT_KAFKA_VERSION: KafkaVersion = '4.0'

export function isKafkaVersion(text: string): text is KafkaVersion {
  return KAFKA_VERSIONS.some((version) => version === text)
}

/** Is this release `since`, or a later one? */
export function isAtLeast(version: Release, since: Release): boolean {
  return RELEASES.indexOf(version) >= RELEASES.indexOf(since)
}

export function oldest(versions: readonly KafkaVersion[]): KafkaVersion {
  return versions.reduce((a, b) => (isAtLeast(a, b) ? b : a))
}

/** The release after this one; undefined after the last. */
export function releaseAfter(release: Release): Release | undefined {
  return RELEASES[RELEASES.indexOf(release) + 1]
}

/** Values by the release that introduced them. */
export type BySince<T> = { readonly [Version in Release]?: T }

/** What holds in a release: what the latest release up to it introduced, or what was there before all of them. */
export function valueSince<T>(changes: BySince<T> | undefined, version: Release, before: T): T {
  if (changes === undefined) return before
  const since = RELEASES.findLast((each) => isAtLeast(version, each) && changes[each] !== undefined)
  const value = since === undefined ? undefined : changes[since]
  return value === undefined ? before : value
}
