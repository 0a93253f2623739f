// What a lookup by offset or by time goes by: every entry of an offset index is where a batch begins, every entry of a
// time index the largest timestamp up to there, and the last one of a closed segment the largest of all. Looked at whenever an
// index has grown, or a segment is another: after a roll, a truncation, a compaction, a start. A start leaves segments with an
// older last entry, as in Kafka: after `flush.messages` it is not synced with the roll, and no stop in order syncs the one
// that it adds to the active segment; who loads that believes its time index.

import type { ObservedLog, ObservedSegment } from '../cluster-view.ts'
import type { Invariant } from '../invariant.ts'
import { HAPPENED } from '../watched-replica.ts'
import { SegmentCheck } from './segment-check.ts'

const CUT = HAPPENED.truncated
const MAY_CHANGE_ANY = CUT | HAPPENED.compacted | HAPPENED.role
const CONCERNS = HAPPENED.appended | MAY_CHANGE_ANY

export const indexesFitBatches: Invariant = {
  id: 'indexes-fit-batches',
  rule: 'R-7',
  statement: 'What the offset and time indexes of a replica’s segments say is so in its batches.',
  assumes: ['C4', 'C5', 'C6'],
  create: (cluster, report) => {
    /** By index of the replica. */
    const logs: (IndexesOfLog | undefined)[] = []
    return {
      concerns: { leader: CONCERNS, follower: CONCERNS },
      checkReplica({ state, index, happened, broker, home }) {
        if (state?.log.segments === undefined) return
        let known = logs[index]
        if (known === undefined || known.log !== state.log) logs[index] = known = new IndexesOfLog(state.log)
        const fault = known.look(happened)
        if (fault !== undefined) report(home.key, `on broker ${broker} ${fault}`, cluster.ordinal, broker)
      },
    }
  },
}

class IndexesOfLog {
  readonly log: ObservedLog
  /** The active segment. */
  private active: SegmentCheck | undefined = undefined
  /** Closed segments that were looked at as a whole. Those that are deleted are not held. */
  private readonly done = new WeakSet<ObservedSegment>()
  /** Those that were loaded, closed, without their last time. */
  private readonly short = new WeakSet<ObservedSegment>()
  private isNew = true

  constructor(log: ObservedLog) {
    this.log = log
  }

  /** Says what is wrong; undefined: nothing. */
  look(happened: number): string | undefined {
    const { segments } = this.log
    if (segments === undefined) return undefined
    const last = segments.at(segments.size - 1)
    const { active } = this
    if (active?.segment === last && (happened & MAY_CHANGE_ANY) === 0) return active.isDone ? undefined : active.walk()
    if ((happened & CUT) !== 0) {
      this.done.delete(last)
      this.active = undefined
    }
    const fault = this.lookAtClosed(happened)
    if (this.isNew) this.noteLoaded(last, happened)
    if (this.active?.segment !== last) this.active = new SegmentCheck(last, !this.short.has(last))
    return fault ?? (this.active.isDone ? undefined : this.active.walk())
  }

  /** Of the active segment of a log that nothing was appended to since it was loaded: a stop or a recovery closed it. */
  private noteLoaded(active: ObservedSegment, happened: number): void {
    this.isNew = false
    if ((happened & HAPPENED.appended) !== 0) return
    const check = new SegmentCheck(active)
    if (check.walk() !== undefined) return
    if (check.closed() === undefined) this.active = check
    else this.short.add(active)
  }

  /** Newest first: unless any may have changed, those before one that is known are known. */
  private lookAtClosed(happened: number): string | undefined {
    const { segments } = this.log
    let fault: string | undefined
    for (let i = (segments?.size ?? 0) - 2; i >= 0; i--) {
      const segment = segments!.at(i)
      if (!this.done.has(segment)) {
        this.done.add(segment)
        fault = this.lookAt(segment, happened) ?? fault
      } else if ((happened & MAY_CHANGE_ANY) === 0) break
    }
    return fault
  }

  private lookAt(segment: ObservedSegment, happened: number): string | undefined {
    const wasActive = this.active?.segment === segment
    const check = wasActive && this.active !== undefined ? this.active : new SegmentCheck(segment)
    const fault = check.walk()
    if (fault !== undefined || this.short.has(segment)) return fault
    const isShort = check.closed()
    if (isShort === undefined || wasActive || (happened & HAPPENED.compacted) !== 0) return isShort
    this.short.add(segment)
    return undefined
  }
}
