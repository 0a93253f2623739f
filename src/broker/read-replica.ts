// Which replica a leader sends a consumer to (KIP-392, R-130): with Kafka's rack-aware selector the leader itself if it is
// in the client's rack, else the most caught-up member of the ISR there that holds what the client asks for.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { BrokerContext } from './broker-context.ts'
import type { RemoteReplica } from './remote-replica.ts'

/** The leader itself. */
export const NO_PREFERENCE = -1

/** What of a leader its selector looks at. */
export interface SelectingLeader {
  readonly committedIsr: readonly number[]
  readonly remoteReplicas: ReadonlyMap<number, RemoteReplica>
}

/** A broker id, or NO_PREFERENCE. A client that names no rack reads from the leader, and so does everybody by default. */
export function preferredReadReplica(
  leader: SelectingLeader,
  context: BrokerContext,
  clientRack: string,
  fetchOffset: number,
): number {
  if (clientRack === '' || context.config['replica.selector.class'] !== RACK_AWARE) return NO_PREFERENCE
  const { metadata, switches, id } = context
  if (rackOf(metadata, id) === clientRack) return NO_PREFERENCE
  let best: RemoteReplica | undefined
  for (const replica of leader.remoteReplicas.values()) {
    if (rackOf(metadata, replica.brokerId) !== clientRack) continue
    // A follower out of the ISR may lag for ever, and its readers with it (KAFKA-14372).
    if (switches.preferIsrOnly && !leader.committedIsr.includes(replica.brokerId)) continue
    if (replica.logEndOffset < fetchOffset || replica.logStartOffset > fetchOffset) continue
    if (best === undefined || isFurther(replica, best)) best = replica
  }
  return best?.brokerId ?? NO_PREFERENCE
}

const RACK_AWARE = 'org.apache.kafka.common.replica.RackAwareReplicaSelector'

/** Kafka's order: by log end, then by who caught up last, then by id. */
function isFurther(a: RemoteReplica, b: RemoteReplica): boolean {
  if (a.logEndOffset !== b.logEndOffset) return a.logEndOffset > b.logEndOffset
  if (a.lastCaughtUpMs !== b.lastCaughtUpMs) return a.lastCaughtUpMs > b.lastCaughtUpMs
  return a.brokerId > b.brokerId
}

/** Fenced brokers are nowhere. */
function rackOf(metadata: MetadataImage, brokerId: number): string | null {
  const broker = metadata.brokers.get(brokerId)
  return broker === undefined || broker.fenced ? null : broker.rack
}
