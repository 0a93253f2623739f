// May a follower be in the ISR, by what metadata says of its broker? A dead or departing broker must not join, and
// neither may a new incarnation on the strength of what an earlier one has fetched (KIP-841, KIP-903).

import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { Switches } from '../switches/switches.ts'
import { type RemoteReplica, UNSTATED_BROKER_EPOCH } from './remote-replica.ts'

export interface EligibilityFacts {
  readonly metadata: MetadataImage
  readonly switches: Switches
}

export function isEligible(replica: RemoteReplica, facts: EligibilityFacts): boolean {
  const { metadata, switches } = facts
  const broker = metadata.brokers.get(replica.brokerId)
  if (broker === undefined) return false
  if (switches.isrEligibilityCheck && (broker.fenced || broker.inControlledShutdown)) return false
  if (!switches.isrBrokerEpochCheck) return true
  return replica.brokerEpoch === UNSTATED_BROKER_EPOCH || replica.brokerEpoch === broker.epoch
}
