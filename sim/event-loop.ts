// Virtual time: executes events in order of their time, and events of one instant in the order they were scheduled or,
// to explore more, in a random one. Everything that happens in a world is an event of this loop, runs to completion,
// and is folded into the trace hash. The loop knows nothing of processes, networks or disks.

import { assert } from './assert.ts'
import type { EventLog } from './event-log.ts'
import { EventQueue } from './event-queue.ts'
import { type EventId, EventStore } from './event-store.ts'
import type { Kind, Micros } from './host.ts'
import { KindTable } from './kind-table.ts'
import type { Owner } from './owner.ts'
import type { Rng } from './random/rng.ts'
import { ShuffledInstant } from './shuffled-instant.ts'
import { SpinGuard } from './spin-guard.ts'
import { TraceHash } from './trace-hash.ts'

export type { EventId } from './event-store.ts'
export { SpinError } from './spin-guard.ts'

export interface EventLoopOptions {
  /** Order of the events of one instant: as scheduled (the default), or random, drawn when they are executed. */
  readonly order?: 'fifo' | 'shuffle'
  /** Needed for `'shuffle'`. */
  readonly shuffleRng?: Rng
  /** Executing more than this many events at one instant is an endless loop. Default 100 000. */
  readonly maxEventsPerInstant?: number
}

/** Watches from outside: it may read anything, and change or schedule nothing. */
export interface LoopObserver {
  /** Called after each executed event. */
  onEvent(ordinal: number): void
}

/**
 * Why `run` returned: time is up, no event is pending, `maxEvents` were executed and more are due, or `stop` was called.
 */
export type RunResult = 'until' | 'idle' | 'budget' | 'stopped'

export class EventLoop {
  readonly hash = new TraceHash()
  private now: Micros = 0
  private ordinal = 0
  private atInstant = 0
  private nextSeq = 0
  /** Sequence numbers of resumed events: negative and falling, so that they come first in their instant. */
  private resumedSeq = 0
  private running = false
  private stopping = false
  private observing = false
  private observedTo = 0
  private log: EventLog | undefined = undefined
  private observers: readonly LoopObserver[] = []
  private readonly store = new EventStore()
  private readonly queue = new EventQueue()
  private readonly kinds = new KindTable()
  private readonly instant: ShuffledInstant | undefined
  private readonly spin: SpinGuard

  constructor(options: EventLoopOptions = {}) {
    const { order = 'fifo', shuffleRng, maxEventsPerInstant = 100_000 } = options
    assert(maxEventsPerInstant >= 1, `at most ${maxEventsPerInstant} events per instant`)
    assert(order === 'fifo' || shuffleRng !== undefined, 'a shuffling loop needs chance')
    this.instant =
      order === 'shuffle' && shuffleRng !== undefined ? new ShuffledInstant(this.store, shuffleRng) : undefined
    this.spin = new SpinGuard(maxEventsPerInstant)
  }

  get nowUs(): Micros {
    return this.now
  }

  /** Ordinal of the event being executed, or of the last one: the first is 1, and it is 0 before that. */
  get executed(): number {
    return this.ordinal
  }

  /**
   * Plans `fn` for `atUs`, a whole number of µs and not in the past. `digest` says in 32 bits what the event is about;
   * its cause is the event being executed now, unless it was another's doing. For a dead owner nothing is planned: the id is 0, never pending.
   */
  schedule(
    atUs: Micros,
    owner: Owner,
    kind: Kind,
    digest: number,
    fn: () => void,
    cause: number = this.ordinal,
  ): EventId {
    if (!(atUs >= this.now) || !Number.isSafeInteger(atUs)) assert(false, `'${kind}' at ${atUs} us, now ${this.now}`)
    if (digest >> 0 !== digest && digest >>> 0 !== digest) assert(false, `'${kind}' with digest ${digest}`)
    if (this.observing) this.refuseObserver()
    if (owner.state === 'dead') return 0
    const slot = this.store.add(owner, kind, digest, cause, fn)
    this.queue.push(atUs, this.nextSeq++, slot)
    return this.store.idOf(slot)
  }

  /** Takes a pending event out, leaving no trace of it; false if it fired, was cancelled or never was. */
  cancel(id: EventId): boolean {
    if (this.observing) this.refuseObserver()
    const slot = this.store.slotOf(id)
    if (slot < 0) return false
    this.drop(slot)
    return true
  }

  /** Events in the backlog of a paused owner are pending too. */
  isPending(id: EventId): boolean {
    return this.store.slotOf(id) >= 0
  }

  /** An event is being executed: not so while observers look, and between runs. */
  get isExecuting(): boolean {
    return this.running && !this.observing
  }

  /** Folds an integer into the hash: what the current event did, when that was not known as it was scheduled. */
  fold(value: number): void {
    if (!Number.isSafeInteger(value)) assert(false, `${value} folded into the trace hash`)
    if (this.observing) this.refuseObserver()
    this.hash.fold(value)
  }

  /** The owner is dead for good: its pending events are gone at once, and it gets no new ones. */
  kill(owner: Owner): void {
    if (this.observing) this.refuseObserver()
    owner.state = 'dead'
    owner.backlog.length = 0
    for (const slot of this.store.slotsOf(owner)) this.drop(slot)
  }

  /** From now on what comes due for this running owner waits in its backlog. */
  pause(owner: Owner): void {
    if (this.observing) this.refuseObserver()
    assert(owner.state === 'running', `pausing ${owner.name}, which is ${owner.state}`)
    owner.state = 'paused'
  }

  /**
   * The paused owner's backlog is due now, with the causes it had. It was due before all else of this instant, so it
   * runs first, and in order even when ties are shuffled.
   */
  resume(owner: Owner): void {
    if (this.observing) this.refuseObserver()
    assert(owner.state === 'paused', `resuming ${owner.name}, which is ${owner.state}`)
    owner.state = 'running'
    const { backlog } = owner
    this.resumedSeq -= backlog.length
    for (let i = 0; i < backlog.length; i++) {
      const slot = this.store.slotOf(backlog[i] ?? 0)
      if (slot >= 0) this.queue.push(this.now, this.resumedSeq + i, slot)
    }
    backlog.length = 0
  }

  /** Observers are called in the order they came. The returned function ends it. */
  observe(observer: LoopObserver): () => void {
    this.observers = [...this.observers, observer]
    let ended = false
    return () => {
      if (ended) return
      ended = true
      // One of them, should it observe twice.
      this.observers = this.observers.toSpliced(this.observers.lastIndexOf(observer), 1)
    }
  }

  /** From the next event on, all events are written into `log`, instead of any other. */
  record(log: EventLog): void {
    log.begin(this.kinds, this.ordinal + 1)
    this.log = log
  }

  /** Where events are written, if anywhere. */
  get recorded(): EventLog | undefined {
    return this.log
  }

  /**
   * Executes what is due up to and at `untilUs` (which may be Infinity), at most `maxEvents` events. Unless it was cut
   * short, time is `untilUs` afterwards. An error thrown by an event comes out; the event counts as executed, and
   * running on goes on after it.
   */
  run(untilUs: Micros, maxEvents: number = Infinity): RunResult {
    assert(!this.running, 'the loop runs already')
    assert(untilUs >= this.now && Math.floor(untilUs) === untilUs, `run until ${untilUs} us, now ${this.now}`)
    this.running = true
    try {
      // What an event that threw did is seen before anything else happens.
      if (this.observedTo < this.ordinal) this.notify()
      return this.execute(untilUs, this.ordinal + maxEvents)
    } finally {
      this.running = false
    }
  }

  /** The run returns after the current event. Without one, nothing happens. */
  stop(): void {
    if (this.running) this.stopping = true
  }

  private execute(untilUs: Micros, lastOrdinal: number): RunResult {
    for (;;) {
      if (this.stopping) {
        this.stopping = false
        return 'stopped'
      }
      const atUs = this.nextTime(untilUs)
      if (atUs > untilUs || atUs === Infinity) {
        if (untilUs !== Infinity) this.moveTo(untilUs)
        return atUs === Infinity ? 'idle' : 'until'
      }
      if (this.ordinal >= lastOrdinal) return 'budget'
      this.moveTo(atUs)
      this.executeSlot(this.takeNext())
    }
  }

  /** When the next event is due; Infinity if none is pending. Up to `untilUs`, what is due of the paused is set aside. */
  private nextTime(untilUs: Micros): Micros {
    const { queue, store } = this
    if (this.instant !== undefined && this.instant.settle() > 0) return this.now
    while (queue.firstTime <= untilUs && queue.size > 0) {
      const owner = store.ownerOf(queue.firstSlot)
      if (owner.state !== 'paused') break
      // Time has come this far, or a resumption before the next event would run this one too early.
      this.moveTo(queue.firstTime)
      owner.backlog.push(store.idOf(queue.pop()))
    }
    return queue.firstTime
  }

  private moveTo(atUs: Micros): void {
    if (atUs === this.now) return
    this.now = atUs
    this.atInstant = 0
  }

  private takeNext(): number {
    const { queue, store, instant, now } = this
    if (instant === undefined || (queue.firstTime === now && queue.firstSeq < 0)) return queue.pop()
    while (queue.firstTime === now) instant.add(store.idOf(queue.pop()))
    instant.settle()
    return instant.take()
  }

  private executeSlot(slot: number): void {
    const { store, kinds, now } = this
    const owner = store.ownerOf(slot)
    const fn = store.fnOf(slot)
    const kind = kinds.idOf(store.kindOf(slot))
    store.free(slot)
    if (++this.atInstant >= this.spin.watchFrom) this.spin.watch(this.atInstant, now, owner, store.kindOf(slot))
    const ordinal = ++this.ordinal
    this.hash.event(ordinal, now, owner.id, kinds.hashOf(kind), store.digestOf(slot))
    if (this.log !== undefined) this.log.append(now, owner, kind, store.causeOf(slot))
    fn()
    this.notify()
  }

  private notify(): void {
    this.observedTo = this.ordinal
    const { observers } = this
    if (observers.length === 0) return
    this.observing = true
    try {
      for (let i = 0; i < observers.length; i++) observers[i]!.onEvent(this.ordinal)
    } finally {
      this.observing = false
    }
  }

  private drop(slot: number): void {
    if (this.queue.has(slot)) this.queue.remove(slot)
    this.store.free(slot)
  }

  private refuseObserver(): never {
    assert(false, 'an observer tried to change what it observes')
  }
}
