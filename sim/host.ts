// The seam: everything a simulated process may use of the machine it runs on. Protocol code is written against
// these interfaces only; the world implements them over virtual time, and another Host may do so over real time.
// Nothing here knows what protocol is spoken.

import type { DiskError } from './disk/disk-error.ts'
import type { Rng } from './random/rng.ts'

/** Virtual time in whole microseconds since the start of the run. */
export type Micros = number

/** Names what an event, job or frame is for: a string literal such as `'replica-fetch'`. Goes into trace and hash. */
export type Kind = string

/** What a process gets when it boots; dies with it. */
export interface Host<E extends TraceEvent = TraceEvent> {
  /** Name of the process and of its machine, e.g. `'broker-1'`. */
  readonly name: string
  /** 1 at first boot, +1 at each restart. */
  readonly incarnation: number
  readonly clock: Clock
  readonly jobs: Jobs
  readonly random: Random
  readonly network: Network
  readonly disk: Disk
  readonly trace: Tracer<E>
  /** The process stops itself, as by `exit(1)`: nothing of this incarnation runs after this call returns to the world. */
  halt(reason: string): never
  /** The process is done, as by `exit(0)`. */
  exit(): never
  /** Runs `fn` once, when the process is asked to stop (SIGTERM); whoever says nothing here ends at once when asked. */
  onTerminate(fn: () => void): void
}

export interface Clock {
  /** Wall-clock time in ms since 1970: offset and drift per host, and it may jump. */
  wallMs(): number
  /** Monotonic time in ms since this process's machine booted: may drift, never jumps. */
  monotonicMs(): number
  /** Runs `fn` at the first microsecond at which `monotonicMs() >= deadlineMs`; at once-after-this-event if that is past. */
  at(deadlineMs: number, kind: Kind, fn: () => void): Timer
  /** Runs `fn` when `delayMs` have passed on the monotonic clock. */
  after(delayMs: number, kind: Kind, fn: () => void): Timer
  /** Runs `fn` every `periodMs` (> 0), the first time one period from now. */
  every(periodMs: number, kind: Kind, fn: () => void): Timer
}

export interface Timer {
  /** Idempotent; cancelling a timer that has fired does nothing. */
  cancel(): void
}

/** Thread pools. Work outside a job (timers, frame handlers) takes no time and sends at once. */
export interface Jobs {
  /** Creates a pool of `threads` threads. Names are unique per process. */
  pool(name: string, threads: number): Pool
  /**
   * Adds `us` of CPU to the running job: it keeps its thread that much longer, and what it sent leaves when it ends.
   * Outside a job this does nothing.
   */
  charge(us: Micros): void
}

export interface Pool {
  /** Runs `fn` on a free thread now, or queues it (first in, first out) until one is free. */
  run(kind: Kind, fn: () => void): void
  readonly queued: number
}

/** Random streams of this incarnation, one per purpose, so that no use disturbs another. */
export interface Random {
  stream(purpose: string): Rng
}

export interface Tracer<E extends TraceEvent = TraceEvent> {
  /** True when someone listens to events of this type: ask before building an expensive event. */
  wants(type: E['type']): boolean
  emit(event: E): void
}

export interface TraceEvent {
  readonly type: string
}

/** What travels: a structured body or bytes. Belongs to the receiver once sent; never change it afterwards. */
export interface Frame {
  readonly kind: Kind
  /** Bytes on the wire, headers included. */
  readonly sizeBytes: number
  /** A 32-bit digest of what the body says, folded into the trace hash. */
  readonly digest: number
  readonly body: unknown
}

export interface Network {
  /** Accepts connections to `port` of this host until closed or the process dies. */
  listen(port: number, accept: (connection: Connection) => void): Listener
  /**
   * Opens a connection. Answers later through `handlers`: `onOpen`, or `onClose` with `'refused'` or `'timeout'`.
   * `connectTimeoutMs` bounds the whole attempt.
   */
  connect(hostName: string, port: number, connectTimeoutMs: number, handlers: ConnectionHandlers): Connection
}

export interface Listener {
  close(): void
}

/** One end of an ordered, reliable byte stream: frames arrive in order, or the connection breaks. */
export interface Connection {
  /** Unique in the world; the same at both ends. */
  readonly id: number
  /** Name of the host at the other end. */
  readonly peer: string
  readonly open: boolean
  /** The accepting side sets its handlers here, before the accept callback returns. */
  handle(handlers: ConnectionHandlers): void
  /** Queues a frame; it leaves when the running job ends. A frame sent on a closed connection is dropped. */
  send(frame: Frame): void
  /** Runs `fn` once what was sent before, and the running job, has ended and left; never if the connection breaks first. */
  whenSent(fn: () => void): void
  /** Closes both directions; the peer learns of it after what was sent before. Our own `onClose` is not called. */
  close(): void
}

export interface ConnectionHandlers {
  onOpen?(): void
  onFrame(frame: Frame): void
  /** The connection is gone and this end did not close it. */
  onClose(reason: CloseReason): void
}

/** `closed`: the peer closed or died; `reset`: it does not know this connection; `timeout`: no answer. */
export type CloseReason = 'closed' | 'reset' | 'refused' | 'timeout'

/**
 * One file system with a page cache. Operations act on the cache at once and charge the running job; only what was
 * synced (or written back in time) survives a power loss. Paths are `/`-separated, relative to the disk's root;
 * directories come into being with their first entry. An operation that the device fails, or for which it has no room,
 * throws DiskError.
 */
export interface Disk {
  /**
   * Tells `fn` of the first operation at or under `dir` that fails, also one in the background, which nothing throws for.
   * From then on the directory is given up: everything asked of it fails, and no sync of it is told to have ended. What
   * is to be told of in the background must be guarded.
   */
  onFailure(dir: string, fn: (error: DiskError) => void): void
  /** Opens for reading and appending, creating an empty file if there is none. */
  open(path: string): DiskFile
  exists(path: string): boolean
  /** Names of the entries directly in `dir`, sorted; empty if there is none. */
  list(dir: string): string[]
  /** Replaces `to` if it exists. An open file follows its name. */
  rename(from: string, to: string): void
  /** Removes a file; no error if absent. */
  remove(path: string): void
  /** Makes the directory's entries (creations, renames, removals) durable. See `DiskFile.sync` for `then`. */
  syncDir(dir: string, then?: () => void): void
}

export interface DiskFile {
  readonly path: string
  readonly sizeBytes: number
  /** What it was given room for by `allocate`. */
  readonly allocatedBytes: number
  /** Appends a copy of `bytes[from, to)` and returns the position it was written at. */
  append(bytes: Uint8Array, from?: number, to?: number): number
  /**
   * The bytes `[position, position + length)`, a view that stays valid and unchanged for ever; it is a copy only
   * where the range spans chunks. Reading what is not in the cache charges the disk's latency to the job.
   */
  read(position: number, length: number): Uint8Array
  /** Cuts the file to `sizeBytes`. */
  truncate(sizeBytes: number): void
  /**
   * Makes the file look as if it had `sizeBytes` at least: zeros follow what was written, and take no space. Only its
   * looks: `sizeBytes` stays, appends go where they went. 0 takes the zeros away.
   */
  allocate(sizeBytes: number): void
  /**
   * Makes everything written so far durable. Without `then` the running job waits (its end moves past the sync);
   * with `then` the job goes on and `then` runs when the data is durable.
   */
  sync(then?: () => void): void
}
