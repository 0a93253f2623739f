// Carries typed events from the code that emits them to whoever listens: invariants, histories, reports. Emitting
// changes nothing in the world, and costs next to nothing when nobody listens.

import type { EventLoop } from './event-loop.ts'
import type { Micros, TraceEvent, Tracer } from './host.ts'
import type { Owner } from './owner.ts'

/** When, where and in which executed event something was emitted. True while the listener is called, and not beyond. */
export interface TraceContext {
  readonly atUs: Micros
  /** Name of the emitting process, or of the world. */
  readonly node: string
  readonly ordinal: number
}

export type TraceListener<E extends TraceEvent> = (event: E, context: TraceContext) => void

interface Subscription<E extends TraceEvent> {
  readonly types: ReadonlySet<E['type']> | 'all'
  readonly listener: TraceListener<E>
}

export class TraceBus<E extends TraceEvent = TraceEvent> {
  private readonly loop: EventLoop
  private subscriptions: readonly Subscription<E>[] = []
  /** Who listens to each type asked for so far. Replaced, never changed, so that one may unsubscribe while listening. */
  private listenersOf = new Map<E['type'], readonly TraceListener<E>[]>()
  /** Of the type that was asked for last: who asks whether one is wanted mostly emits it. */
  private lastType: E['type'] | undefined = undefined
  private lastListeners: readonly TraceListener<E>[] = []
  /** Nobody listens to anything: a flag, since this is asked all the time. */
  private silent = true
  /** Filled anew for each emission, but for those from within a listener: they get their own. */
  private readonly context = { atUs: 0, node: '', ordinal: 0 }
  private emitting = false

  constructor(loop: EventLoop) {
    this.loop = loop
  }

  /** Listeners are called at once, in the order they subscribed. The returned function ends the subscription. */
  subscribe(types: readonly E['type'][] | 'all', listener: TraceListener<E>): () => void {
    const subscription: Subscription<E> = { types: types === 'all' ? types : new Set(types), listener }
    this.change([...this.subscriptions, subscription])
    return () => this.change(this.subscriptions.filter((other) => other !== subscription))
  }

  tracerFor(owner: Owner): Tracer<E> {
    return new OwnerTracer(this, owner.name)
  }

  wants(type: E['type']): boolean {
    return !this.silent && this.listeners(type).length > 0
  }

  emit(event: E, node: string): void {
    if (this.silent) return
    const listeners = this.listeners(event.type)
    if (listeners.length === 0) return
    const { loop } = this
    if (this.emitting) {
      const own: TraceContext = { atUs: loop.nowUs, node, ordinal: loop.executed }
      for (const listener of listeners) listener(event, own)
      return
    }
    const { context } = this
    context.atUs = loop.nowUs
    context.node = node
    context.ordinal = loop.executed
    this.emitting = true
    try {
      for (let i = 0; i < listeners.length; i++) listeners[i]!(event, context)
    } finally {
      this.emitting = false
    }
  }

  private listeners(type: E['type']): readonly TraceListener<E>[] {
    if (type === this.lastType) return this.lastListeners
    const listeners = this.listenersOf.get(type) ?? this.find(type)
    this.lastType = type
    this.lastListeners = listeners
    return listeners
  }

  private find(type: E['type']): readonly TraceListener<E>[] {
    const interested = this.subscriptions.filter(({ types }) => types === 'all' || types.has(type))
    const listeners = interested.map(({ listener }) => listener)
    this.listenersOf.set(type, listeners)
    return listeners
  }

  private change(subscriptions: readonly Subscription<E>[]): void {
    this.subscriptions = subscriptions
    this.listenersOf = new Map()
    this.lastType = undefined
    this.silent = subscriptions.length === 0
  }
}

class OwnerTracer<E extends TraceEvent> implements Tracer<E> {
  private readonly bus: TraceBus<E>
  private readonly node: string

  constructor(bus: TraceBus<E>, node: string) {
    this.bus = bus
    this.node = node
  }

  wants(type: E['type']): boolean {
    return this.bus.wants(type)
  }

  emit(event: E): void {
    this.bus.emit(event, this.node)
  }
}
