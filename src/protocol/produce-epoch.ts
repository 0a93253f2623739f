// The leader epoch that a producer believed in when it sent a batch, carried beside a Produce request: KIP-359 wanted it
// in the request and was never built, so it is in no size, digest or byte. For the switch `produceEpochCheck` only.

import type { ProduceRequestPartitionData } from './generated/produce.ts'

const UNKNOWN = -1

interface InEpoch extends ProduceRequestPartitionData {
  readonly leaderEpoch: number
}

/** Made field by field, for there is one for each batch. */
export function partitionInEpoch(index: number, records: Uint8Array, leaderEpoch: number): InEpoch {
  return { index, records, leaderEpoch }
}

/** −1 if the sender did not say. */
export function leaderEpochOf(partition: ProduceRequestPartitionData): number {
  return 'leaderEpoch' in partition && typeof partition.leaderEpoch === 'number' ? partition.leaderEpoch : UNKNOWN
}
