// A log begins later and later: records below its start are gone for good. Only a truncation to below the start, or a
// log that is begun anew, moves it back. A start after a crash may be an older one: the checkpoint is up to a minute old.

import type { Invariant } from './invariant.ts'

export const logStartStays: Invariant = {
  id: 'log-start-stays',
  rule: 'R-8',
  statement: 'The start of a replica’s log never moves back, unless the log is cut to below it.',
  assumes: [],
  create: (cluster, report) => {
    /** By broker and partition: where the log was cut to last. */
    const cuts = new Map<string, number>()
    return {
      hears: ['log-truncated', 'log-start-changed'],
      hear(event) {
        if (event.type === 'log-truncated') cuts.set(`${event.broker} ${event.partition}`, event.toOffset)
        if (event.type !== 'log-start-changed' || event.to >= event.from) return
        const { broker, partition, from, to } = event
        if (cuts.get(`${broker} ${partition}`) === to) return
        report(
          partition,
          `broker ${broker} has moved its log start back from ${from} to ${to}`,
          cluster.ordinal,
          broker,
        )
      },
    }
  },
}
