// What a broker will believe when it starts must be so. Kafka trusts a recovery point (what lies below is synced, and is
// read no more) and a cleaner checkpoint (what lies below is clean: R-31), so neither may be ahead, and both are
// written anew when a log is cut to below them (R-15, KAFKA-3330). A high watermark and a log start may be ahead of what a
// power loss or a truncation left: loading keeps them within the log, and they are only asked when they are
// written. Epochs are asked in memory: none begins beyond the log, whatever the file says until it follows.
// A log that starts within its active segment counts as clean up to there, and Kafka leaves that so if a cut within that
// segment takes the log start down with it (docs/fidelity.md, hazards).

import { unreachable } from '../../../sim/assert.ts'
import type { CheckpointFile, CheckpointWritten } from '../../trace/log-event.ts'
import type { ObservedLog } from '../cluster-view.ts'
import type { Invariant } from '../invariant.ts'
import { HAPPENED, type WatchedReplica } from '../watched-replica.ts'

const CONCERNS = HAPPENED.appended | HAPPENED.truncated | HAPPENED.role

export const checkpointsNotAhead: Invariant = {
  id: 'checkpoints-not-ahead',
  rule: 'R-20',
  statement: 'No checkpoint of a broker says more of a log than is so: synced, committed, deleted, cleaned or led.',
  assumes: ['C4', 'C5', 'C6'],
  create: (cluster, report) => {
    const say = ({ home, broker }: WatchedReplica, what: string): void =>
      report(home.key, `broker ${broker} has ${what}`, cluster.ordinal, broker)

    const hearWritten = ({ broker, file, entries }: CheckpointWritten): void => {
      for (const { topic, partition, offset } of entries) {
        const replica = cluster.find(`${topic}-${partition}`)?.replica(broker)
        if (replica === undefined) continue
        const log = cluster.stateOf(replica)?.log
        const isNews = remember(replica, file, offset, log)
        // What the cleaner's says of other logs than the one it is written for may be as old as they were found.
        if (log === undefined || !isNews) continue
        const limit = limitOf(file, log)
        if (offset > limit) say(replica, `written ${offset} to ${file}, and its log says ${limit}`)
      }
    }

    return {
      hears: ['checkpoint-written', 'log-recovered'],
      hear(event) {
        if (event.type === 'checkpoint-written') hearWritten(event)
        if (event.type !== 'log-recovered') return
        const { broker, partition, logEndOffset } = event
        const replica = cluster.find(partition)?.replica(broker)
        const said = replica?.written.recoveryPoint ?? -1
        if (replica !== undefined && said > logEndOffset)
          say(replica, `found its log to end at ${logEndOffset}, and its recovery point says that ${said} is synced`)
      },
      concerns: { leader: CONCERNS, follower: CONCERNS },
      checkReplica(replica) {
        const { state, happened, written } = replica
        if (state === undefined) return
        const { log } = state
        const { logEndOffset, recoveryPoint = 0 } = log
        if (written.withinSegment >= 0 && activeBase(log) !== written.withinSegment) written.withinSegment = -1
        if (recoveryPoint > logEndOffset)
          say(replica, `recovery point ${recoveryPoint}, and its log ends at ${logEndOffset}`)
        if ((happened & ~HAPPENED.appended) === 0) return
        const lastEpoch = log.epochs?.entries().at(-1)
        if (lastEpoch !== undefined && lastEpoch.startOffset > logEndOffset)
          say(
            replica,
            `epoch ${lastEpoch.epoch} begin at ${lastEpoch.startOffset}, and its log ends at ${logEndOffset}`,
          )
        if ((happened & HAPPENED.truncated) === 0) return
        if (written.recoveryPoint > logEndOffset)
          say(replica, `cut its log to ${logEndOffset}, and left its recovery point at ${written.recoveryPoint}`)
        if (written.cleaned > cleanLimit(log) && written.withinSegment < 0 && log.config?.compacted === true)
          say(
            replica,
            `cut its log in segment ${activeBase(log)}, and left its cleaner checkpoint at ${written.cleaned}`,
          )
      },
    }
  },
}

/** Says whether that is news. */
function remember(
  { written }: WatchedReplica,
  file: CheckpointFile,
  offset: number,
  log: ObservedLog | undefined,
): boolean {
  if (file === 'recovery-point-offset-checkpoint') written.recoveryPoint = offset
  if (file !== 'cleaner-offset-checkpoint') return true
  if (written.cleaned === offset) return false
  written.cleaned = offset
  const base = log === undefined ? -1 : activeBase(log)
  written.withinSegment = log !== undefined && base < offset && offset <= log.logStartOffset ? base : -1
  return true
}

/** The most that a checkpoint may say of a log now. */
function limitOf(file: CheckpointFile, log: ObservedLog): number {
  switch (file) {
    case 'recovery-point-offset-checkpoint':
      return log.recoveryPoint ?? log.logEndOffset
    case 'replication-offset-checkpoint':
      return log.highWatermark
    case 'log-start-offset-checkpoint':
      return log.logStartOffset
    case 'cleaner-offset-checkpoint':
      return cleanLimit(log)
    default:
      return unreachable(file, 'checkpoint')
  }
}

/** Nothing in the active segment is cleaned, and nothing below the log start has to be, which may lie within it. */
function cleanLimit(log: ObservedLog): number {
  return Math.max(activeBase(log), log.logStartOffset)
}

function activeBase({ segments, logEndOffset }: ObservedLog): number {
  return segments === undefined ? logEndOffset : segments.at(segments.size - 1).baseOffset
}
