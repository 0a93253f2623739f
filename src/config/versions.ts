// The Kafka releases whose defaults and behaviour are modelled. Any other is refused by name rather than approximated.

export const KAFKA_VERSIONS = ['3.9', '4.0'] as const

/** A modelled release; ordered as in `KAFKA_VERSIONS`. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[number]

export const DEFAULT_KAFKA_VERSION: KafkaVersion = '4.0'

export function isKafkaVersion(text: string): text is KafkaVersion {
  return KAFKA_VERSIONS.some((version) => version === text)
}
