// RI-24. Looked at where a leader appends: followers copy (record-identity, strong-log-matching). Once a replica forgot a
// producer for idleness, on schedule or as it read a snapshot, the next batch of any may be any.

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
      if (event.type === 'producers-expired') cluster.partition(event.partition).forgotProducers = true
    },
    concerns: { leader: HAPPENED.oddPast, follower: 0 },
    checkReplica({ past, home, broker, state }) {
      if ((state?.log.producers?.forgotten ?? 0) > 0) home.forgotProducers = true
      if (home.forgotProducers) return
      for (const { producerId, epoch, firstSequence, lastSequence, base, before } of past.disorders) {
        const what = `broker ${broker} appended sequences ${firstSequence}–${lastSequence} at offset ${base}`
        const seen = `epoch ${before.epoch} up to sequence ${before.lastSequence}, at offset ${before.base}`
        report(home.key, `${what}, of epoch ${epoch} of producer ${producerId}, after ${seen}`, before.ordinal, broker)
      }
    },
  }),
}
