// The metadata log's own topic.

export const METADATA_TOPIC = '__cluster_metadata'
/** Fixed in Kafka. */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
