// One direction of a connection: what one socket sends, in order, to the other. A frame first waits until the job that
// sent it ends, then departs onto the link, and is in flight until it arrives. What cannot depart because the link is
// blocked, loses it, or leads to a machine without power stalls, with all behind it, until a retransmission gets through.
// One event at most is pending for each of the three stages. Left out: windows and acknowledgements (a sender never waits
// for its receiver, and data flows one way even while nothing comes back).

import { assert } from '../assert.ts'
import type { EventId, EventLoop } from '../event-loop.ts'
import type { Frame, Micros } from '../host.ts'
import type { Owner } from '../owner.ts'
import { FrameQueue } from './frame-queue.ts'
import { LOST_WITH_CONNECTION } from './frame-rule.ts'
import type { FrameSeals } from './frame-seal.ts'
import type { Link } from './link.ts'
import { FIN, Landmark, SYN_ACK } from './segments.ts'
import type { NetworkSettings } from './settings.ts'
import type { Socket } from './socket.ts'
import type { Wiring } from './wiring.ts'

const NONE: EventId = 0

export class Pipe {
  readonly link: Link
  private readonly from: Socket
  private readonly to: Socket
  private readonly loop: EventLoop
  private readonly world: Owner
  private readonly settings: NetworkSettings
  private readonly seals: FrameSeals | undefined
  /** Sent by jobs that have not ended, or behind such frames. */
  private readonly outbox = new FrameQueue()
  /** Departed: the first `timed` have a time of arrival, the others are stalled. */
  private readonly flight = new FrameQueue()
  private timed = 0
  /** False after the last thing the sender has to say. */
  private accepting = true
  private departing: EventId = NONE
  private arriving: EventId = NONE
  private retransmitting: EventId = NONE
  private timeoutUs: Micros = 0
  private retransmissions = 0
  // Bound once, so that a frame needs no closure.
  private readonly onDeparture = (): void => this.departDue()
  private readonly onArrival = (): void => this.deliver()
  private readonly onTimeout = (): void => this.retransmit()

  constructor(from: Socket, to: Socket, link: Link, wiring: Wiring) {
    this.from = from
    this.to = to
    this.link = link
    this.loop = wiring.loop
    this.world = wiring.world
    this.settings = wiring.settings
    this.seals = wiring.seals
    link.pipes.add(this)
  }

  /** Queues a frame that departs at `departUs`, now or later. After the last one it is dropped. */
  send(frame: Frame, departUs: Micros): void {
    if (!this.accepting) return
    if (this.to.state === 'closed') {
      // Nobody will read it, and the sender knows or will be told.
      if (frame === FIN) this.shut()
      return
    }
    if (!(frame instanceof Landmark)) this.seals?.seal(frame)
    const { outbox, loop } = this
    const nowUs = loop.nowUs
    if (outbox.timeAt(0) <= nowUs) this.departDue()
    if (frame === FIN) this.accepting = false
    if (outbox.length === 0 && departUs <= nowUs) {
      this.depart(frame, loop.executed)
      return
    }
    // After what was sent before, even by a job that ends later: a connection keeps the order of its sends.
    const last = outbox.length - 1
    const atUs = last >= 0 ? Math.max(departUs, outbox.timeAt(last)) : departUs
    outbox.push(frame, atUs, loop.executed)
    if (outbox.length === 1) this.awaitDeparture()
  }

  /** The sender's process died, not its machine: what has not departed never will, and the receiver is told. */
  closeNow(): void {
    const unsaid = this.outbox.length > 0
    const finished = !this.accepting && !unsaid
    this.dropUndeparted()
    if (finished) return
    this.accepting = true
    this.send(FIN, this.loop.nowUs)
  }

  /** Says this now, whatever the state: for what the operating system answers by itself. */
  answer(segment: Frame): void {
    this.link.pipes.add(this)
    this.depart(segment, this.loop.executed)
  }

  /** The sender forgot the connection: only what is on the wire still arrives. */
  abandon(): void {
    this.accepting = false
    this.dropUndeparted()
    this.dropStalled()
    this.retire()
  }

  /** Nothing of this direction matters any more: neither end will learn of what it still carries. */
  shut(): void {
    this.accepting = false
    this.clear()
  }

  /** Drops all that is under way; the sender may go on sending. */
  clear(): void {
    this.dropUndeparted()
    this.dropStalled()
    this.flight.truncate(0)
    this.timed = 0
    this.awaitArrival()
    this.retire()
  }

  /** The receiving machine has no power: what was in flight was in vain, and what had arrived is lost with it. */
  receiverOff(): void {
    this.receiverGone()
    for (let i = 0; i < this.flight.length; i++) this.flight.setTime(i, Infinity)
    const lost = this.timed > 0
    this.timed = 0
    this.awaitArrival()
    if (lost && this.retransmitting === NONE) this.stall()
  }

  /** The receiving socket is gone: what arrives from now on is the world's business, and what it had not read is lost. */
  receiverGone(): void {
    while (this.timed > 0 && this.hasArrived(this.flight.timeAt(0))) {
      this.flight.shift()
      this.timed--
    }
    this.loop.cancel(this.arriving)
    this.arriving = NONE
    this.awaitArrival()
    this.retire()
  }

  /** The link's door was shut: what has not arrived waits. */
  clogged(): void {
    if (!this.link.holdsUp(this.flight.timeAt(0))) return
    this.loop.cancel(this.arriving)
    this.arriving = NONE
  }

  /** The link's door was opened: what came since it was shut arrives now. */
  unclogged(): void {
    this.awaitArrival()
  }

  private departDue(): void {
    const { outbox, loop } = this
    while (outbox.timeAt(0) <= loop.nowUs) {
      const cause = outbox.causeAt(0)
      this.depart(outbox.shift(), cause)
    }
    this.awaitDeparture()
  }

  /** Keeps the departure event at the head's time. Owned by the sender: dead it never fires, paused it waits. */
  private awaitDeparture(): void {
    const { outbox, loop } = this
    loop.cancel(this.departing)
    this.departing =
      outbox.length === 0
        ? NONE
        : loop.schedule(Math.max(outbox.timeAt(0), loop.nowUs), this.from.endpoint.owner, 'depart', 0, this.onDeparture)
  }

  /** `cause` is the event that sent it, which may be over. */
  private depart(frame: Frame, cause: number): void {
    if (frame instanceof Landmark) return frame.reached()
    const { flight } = this
    flight.push(frame, Infinity, cause)
    // Behind stalled frames.
    if (this.timed < flight.length - 1) return
    if (this.link.passes()) this.launch()
    else this.stall()
  }

  /**
   * Puts the first frame that has no time of arrival onto the wire. It may arrive before the one ahead of it, and is
   * delivered after that all the same.
   */
  private launch(): void {
    const { flight, timed, link } = this
    const frame = flight.frameAt(timed)
    const fateUs = link.fateOf(frame)
    if (fateUs === LOST_WITH_CONNECTION) return this.breakConnection()
    const atUs = link.transit(frame.sizeBytes) + fateUs
    flight.setTime(timed, atUs)
    this.timed = timed + 1
    if (timed === 0) this.awaitArrival()
  }

  /** A frame is lost for good, which TCP allows only as the end of the connection; what was in flight is lost as well. */
  private breakConnection(): void {
    this.shut()
    this.from.reset()
    this.to.reset()
  }

  private stall(): void {
    const { settings } = this
    const head = this.flight.frameAt(this.timed)
    this.timeoutUs = head === SYN_ACK ? settings.handshakeRetransmitUs : settings.retransmitUs
    this.retransmissions = 0
    this.awaitTimeout()
  }

  /** TCP is the machine's, not the process's: it goes on while that is paused, and when it is dead. */
  private awaitTimeout(): void {
    const atUs = this.loop.nowUs + this.timeoutUs
    this.retransmitting = this.loop.schedule(atUs, this.world, 'tcp-retransmit', 0, this.onTimeout)
  }

  private retransmit(): void {
    this.retransmitting = NONE
    const { flight, link, settings } = this
    assert(this.timed < flight.length, 'nothing to retransmit')
    if (this.retransmissions === settings.retransmissions) {
      this.from.timedOut()
      return
    }
    this.retransmissions++
    let through = false
    while (this.timed < flight.length && link.passes()) {
      this.launch()
      through = true
    }
    if (this.timed === flight.length) return
    if (through) {
      this.stall()
      return
    }
    this.timeoutUs = Math.min(this.timeoutUs * 2, settings.maxRetransmitUs)
    this.awaitTimeout()
  }

  /** Keeps one event pending for the first frame in flight, unless it stands before a clogged door. */
  private awaitArrival(): void {
    const { flight, loop, to } = this
    if (this.timed === 0) {
      loop.cancel(this.arriving)
      this.arriving = NONE
      return
    }
    if (loop.isPending(this.arriving)) return
    const timeUs = flight.timeAt(0)
    if (this.link.holdsUp(timeUs)) return
    const frame = flight.frameAt(0)
    const owner = to.state === 'gone' ? this.world : to.endpoint.owner
    const atUs = timeUs > loop.nowUs ? timeUs : loop.nowUs
    const digest = frame.digest ^ Math.imul(frame.sizeBytes, 0x9e3779b1)
    this.arriving = loop.schedule(atUs, owner, frame.kind, digest, this.onArrival, flight.causeAt(0))
  }

  private deliver(): void {
    this.arriving = NONE
    const frame = this.flight.shift()
    this.timed--
    // Before the receiver gets to do what it likes, such as closing this connection or halting.
    if (this.timed > 0) this.awaitArrival()
    this.seals?.check(frame)
    this.to.receive(frame)
    if (!this.accepting) this.retire()
  }

  private hasArrived(timeUs: Micros): boolean {
    return timeUs <= this.loop.nowUs && !this.link.holdsUp(timeUs)
  }

  private dropUndeparted(): void {
    this.outbox.truncate(0)
    this.loop.cancel(this.departing)
    this.departing = NONE
  }

  private dropStalled(): void {
    this.flight.truncate(this.timed)
    this.loop.cancel(this.retransmitting)
    this.retransmitting = NONE
  }

  /** Once nothing is left to carry and nothing will come, link and sender need not know of this pipe any more. */
  private retire(): void {
    if (this.accepting || this.flight.length > 0 || this.outbox.length > 0) return
    this.link.pipes.delete(this)
    this.from.finished()
  }
}
