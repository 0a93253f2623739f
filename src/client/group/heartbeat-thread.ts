// The thread beside the application's that keeps a member alive (C-10, C-11): it heartbeats between joins, notices that
// the coordinator is silent, and leaves the group when the application does not poll. It looks every retry.backoff.ms in
// Kafka; here only when something is due, at the same steps.

import type { Timer } from '../../../sim/index.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import type { HeartbeatTimers } from './heartbeat-timers.ts'
import type { ConsumerError, Pending } from './pending.ts'
import type { PolledNetwork } from './polled-network.ts'

export interface HeartbeatingMember {
  /** Between the answer to a join and the next join. */
  isJoined(): boolean
  /** The application's thread has the lock, and lets go of it when it notifies us. */
  isLocked(): boolean
  sendHeartbeat(): Pending<void>
  /** The application did not poll for too long. */
  onPollTimeout(): void
}

export class HeartbeatThread {
  private readonly host: KafkaHost
  private readonly link: CoordinatorLink
  private readonly network: PolledNetwork
  private readonly timers: HeartbeatTimers
  private readonly member: HeartbeatingMember
  private readonly stepMs: number
  private failure: ConsumerError | undefined
  private enabled = false
  private closed = false
  private timer: Timer | undefined
  private timerAtMs = 0
  /** Steps are counted from here. */
  private lookedAtMs = 0

  constructor(
    host: KafkaHost,
    link: CoordinatorLink,
    network: PolledNetwork,
    timers: HeartbeatTimers,
    member: HeartbeatingMember,
    stepMs: number,
  ) {
    this.host = host
    this.link = link
    this.network = network
    this.timers = timers
    this.member = member
    this.stepMs = Math.max(1, stepMs)
  }

  enable(): void {
    this.enabled = true
    this.timers.restart()
    this.notify()
  }

  /** What stopped it: the next poll fails with it, and one after that begins anew. */
  throwFailure(): void {
    const { failure } = this
    this.failure = undefined
    if (failure !== undefined) throw failure
  }

  close(): void {
    this.closed = true
    this.timer?.cancel()
    this.timer = undefined
  }

  /** It looks as soon as whoever calls has let go of the lock. */
  notify(): void {
    if (this.enabled && !this.closed) this.lookAt(this.host.clock.monotonicMs())
  }

  /** Something arrived while the application does not look: this thread will, at its next step. */
  notice(): void {
    if (!this.enabled || this.closed) return
    const nowMs = this.host.clock.monotonicMs()
    this.lookAt(this.nextStep(nowMs + 1))
  }

  private look(): void {
    // Each turn of the loop does one thing, as in Kafka; one that must wait ends it.
    for (;;) {
      if (this.closed || !this.enabled || this.member.isLocked()) return
      if (!this.member.isJoined() || this.failure !== undefined) {
        this.enabled = false
        return
      }
      this.network.drain()
      this.lookedAtMs = this.host.clock.monotonicMs()
      if (!this.member.isJoined()) continue
      if (this.link.coordinator() === undefined) {
        if (this.link.isLookingUp) this.link.clearLookup()
        else this.link.lookUp(true)
        return this.lookAt(this.lookedAtMs + this.stepMs)
      }
      if (this.timers.sessionIsOver()) this.link.forget()
      else if (this.timers.pollIsLate()) this.member.onPollTimeout()
      else if (this.timers.heartbeatIsDue()) this.heartbeat()
      else return this.lookAt(this.nextStep(this.timers.nextMs))
    }
  }

  private heartbeat(): void {
    this.timers.sent()
    this.member.sendHeartbeat().whenDone((error) => {
      if (error === undefined || error.code === 'REBALANCE_IN_PROGRESS') this.timers.received()
      else if (error.code === 'FENCED_INSTANCE_ID') this.failure = error
      else {
        this.timers.failed()
        this.notify()
      }
    })
  }

  /** The first of its steps that is not before `dueMs`. */
  private nextStep(dueMs: number): number {
    const steps = Math.max(1, Math.ceil((dueMs - this.lookedAtMs) / this.stepMs))
    return this.lookedAtMs + steps * this.stepMs
  }

  private lookAt(atMs: number): void {
    if (this.timer !== undefined && this.timerAtMs <= atMs) return
    this.timer?.cancel()
    this.timerAtMs = atMs
    this.timer = this.host.clock.at(atMs, 'heartbeat-thread', () => {
      this.timer = undefined
      this.look()
    })
  }
}
