// RI-17. Without eligible leader replicas the last member stays in the ISR though it is fenced; with them the ISR may be
// empty, and then it is known who led last.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { Invariant } from './invariant.ts'
import type { CommittedPartition } from './watched-partition.ts'

export const validControllerState: Invariant = {
  id: 'valid-controller-state',
  rule: 'RI-17',
  statement:
    'The ISR is not empty, unless it is known who led last; a fenced broker is in it only as its one member, and leads nothing.',
  assumes: ['upstream-office'],
  create: (cluster, report) => ({
    checkPartition({ key, committed, committedOrdinal }) {
      const { metadata } = cluster
      if (committed === undefined || metadata === undefined) return
      const problem = problemOf(committed, metadata)
      if (problem !== undefined) report(key, problem.text, committedOrdinal, problem.broker)
    },
  }),
}

interface Problem {
  readonly text: string
  /** Who is at fault, if anybody is. */
  readonly broker?: number
}

function problemOf(
  { isr, leader, lastKnownElr = [] }: CommittedPartition,
  metadata: MetadataImage,
): Problem | undefined {
  if (isr.length === 0 && lastKnownElr.length === 0) return { text: 'the ISR is empty' }
  const fenced = isr.find((member) => isFenced(metadata, member))
  if (fenced !== undefined && isr.length > 1) {
    return { text: `the ISR is [${isr.join(', ')}] and broker ${fenced} is fenced`, broker: fenced }
  }
  if (leader >= 0 && isFenced(metadata, leader)) {
    return { text: `broker ${leader} leads and is fenced`, broker: leader }
  }
  return undefined
}

function isFenced(metadata: MetadataImage, broker: number): boolean {
  return metadata.brokers.get(broker)?.fenced !== false
}
