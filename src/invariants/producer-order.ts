// RI-24. Looked at where a leader appends: followers copy (record-identity, strong-log-matching). After a leader forgot a
// producer for idleness its next batch may be any.

import type { Invariant } from './invariant.ts'
import { HAPPENED } from './watched-replica.ts'

export const producerOrder: Invariant = {
  id: 'producer-order',
  rule: 'RI-24',
  statement:
    'The batches of an idempotent producer lie in the log in the order of its epochs and sequences, none of them twice.',
  assumes: ['C1', 'C2', 'C4', 'C5'],
  create: (cluster, report) => ({
    hears: ['producers-expired'],
    hear(event) {
      if (event.type !== 'producers-expired') return
      cluster.partition(event.partition).replica(event.broker).past.producers.clear()
    },
    concerns: { leader: HAPPENED.oddPast, follower: 0 },
    checkReplica({ past, home, broker }) {
      for (const { producerId, epoch, firstSequence, lastSequence, base, before } of past.disorders) {
        const what = `broker ${broker} appended sequences ${firstSequence}–${lastSequence} at offset ${base}`
        const seen = `epoch ${before.epoch} up to sequence ${before.lastSequence}, at offset ${before.base}`
        report(home.key, `${what}, of epoch ${epoch} of producer ${producerId}, after ${seen}`, before.ordinal, broker)
      }
    },
  }),
}
