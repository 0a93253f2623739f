// What TCP itself sends, beside the frames of processes: it travels in a connection's pipe like a frame, so that its
// place in the order is right, and costs a packet's header.

import type { Frame } from '../host.ts'

/** Bytes of a packet that carries nothing. */
export const HEADER_BYTES = 60

function segment(kind: string): Frame {
  return Object.freeze({ kind, sizeBytes: HEADER_BYTES, digest: 0, body: undefined })
}

/** Answers a connection request; the first thing the accepting side sends. */
export const SYN_ACK = segment('tcp-syn-ack')
/** Completes the handshake; the first thing the connecting side sends. */
export const ACK = segment('tcp-ack')
/** The sender closed the connection or died; the last thing it sends. */
export const FIN = segment('tcp-fin')
/** The sender does not know the connection. */
export const RST = segment('tcp-rst')

/** Marks a place among the frames that wait to depart: its function runs when those before it have. Never on the wire. */
export class Landmark implements Frame {
  readonly kind = 'landmark'
  readonly sizeBytes = 0
  readonly digest = 0
  readonly body = undefined
  readonly reached: () => void

  constructor(reached: () => void) {
    this.reached = reached
  }
}
