// RI-11, on a replica made by hand: a real log would refuse to be in such a state.

import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { InvariantChecker, INVARIANTS, type ObservedReplica, type Violation } from '../../src/invariants/index.ts'
import { emptyRead } from '../../src/log/log-read.ts'
import { MetadataImage } from '../../src/metadata/metadata-image.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { TOPIC_ID } from '../broker/fixture.ts'
import { KEY } from './mini-cluster.ts'

interface Offsets {
  readonly logStartOffset: number
  readonly lastStableOffset: number
  readonly highWatermark: number
  readonly logEndOffset: number
}

/** What is found when a replica with these offsets is looked at, because its high watermark has changed. */
function found(offsets: Offsets, role: ObservedReplica['role']): readonly Violation[] {
  const replica: ObservedReplica = {
    topicId: TOPIC_ID,
    log: { ...offsets, truncations: 0, read: (fromOffset) => emptyRead(fromOffset, false) },
    role,
    leaderId: -1,
    leaderEpoch: 1,
    partitionEpoch: 0,
    assignedReplicas: [1],
    committedIsr: [1],
    maximalIsr: [1],
    isrChangeInFlight: false,
    effectiveMinIsr: 1,
    remoteReplicas: new Map(),
  }
  const loop = new EventLoop()
  const bus = new TraceBus<KafkaEvent>(loop)
  const metadata = new MetadataImage()
  metadata.topics.set('orders', { name: 'orders', id: TOPIC_ID, partitions: [] })
  const view = { brokerIds: [1], metadata, partitionsOf: () => new Map([[KEY, replica]]), broker: () => undefined }
  const checker = new InvariantChecker(INVARIANTS, view, loop, bus)
  const type = 'high-watermark-changed'
  loop.schedule(1000, new Owner(1, 'broker-1'), 'step', 0, () =>
    bus.emit({ type, broker: 1, partition: KEY, as: 'follower', from: 0, to: 0 }, 'broker-1'),
  )
  loop.run(1000)
  return checker.violations
}

const GOOD: Offsets = { logStartOffset: 2, lastStableOffset: 4, highWatermark: 6, logEndOffset: 8 }

describe('RI-11 high-watermark-bounds', () => {
  it.each<Partial<Offsets>>([
    { logStartOffset: 5 },
    { lastStableOffset: 7 },
    { highWatermark: 9 },
    { logEndOffset: 5 },
  ])('is violated by any replica with %o', (wrong) => {
    const offsets = { ...GOOD, ...wrong }
    for (const role of ['leader', 'follower'] as const) {
      const violation = found(offsets, role).find(({ rule }) => rule === 'RI-11')
      expect(violation).toMatchObject({
        invariant: 'high-watermark-bounds',
        subject: KEY,
        excused: null,
        events: [1, 1],
      })
      const { logStartOffset, lastStableOffset, highWatermark, logEndOffset } = offsets
      expect(violation?.message).toBe(
        `broker 1 has start ${logStartOffset}, last stable ${lastStableOffset}, high watermark ${highWatermark}, end ${logEndOffset}`,
      )
    }
  })

  it('holds in order, and when all are the same', () => {
    expect(found(GOOD, 'follower')).toEqual([])
    expect(found({ logStartOffset: 5, lastStableOffset: 5, highWatermark: 5, logEndOffset: 5 }, 'follower')).toEqual([])
  })
})
