// What the world is told of a partition: roles, ISR views, refusals, and what happens to its log.

import type { DeletionReason } from '../log/log-retention.ts'
import type { LogObserver } from '../log/log-observer.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { errorName } from '../protocol/error-codes.ts'
import type { IsrViewChanged, KafkaHost, KafkaTracer } from '../trace/kafka-event.ts'
import type { CheckpointFile, CheckpointWritten } from '../trace/log-event.ts'
import type { Role } from './hosted-replica.ts'
import type { IsrState } from './isr-state.ts'

/** Who speaks. */
export interface TraceSource {
  readonly host: KafkaHost
  /** Broker id. */
  readonly id: number
}

interface RoleView {
  readonly key: string
  readonly role: Role
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
}

export function traceRole({ host, id }: TraceSource, partition: RoleView): void {
  if (!host.trace.wants('role-changed')) return
  const { key, role, leaderId, leaderEpoch, partitionEpoch } = partition
  host.trace.emit({
    type: 'role-changed',
    broker: id,
    partition: key,
    role,
    leader: leaderId,
    leaderEpoch,
    partitionEpoch,
  })
}

export function traceIsrView(
  { host, id }: TraceSource,
  key: string,
  change: IsrViewChanged['change'],
  isr: IsrState,
  error: string | null,
): void {
  if (!host.trace.wants('isr-view-changed')) return
  host.trace.emit({
    type: 'isr-view-changed',
    broker: id,
    partition: key,
    change,
    committedIsr: isr.committed,
    maximalIsr: isr.maximal,
    error,
  })
}

export function traceFetched(
  { host, id }: TraceSource,
  partition: { readonly key: string; readonly leaderEpoch: number },
  follower: number,
  fetchOffset: number,
): void {
  if (!host.trace.wants('follower-fetched')) return
  const { key, leaderEpoch } = partition
  host.trace.emit({ type: 'follower-fetched', broker: id, partition: key, follower, fetchOffset, leaderEpoch })
}

/** `requester` is a broker id, or −1 for a client. */
export function traceFenced({ host, id }: TraceSource, key: string, requester: number, errorCode: number): void {
  if (!host.trace.wants('replica-fenced')) return
  host.trace.emit({ type: 'replica-fenced', broker: id, partition: key, requester, error: errorName(errorCode) })
}

/** A fetch that waited, answered with these. */
export function traceParkedFetch(
  { host, id }: TraceSource,
  requester: number,
  results: readonly { readonly isRefused: boolean; readonly errorCode: number }[],
): void {
  const refused = results.find(({ isRefused }) => isRefused)
  if (refused === undefined || !host.trace.wants('parked-fetch-ended')) return
  host.trace.emit({ type: 'parked-fetch-ended', broker: id, requester, error: errorName(refused.errorCode) })
}

/** Watches the logs of one broker; `isLeader` knows roles by partition name, and is asked at every event. */
export class LogTrace implements LogObserver {
  private readonly trace: KafkaTracer
  private readonly broker: number
  private readonly isLeader: (key: string) => boolean

  constructor({ host, id }: TraceSource, isLeader: (key: string) => boolean) {
    this.trace = host.trace
    this.broker = id
    this.isLeader = isLeader
  }

  appended(log: PartitionLog, firstOffset: number, lastOffset: number): void {
    if (!this.trace.wants('log-appended')) return
    const as = this.roleOf(log)
    this.trace.emit({ type: 'log-appended', broker: this.broker, partition: log.name, as, firstOffset, lastOffset })
  }

  truncated(log: PartitionLog, fromOffset: number, toOffset: number): void {
    if (!this.trace.wants('log-truncated')) return
    this.trace.emit({ type: 'log-truncated', broker: this.broker, partition: log.name, fromOffset, toOffset })
  }

  highWatermarkChanged(log: PartitionLog, from: number, to: number): void {
    if (!this.trace.wants('high-watermark-changed')) return
    const as = this.roleOf(log)
    this.trace.emit({ type: 'high-watermark-changed', broker: this.broker, partition: log.name, as, from, to })
  }

  logStartOffsetChanged(log: PartitionLog, from: number, to: number): void {
    if (!this.trace.wants('log-start-changed')) return
    this.trace.emit({ type: 'log-start-changed', broker: this.broker, partition: log.name, from, to })
  }

  segmentsDeleted(log: PartitionLog, count: number, reason: DeletionReason): void {
    const { name: partition, logStartOffset } = log
    this.trace.emit({ type: 'segments-deleted', broker: this.broker, partition, count, reason, logStartOffset })
  }

  segmentsReplaced(log: PartitionLog): void {
    this.trace.emit({ type: 'segments-replaced', broker: this.broker, partition: log.name })
  }

  checkpointWritten(dir: string, file: CheckpointFile, entries: CheckpointWritten['entries']): void {
    if (!this.trace.wants('checkpoint-written')) return
    this.trace.emit({ type: 'checkpoint-written', broker: this.broker, dir, file, entries })
  }

  private roleOf(log: PartitionLog): 'leader' | 'follower' {
    return this.isLeader(log.name) ? 'leader' : 'follower'
  }
}
