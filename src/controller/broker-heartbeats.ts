// Sessions and life-cycle of brokers as the active controller sees them. In memory only: a new active
// controller gives every unfenced broker a fresh session.

import { assert, unreachable } from '../../sim/index.ts'

/** Where a broker stands, and what its heartbeat may turn it into. */
export type BrokerControlState = 'FENCED' | 'UNFENCED' | 'CONTROLLED_SHUTDOWN' | 'SHUTDOWN_NOW'

export interface HeartbeatWish {
  readonly wantFence: boolean
  readonly wantShutDown: boolean
  readonly currentMetadataOffset: number
}

interface Session {
  readonly brokerId: number
  lastContactMs: number
  /** The metadata offset the broker last reported; −1 before its first heartbeat. */
  metadataOffset: number
  fenced: boolean
  /** ≥ 0 while in controlled shutdown: what the others must have replayed before it may go. */
  controlledShutdownOffset: number
}

export class BrokerHeartbeats {
  /** By broker, the one heard from longest ago first. */
  private readonly sessions = new Map<number, Session>()
  private readonly sessionTimeoutMs: number
  private readonly nowMs: () => number

  constructor(sessionTimeoutMs: number, nowMs: () => number) {
    this.sessionTimeoutMs = sessionTimeoutMs
    this.nowMs = nowMs
  }

  /** Starts a session, in place of any the broker had. */
  register(brokerId: number, fenced: boolean): void {
    this.sessions.delete(brokerId)
    const session = { brokerId, lastContactMs: 0, metadataOffset: -1, fenced, controlledShutdownOffset: -1 }
    this.sessions.set(brokerId, session)
    this.touch(brokerId, fenced, -1)
  }

  /**
   * A change of the registration was applied. As in Kafka that counts as contact, and forgets the broker's offset until
   * its next heartbeat if the session was as the record says already.
   */
  registrationChanged(brokerId: number, fenced: boolean): void {
    const session = this.session(brokerId)
    this.touch(brokerId, fenced, session.fenced === fenced ? -1 : session.metadataOffset)
  }

  /** The broker has been heard from, or fenced. */
  touch(brokerId: number, fenced: boolean, metadataOffset: number): void {
    const session = this.session(brokerId)
    // In the order of contact, so that of two heard in the same millisecond the first expires first.
    this.sessions.delete(brokerId)
    this.sessions.set(brokerId, session)
    session.lastContactMs = this.nowMs()
    session.metadataOffset = metadataOffset
    session.fenced = fenced
    if (fenced) session.controlledShutdownOffset = -1
  }

  /** At exactly lastContact + timeout the session is still valid. A fenced broker has none. */
  hasValidSession(brokerId: number): boolean {
    const session = this.sessions.get(brokerId)
    return session !== undefined && !session.fenced && session.lastContactMs + this.sessionTimeoutMs >= this.nowMs()
  }

  isShuttingDown(brokerId: number): boolean {
    return (this.sessions.get(brokerId)?.controlledShutdownOffset ?? -1) >= 0
  }

  /** The unfenced broker heard from longest ago, if its session has expired: they are fenced one per event. */
  findStale(): number | undefined {
    const oldest = this.oldestUnfenced()
    return oldest === undefined || this.hasValidSession(oldest.brokerId) ? undefined : oldest.brokerId
  }

  /** First ms at which a session will have expired; undefined when none is tracked. */
  nextExpiryMs(): number | undefined {
    const oldest = this.oldestUnfenced()
    return oldest === undefined ? undefined : oldest.lastContactMs + this.sessionTimeoutMs + 1
  }

  enterControlledShutdown(brokerId: number, offset: number): void {
    const session = this.session(brokerId)
    assert(!session.fenced, `fenced broker ${brokerId} cannot enter controlled shutdown`)
    if (session.controlledShutdownOffset < 0) session.controlledShutdownOffset = offset
  }

  currentState(brokerId: number): BrokerControlState {
    const session = this.session(brokerId)
    if (session.controlledShutdownOffset >= 0) return 'CONTROLLED_SHUTDOWN'
    return session.fenced ? 'FENCED' : 'UNFENCED'
  }

  /** The transition table of R-92. */
  nextState(brokerId: number, wish: HeartbeatWish, registrationOffset: number, leadsAny: boolean): BrokerControlState {
    const current = this.currentState(brokerId)
    switch (current) {
      case 'FENCED':
        if (wish.wantShutDown) return 'SHUTDOWN_NOW'
        return !wish.wantFence && wish.currentMetadataOffset >= registrationOffset ? 'UNFENCED' : 'FENCED'
      case 'UNFENCED':
        if (wish.wantFence) return wish.wantShutDown ? 'SHUTDOWN_NOW' : 'FENCED'
        if (!wish.wantShutDown) return 'UNFENCED'
        return leadsAny ? 'CONTROLLED_SHUTDOWN' : 'SHUTDOWN_NOW'
      case 'CONTROLLED_SHUTDOWN':
        if (leadsAny) return 'CONTROLLED_SHUTDOWN'
        return this.session(brokerId).controlledShutdownOffset <= this.lowestActiveOffset()
          ? 'SHUTDOWN_NOW'
          : 'CONTROLLED_SHUTDOWN'
      case 'SHUTDOWN_NOW':
        return 'SHUTDOWN_NOW'
      default:
        return unreachable(current, 'broker control state')
    }
  }

  private lowestActiveOffset(): number {
    let lowest = Number.MAX_SAFE_INTEGER
    for (const session of this.sessions.values()) {
      if (!session.fenced && session.controlledShutdownOffset < 0) lowest = Math.min(lowest, session.metadataOffset)
    }
    return lowest
  }

  private oldestUnfenced(): Session | undefined {
    for (const session of this.sessions.values()) if (!session.fenced) return session
    return undefined
  }

  private session(brokerId: number): Session {
    const session = this.sessions.get(brokerId)
    assert(session !== undefined, `broker ${brokerId} sends heartbeats but is not registered`)
    return session
  }
}
