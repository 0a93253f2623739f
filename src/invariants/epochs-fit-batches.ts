// What a replica says of its epochs is what followers truncate by: it must be what its batches say. Batches of one
// epoch that follow each other are one run, and a cache whose epochs rise is right about all of it if it is about both ends.
// After a start the log may begin before the cache does: the checkpoint of its start is up to a minute old, the cache's file is
// not. Nor is anything known of what a log had when it was first seen.

import type { ObservedLog } from './cluster-view.ts'
import type { EpochRun } from './epoch-runs.ts'
import type { Invariant } from './invariant.ts'
import { HAPPENED } from './watched-replica.ts'

const MAY_CHANGE_ANY = HAPPENED.truncated | HAPPENED.start | HAPPENED.role
const CONCERNS = HAPPENED.appended | MAY_CHANGE_ANY

interface Known {
  log: ObservedLog
  /** Runs before this one were held against the cache. */
  runs: number
  /** The highest start that was seen. */
  highestStart: number
  /** What lies below was there when the replica was first seen, in no epoch. */
  readonly unknownBelow: number
  /** Below this the cache of this log need not know anything. */
  beginsAt: number
}

export const epochsFitBatches: Invariant = {
  id: 'epochs-fit-batches',
  rule: 'R-10',
  statement: 'The leader epoch that a replica’s epoch cache has for an offset is that of the batch there.',
  assumes: ['C4', 'C5', 'C6'],
  create: (cluster, report) => {
    /** By index of the replica. */
    const replicas: (Known | undefined)[] = []
    return {
      concerns: { leader: CONCERNS, follower: CONCERNS },
      checkReplica({ state, trail, index, happened, broker, home }) {
        const epochs = state?.log.epochs
        if (state === undefined || epochs === undefined) return
        const { log } = state
        let known = replicas[index]
        if (known === undefined || known.log !== log) {
          replicas[index] = known = opened(log, known, epochs.entries()[0]?.startOffset ?? log.logEndOffset)
        }
        if (log.logStartOffset > known.highestStart) known.highestStart = log.logStartOffset
        const { epochs: runs } = trail
        const floor = Math.max(log.logStartOffset, known.beginsAt)
        for (let i = (happened & MAY_CHANGE_ANY) === 0 ? known.runs : 0; i < runs.size; i++) {
          const run = runs.at(i)
          const at = run === undefined ? NOWHERE : misfit(run, floor, epochs)
          if (run === undefined || at === NOWHERE) continue
          const what = `broker ${broker} has a batch of epoch ${run.epoch} at offset ${at}`
          const said = epochs.epochForOffset(at)
          report(home.key, `${what}, and its epoch cache says ${said ?? 'nothing'}`, cluster.ordinal, broker)
        }
        // The last one grows.
        known.runs = runs.size - 1
      },
    }
  },
}

const NOWHERE = -1

/** An offset of the run, at or above `floor`, of which the cache says something else. */
function misfit({ epoch, first, last }: EpochRun, floor: number, cache: NonNullable<ObservedLog['epochs']>): number {
  if (epoch < 0 || last < floor) return NOWHERE
  if (cache.epochForOffset(last) !== epoch) return last
  const from = first < floor ? floor : first
  return cache.epochForOffset(from) === epoch ? NOWHERE : from
}

function opened(log: ObservedLog, before: Known | undefined, cacheStart: number): Known {
  const { logStartOffset } = log
  const unknownBelow = before?.unknownBelow ?? cacheStart
  const highestStart = Math.max(before?.highestStart ?? 0, logStartOffset)
  const beginsAt = Math.max(unknownBelow, cacheStart <= highestStart ? cacheStart : 0)
  return { log, runs: 0, highestStart, unknownBelow, beginsAt }
}
