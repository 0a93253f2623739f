// What happens to partitions when a broker is fenced, unfenced or shutting down (R-93…R-95): one atomic batch of
// partition changes and the change of the registration.

import type { MetadataRecord } from '../protocol/metadata-record.ts'
import { electionKind, isLeaderless, partitionsOf, type ControllerState } from './controller-state.ts'
import { changePartition } from './partition-change.ts'

/** `BrokerRegistrationChangeRecord.fenced`. */
const FENCING = { unfence: -1, unchanged: 0, fence: 1 } as const

export function fenceBroker(state: ControllerState, brokerId: number): MetadataRecord[] {
  const records = removeFromIsrs(state, brokerId)
  records.push(registrationChange(state, brokerId, FENCING.fence, 0))
  return records
}

/** An unfenced broker may lead what has no leader; it joins no ISR by this alone. */
export function unfenceBroker(state: ControllerState, brokerId: number): MetadataRecord[] {
  const records: MetadataRecord[] = [registrationChange(state, brokerId, FENCING.unfence, 0)]
  for (const partition of partitionsOf(state.image)) {
    if (!isLeaderless(partition)) continue
    const change = changePartition(partition, {
      targetIsr: partition.isr,
      election: electionKind(state, partition.topic),
      bumpEpochOnIsrShrink: state.switches.bumpEpochOnIsrShrink,
      // The image still shows it fenced.
      isAcceptable: (broker) => broker === brokerId || state.image.isActive(broker),
    })
    if (change !== undefined) records.push(change)
  }
  return records
}

export function startControlledShutdown(state: ControllerState, brokerId: number): MetadataRecord[] {
  const records: MetadataRecord[] = []
  if (state.image.brokers.get(brokerId)?.inControlledShutdown !== true) {
    records.push(registrationChange(state, brokerId, FENCING.unchanged, 1))
  }
  records.push(...removeFromIsrs(state, brokerId))
  return records
}

/** The broker leaves every ISR it is in, but where it is the last member, and leads nothing any more. */
function removeFromIsrs(state: ControllerState, brokerId: number): MetadataRecord[] {
  const records: MetadataRecord[] = []
  for (const partition of partitionsOf(state.image)) {
    if (!partition.isr.includes(brokerId)) continue
    const change = changePartition(partition, {
      targetIsr: partition.isr.filter((member) => member !== brokerId),
      election: electionKind(state, partition.topic),
      bumpEpochOnIsrShrink: state.switches.bumpEpochOnIsrShrink,
      isAcceptable: (broker) => broker !== brokerId && state.image.isActive(broker),
    })
    if (change !== undefined) records.push(change)
  }
  return records
}

function registrationChange(
  state: ControllerState,
  brokerId: number,
  fenced: number,
  inControlledShutdown: number,
): MetadataRecord {
  const brokerEpoch = state.image.brokers.get(brokerId)?.epoch ?? -1
  return { type: 'BrokerRegistrationChangeRecord', brokerId, brokerEpoch, fenced, inControlledShutdown, logDirs: [] }
}
