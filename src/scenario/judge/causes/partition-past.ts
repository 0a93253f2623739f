// What became of each partition, as far as causes are read off it: who was its leader when, from which log end on and with
// which high watermark, what the controller had committed, and which replicas lost what they had not synced. Gathered as
// it happens, a few numbers for each change; only log ends and high watermarks are noted more often.

import type { TraceBus } from '../../../../sim/index.ts'
import type { KafkaEvent, PartitionChanged } from '../../../trace/kafka-event.ts'

/** A broker's time in office, by its own account: a deposed one may not know. */
export interface Tenure {
  readonly broker: number
  readonly epoch: number
  readonly fromUs: number
  /** Infinity while it lasts. */
  untilUs: number
  /** Where its log ended when it took office: what lies below it had from others. */
  readonly startOffset: number
  endOffset: number
  /** The highest it had in this time. */
  highWatermark: number
}

/** What the controller had committed, from a time on. */
export interface CommittedState {
  readonly atUs: number
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly reason: string
}

/** A replica lost the end of its log with the power of its machine. */
export interface UnsyncedLoss {
  readonly broker: number
  readonly atUs: number
  readonly endBefore: number
  /** Known when the log was loaded again; until then nothing is known to be lost. */
  endAfter: number
  /** The last of its writes that reached the disk did so only in part. */
  readonly torn: boolean
}

/** An answer may arrive when who gave it is no longer in office. */
const ON_ITS_WAY_US = 1_000_000

export class PartitionPast {
  readonly tenures: Tenure[] = []
  readonly states: CommittedState[] = []
  readonly losses: UnsyncedLoss[] = []
  /** Log ends by broker. */
  readonly ends = new Map<number, number>()
  private readonly inOffice = new Map<number, Tenure>()

  stateAt(atUs: number): CommittedState | undefined {
    return this.states.findLast((state) => state.atUs <= atUs)
  }

  /**
   * In whose time an offset was acknowledged at this moment: of several who took themselves for leader, the older.
   * `committed`: with acks=all, so by one whose high watermark had passed it.
   */
  tenureOf(offset: number, atUs: number, committed: boolean): Tenure | undefined {
    const [oldest] = this.tenures
      .filter(({ fromUs, untilUs }) => fromUs <= atUs && untilUs >= atUs - ON_ITS_WAY_US)
      .filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
      .filter(({ highWatermark }) => !committed || highWatermark > offset)
      .toSorted((a, b) => a.epoch - b.epoch || b.fromUs - a.fromUs)
    return oldest
  }

  /** The first to take office after `tenure` with a log that ended before `offset`. */
  firstWithout(offset: number, tenure: Tenure): Tenure | undefined {
    return this.tenures.find((later) => isAfter(later, tenure) && later.startOffset <= offset)
  }

  /** Was it below a high watermark, of the one who appended it or of one who took it over, before `lostWith`? */
  wasCommitted(offset: number, tenure: Tenure, lostWith: Tenure | undefined): boolean {
    const holders = this.tenures.filter(
      (each) => each === tenure || (isAfter(each, tenure) && each !== lostWith && each.startOffset > offset),
    )
    const before = lostWith === undefined ? holders : holders.filter((each) => !isAfter(each, lostWith))
    return before.some(({ highWatermark }) => highWatermark > offset)
  }

  /** Replicas that lost this offset with their power between two times. */
  lostAt(offset: number, fromUs: number, untilUs: number): UnsyncedLoss[] {
    return this.losses.filter(
      ({ atUs, endBefore, endAfter }) => fromUs <= atUs && atUs <= untilUs && endAfter <= offset && offset < endBefore,
    )
  }

  hear(event: KafkaEvent, atUs: number): void {
    switch (event.type) {
      case 'log-appended': {
        this.ends.set(event.broker, event.lastOffset + 1)
        const tenure = event.as === 'leader' ? this.inOffice.get(event.broker) : undefined
        if (tenure !== undefined) tenure.endOffset = event.lastOffset + 1
        return
      }
      case 'high-watermark-changed': {
        const tenure = event.as === 'leader' ? this.inOffice.get(event.broker) : undefined
        if (tenure !== undefined && event.to > tenure.highWatermark) tenure.highWatermark = event.to
        return
      }
      case 'log-truncated':
        this.ends.set(event.broker, event.toOffset)
        return
      case 'log-recovered':
        // It was read anew: whoever it was before is gone, however it went.
        this.stopped(event.broker, atUs)
        return this.recovered(event.broker, event.logEndOffset)
      case 'role-changed':
        return this.roleChanged(event.broker, event.role === 'leader', event.leaderEpoch, atUs)
      case 'partition-changed':
        return this.committed(event, atUs)
      default:
        return
    }
  }

  powerLost(broker: number, atUs: number, torn = false): void {
    this.stopped(broker, atUs)
    this.losses.push({ broker, atUs, endBefore: this.ends.get(broker) ?? 0, endAfter: Infinity, torn })
  }

  private stopped(broker: number, atUs: number): void {
    const tenure = this.inOffice.get(broker)
    if (tenure !== undefined) tenure.untilUs = atUs
    this.inOffice.delete(broker)
  }

  private recovered(broker: number, logEndOffset: number): void {
    for (const loss of this.losses) {
      if (loss.broker === broker && loss.endAfter === Infinity) loss.endAfter = logEndOffset
    }
    this.ends.set(broker, logEndOffset)
  }

  private roleChanged(broker: number, leads: boolean, epoch: number, atUs: number): void {
    const before = this.inOffice.get(broker)
    if (leads && before?.epoch === epoch) return
    this.stopped(broker, atUs)
    if (!leads) return
    const startOffset = this.ends.get(broker) ?? 0
    const tenure = {
      broker,
      epoch,
      fromUs: atUs,
      untilUs: Infinity,
      startOffset,
      endOffset: startOffset,
      highWatermark: 0,
    }
    this.tenures.push(tenure)
    this.inOffice.set(broker, tenure)
  }

  private committed({ leader, leaderEpoch, isr, reason }: PartitionChanged, atUs: number): void {
    this.states.push({ atUs, leader, leaderEpoch, isr, reason })
  }
}

function isAfter(later: Tenure, tenure: Tenure): boolean {
  return later.epoch > tenure.epoch || (later.epoch === tenure.epoch && later.fromUs > tenure.fromUs)
}

const HEARD = [
  'log-appended',
  'high-watermark-changed',
  'log-truncated',
  'log-recovered',
  'role-changed',
  'partition-changed',
] as const

/** All partitions of a run. */
export class PartitionPasts {
  private readonly pasts = new Map<string, PartitionPast>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(HEARD, (event, { atUs }) => {
      if ('partition' in event && typeof event.partition === 'string') this.of(event.partition).hear(event, atUs)
    })
  }

  of(partition: string): PartitionPast {
    let past = this.pasts.get(partition)
    if (past === undefined) {
      past = new PartitionPast()
      this.pasts.set(partition, past)
    }
    return past
  }

  /** A replica lost bytes of this partition that it had not synced. */
  lostUnsynced(broker: number, partition: string, atUs: number, torn = false): void {
    this.of(partition).powerLost(broker, atUs, torn)
  }
}
