// Broker and controller configs: what the jars say, with our notes. The notes are kept by subject in `notes/`.

import { BROKER } from './generated/broker.ts'
import { joined } from './key-note.ts'
import { CONSUMER_GROUP_NOTES, TRANSACTION_NOTES } from './notes/broker-groups.ts'
import { LOG_NOTES, REPLICATION_NOTES, RETENTION_NOTES } from './notes/broker-log.ts'
import { CONTROLLER_NOTES, LIFE_CYCLE_NOTES, NODE_NOTES, REQUEST_NOTES, ZOOKEEPER_NOTES } from './notes/broker-node.ts'
import { SHARE_GROUP_NOTES, STREAMS_GROUP_NOTES } from './notes/broker-other-groups.ts'
import { BROKER_METRICS_NOTES, BROKER_SECURITY_NOTES, QUOTA_NOTES, TIERED_NOTES } from './notes/broker-surroundings.ts'

export const BROKER_KEYS = joined(BROKER, {
  ...REPLICATION_NOTES,
  ...LOG_NOTES,
  ...RETENTION_NOTES,
  ...REQUEST_NOTES,
  ...LIFE_CYCLE_NOTES,
  ...CONTROLLER_NOTES,
  ...NODE_NOTES,
  ...CONSUMER_GROUP_NOTES,
  ...TRANSACTION_NOTES,
  ...SHARE_GROUP_NOTES,
  ...STREAMS_GROUP_NOTES,
  ...BROKER_SECURITY_NOTES,
  ...BROKER_METRICS_NOTES,
  ...QUOTA_NOTES,
  ...TIERED_NOTES,
  ...ZOOKEEPER_NOTES,
})
