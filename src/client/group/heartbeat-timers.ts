// When a member must be heard of: by the coordinator (heartbeat.interval.ms, session.timeout.ms), and by its own
// application (max.poll.interval.ms). Times are of the monotonic clock.

import type { ExponentialBackoff } from '../../network/exponential-backoff.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'

export interface HeartbeatIntervals {
  readonly heartbeatMs: number
  readonly sessionMs: number
  readonly pollMs: number
}

export class HeartbeatTimers {
  private readonly host: KafkaHost
  private readonly intervals: HeartbeatIntervals
  private readonly backoff: ExponentialBackoff
  private heartbeatDueMs: number
  private sessionEndsMs: number
  private pollDueMs: number
  private failures = 0

  constructor(host: KafkaHost, intervals: HeartbeatIntervals, backoff: ExponentialBackoff) {
    this.host = host
    this.intervals = intervals
    this.backoff = backoff
    const nowMs = host.clock.monotonicMs()
    this.heartbeatDueMs = nowMs + intervals.heartbeatMs
    this.sessionEndsMs = nowMs + intervals.sessionMs
    this.pollDueMs = nowMs + intervals.pollMs
  }

  /** The first of all times at which something is due. */
  get nextMs(): number {
    return Math.min(this.heartbeatDueMs, this.sessionEndsMs, this.pollDueMs)
  }

  get heartbeatAtMs(): number {
    return this.heartbeatDueMs
  }

  heartbeatIsDue(): boolean {
    return this.now() >= this.heartbeatDueMs
  }

  sessionIsOver(): boolean {
    return this.now() >= this.sessionEndsMs
  }

  pollIsLate(): boolean {
    return this.now() >= this.pollDueMs
  }

  polled(): void {
    this.pollDueMs = this.now() + this.intervals.pollMs
  }

  sent(): void {
    this.heartbeatDueMs = this.now() + this.intervals.heartbeatMs
  }

  received(): void {
    this.failures = 0
    this.restartSession()
  }

  failed(): void {
    this.heartbeatDueMs = this.now() + this.backoff.delayMs(this.failures)
    this.failures += 1
  }

  restartSession(): void {
    this.sessionEndsMs = this.now() + this.intervals.sessionMs
  }

  restart(): void {
    this.sent()
    this.polled()
    this.restartSession()
  }

  private now(): number {
    return this.host.clock.monotonicMs()
  }
}
